//! Civil dates: `YYYY-MM-DDTHH:MM:SSZ`, in UTC, of the years 1970 to 9999.

use alloc::format;
use alloc::string::String;

use super::rules::W_033;
use crate::calendar::{DAY, date, days};
use crate::rule::cite;
use crate::time::Timestamp;

/// A text that is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is spelled YYYY-MM-DDTHH:MM:SSZ, in 1970 to 9999")]
pub struct BadTime;

/// 9999-12-31T23:59:59Z, the last time that the spelling can name.
const LAST: u64 = 253_402_300_799;

cite!(W_033);

/// The time as PolarDB spells it, in whole seconds (`W-033`). A later one than the spelling can name becomes the last.
pub(super) fn format_iso(at: Timestamp) -> String {
    let seconds = at.as_secs().min(LAST);
    let (year, month, day) = date(seconds / DAY);
    let second = seconds % DAY;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60)
}

/// The time that a text spells.
pub(super) fn parse_iso(text: &str) -> Result<Timestamp, BadTime> {
    let punctuation = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    let bytes = text.as_bytes();
    if bytes.len() != 20 || punctuation.iter().any(|(at, sign)| bytes.get(*at) != Some(sign)) {
        return Err(BadTime);
    }
    let number = |range: core::ops::Range<usize>| {
        let digits = text.get(range).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u64>().ok()).ok_or(BadTime)
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if hour > 23 || minute > 59 || second > 59 {
        return Err(BadTime);
    }
    let days = days(year, month, day);
    // A month that there is not, or a day that its month does not have, is another date; one before 1970 is its first.
    if date(days) != (year, month, day) {
        return Err(BadTime);
    }
    let minutes = hour.saturating_mul(60).saturating_add(minute);
    let of_day = minutes.saturating_mul(60).saturating_add(second);
    let seconds = days.saturating_mul(DAY).saturating_add(of_day);
    Ok(Timestamp::from_millis(seconds.saturating_mul(1_000)))
}

/// The time that a parameter spells: with seconds, as its description asks, or without, as in its older example.
pub(super) fn parse_moment(text: &str) -> Result<Timestamp, BadTime> {
    match text.strip_suffix('Z') {
        Some(minutes) if minutes.len() == 16 => parse_iso(&format!("{minutes}:00Z")),
        _ => parse_iso(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days_and_at_both_ends() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (68_255_999, "1972-02-29T23:59:59Z"),
            (68_256_000, "1972-03-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (978_307_199, "2000-12-31T23:59:59Z"),
            (978_307_200, "2001-01-01T00:00:00Z"),
            (1_597_384_722, "2020-08-14T05:58:42Z"),
            (1_767_225_600, "2026-01-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST, "9999-12-31T23:59:59Z"),
        ];
        for (seconds, text) in cases {
            let at = Timestamp::from_millis(seconds * 1_000);
            assert_eq!(format_iso(at), text);
            assert_eq!(parse_iso(text), Ok(at), "{text}");
        }
        assert_eq!(format_iso(Timestamp::from_millis(u64::MAX)), "9999-12-31T23:59:59Z");
        assert_eq!(format_iso(Timestamp::from_millis(1_999)), "1970-01-01T00:00:01Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2020-08-14T05:58Z",
            "2020-08-14 05:58:42Z",
            "2020-08-14T05:58:42",
            "2020-08-14T05:58:42Z ",
            "2020-13-01T00:00:00Z",
            "2020-00-01T00:00:00Z",
            "2020-01-00T00:00:00Z",
            "2021-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2020-04-31T00:00:00Z",
            "2020-01-01T24:00:00Z",
            "2020-01-01T00:60:00Z",
            "2020-01-01T00:00:60Z",
            "1969-12-31T23:59:59Z",
            "0000-00-00T00:00:00Z",
            "2020-99-01T00:00:00Z",
            "+020-01-01T00:00:00Z",
            "20é0-01-01T00:00:00",
        ] {
            assert_eq!(parse_iso(text), Err(BadTime), "{text}");
        }
    }
}
