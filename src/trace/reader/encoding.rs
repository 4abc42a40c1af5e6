//! The encodings that recordings use: percent encoding, base64, times with an offset.

use alloc::string::String;
use alloc::vec::Vec;

use crate::calendar::days;
use crate::time::Timestamp;

/// The names and values of a query or form. Text that is not UTF-8 once decoded has no meaning.
pub(super) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decoded(name)?, decoded(value)?))
    });
    pairs.collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        match byte {
            b'+' => out.push(b' '),
            b'%' => match (digit(ahead.next()), digit(ahead.next())) {
                (Some(high), Some(low)) => {
                    out.push(u8::try_from((high << 4) | low).ok()?);
                    bytes = ahead;
                }
                _ => out.push(byte),
            },
            _ => out.push(byte),
        }
    }
    String::from_utf8(out).ok()
}

/// The bytes of a base64 text, padded or not.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let value = |byte: u8| {
        let value = match byte {
            b'A'..=b'Z' => byte.wrapping_sub(b'A'),
            b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        Some(u32::from(value))
    };
    let (mut out, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        held = (held << 6) | value(byte)?;
        bits = bits.saturating_add(6);
        if bits >= 8 {
            bits = bits.saturating_sub(8);
            out.push(held.checked_shr(bits)?.to_le_bytes().first().copied()?);
        }
    }
    Some(out)
}

/// A time such as `2026-01-01T08:00:00.123+08:00`, as HAR and ActionTrail spell it.
pub(in crate::trace) fn moment(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_once(['T', ' '])?;
    let zone_at = rest.find(['Z', '+', '-'])?;
    let (time, zone) = rest.split_at_checked(zone_at)?;
    let numbers = |text: &str, separator: char| {
        let parts: Option<Vec<u64>> = text.split(separator).map(|part| part.parse().ok()).collect();
        parts
    };
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [year, month, day] = numbers(date, '-')?.try_into().ok()?;
    let [hour, minute, second] = numbers(whole, ':')?.try_into().ok()?;
    if !(1970..10_000).contains(&year) || !(1..13).contains(&month) || !(1..32).contains(&day) {
        return None;
    }
    let mut digits = fraction.bytes().chain(core::iter::repeat(b'0'));
    let mut millis = 0_u64;
    for _ in 0..3 {
        let digit = char::from(digits.next()?).to_digit(10)?;
        millis = millis.saturating_mul(10).saturating_add(digit.into());
    }
    let minutes = |hours: u64, minutes: u64| hours.saturating_mul(60).saturating_add(minutes);
    let offset = match zone.split_at_checked(1)? {
        ("Z", "") => 0,
        (_, offset) => {
            let [hours, rest] = numbers(offset, ':')?.try_into().ok()?;
            minutes(hours, rest)
        }
    };
    let of_day = minutes(hour, minute).saturating_add(days(year, month, day).saturating_mul(1_440));
    let utc = if zone.starts_with('-') { of_day.checked_add(offset)? } else { of_day.checked_sub(offset)? };
    let seconds = utc.checked_mul(60)?.checked_add(second)?;
    Some(Timestamp::from_millis(seconds.checked_mul(1_000)?.checked_add(millis)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_an_offset_and_a_fraction_are_read() {
        let at = Some(Timestamp::from_millis(1_767_225_600_123));
        for text in
            ["2026-01-01T00:00:00.123Z", "2026-01-01T08:00:00.1239+08:00", "2025-12-31T19:00:00.123-05:00"]
        {
            assert_eq!(moment(text), at, "{text}");
        }
        for text in ["", "2026-01-01", "2026-13-01T00:00:00Z", "2026-01-01T00:00Z", "2026-01-01T00:00:00.xZ"]
        {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn percent_encoding_and_base64_are_undone() {
        let read = pairs("a=1%2B1&b=x+y&&c&d=%E4%B8%AD&e=%zz").unwrap_or_default();
        let read: Vec<(&str, &str)> = read.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(read, [("a", "1+1"), ("b", "x y"), ("c", ""), ("d", "中"), ("e", "%zz")]);
        assert_eq!(pairs("a=%FF"), None);
        assert_eq!(base64("eyJhIjoxfQ==").as_deref(), Some(&b"{\"a\":1}"[..]));
        assert_eq!(base64("*"), None);
    }
}
