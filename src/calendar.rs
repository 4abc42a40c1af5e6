//! The calendar in UTC: days to dates and back, and the end of a number of months.
//!
//! The conversion counts days in eras of 400 years that begin in March, so that the leap day comes last in its year
//! and every month but the last has a length that follows from its number.

use crate::time::Timestamp;

/// The seconds of a day.
pub(crate) const DAY: u64 = 86_400;
const DAY_MILLIS: u64 = 86_400_000;
const ERA_DAYS: u64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: u64 = 719_468;

/// The time so many months later: the same day of the month, or the last that its month has, at the same time of day.
pub(crate) const fn after_months(at: Timestamp, months: u64) -> Timestamp {
    let (year, month, day) = date(at.as_millis() / DAY_MILLIS);
    let since_january = month.saturating_sub(1).saturating_add(months);
    let (year, month) = (year.saturating_add(since_january / 12), (since_january % 12).saturating_add(1));
    let first = days(year, month, 1);
    let next =
        if month < 12 { days(year, month.saturating_add(1), 1) } else { days(year.saturating_add(1), 1, 1) };
    let length = next.saturating_sub(first);
    let day = if day < length { day } else { length };
    let days = first.saturating_add(day).saturating_sub(1);
    Timestamp::from_millis(days.saturating_mul(DAY_MILLIS).saturating_add(at.as_millis() % DAY_MILLIS))
}

/// Year, month and day of a day since 1970-01-01.
pub(crate) const fn date(days: u64) -> (u64, u64, u64) {
    let day = days.saturating_add(EPOCH);
    let (era, of_era) = (day / ERA_DAYS, day % ERA_DAYS);
    // Without the leap days before it: one in 4 years, none in 100, one in 400.
    let regular = of_era.saturating_sub(of_era / 1_460).saturating_add(of_era / 36_524);
    let year_of_era = regular.saturating_sub(of_era / 146_096) / 365;
    let of_year = of_era.saturating_sub(days_of_years(year_of_era));
    let from_march = of_year.saturating_mul(5).saturating_add(2) / 153;
    let of_month = of_year.saturating_sub(days_of_months(from_march)).saturating_add(1);
    let (month, turn) =
        if from_march < 10 { (from_march.saturating_add(3), 0) } else { (from_march.saturating_sub(9), 1) };
    (era.saturating_mul(400).saturating_add(year_of_era).saturating_add(turn), month, of_month)
}

/// The day since 1970-01-01 of a date from then on. A day beyond its month counts on into the next.
pub(crate) const fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, from_march) = if month > 2 {
        (year, month.saturating_sub(3))
    } else {
        (year.saturating_sub(1), month.saturating_add(9))
    };
    let of_year = days_of_months(from_march).saturating_add(day).saturating_sub(1);
    let of_era = days_of_years(year % 400).saturating_add(of_year);
    (year / 400).saturating_mul(ERA_DAYS).saturating_add(of_era).saturating_sub(EPOCH)
}

/// The days of so many years from the beginning of an era.
const fn days_of_years(years: u64) -> u64 {
    years.saturating_mul(365).saturating_add(years / 4).saturating_sub(years / 100)
}

/// The days of so many months from March: 31, 30, 31, 30, 31 and again, 153 in five.
const fn days_of_months(months: u64) -> u64 {
    months.saturating_mul(153).saturating_add(2) / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_on_the_same_day_or_on_the_last_that_there_is() {
        let at = |year, month, day| Timestamp::from_millis(days(year, month, day) * DAY * 1_000 + 5);
        for (from, months, to) in [
            (at(2026, 11, 29), 1, at(2026, 12, 29)),
            (at(2026, 11, 29), 2, at(2027, 1, 29)),
            (at(2026, 11, 29), 3, at(2027, 2, 28)),
            (at(2027, 11, 30), 3, at(2028, 2, 29)),
            (at(2026, 12, 31), 60, at(2031, 12, 31)),
            (at(2026, 1, 31), 1, at(2026, 2, 28)),
            (at(2026, 12, 1), 12, at(2027, 12, 1)),
            (at(1970, 1, 1), 0, at(1970, 1, 1)),
        ] {
            assert_eq!(after_months(from, months), to, "{from} and {months} months");
        }
        assert!(
            after_months(Timestamp::from_millis(u64::MAX), 60) >= Timestamp::from_millis(u64::MAX - 1_000)
        );
    }

    #[test]
    fn every_day_of_four_centuries_has_its_own_date_and_the_next_follows_it() {
        let lengths = |year: u64| {
            let leap = year.is_multiple_of(400) || (year.is_multiple_of(4) && !year.is_multiple_of(100));
            [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        };
        let mut expected = (1970, 1, 1);
        for day in 0..150_000 {
            assert_eq!(date(day), expected);
            assert_eq!(days(expected.0, expected.1, expected.2), day);
            let (year, month, of_month) = expected;
            expected = if of_month < lengths(year)[month as usize - 1] {
                (year, month, of_month + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
        }
    }
}
