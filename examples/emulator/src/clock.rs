//! Which time it is: the system's, shifted, or one that moves only when told.
//!
//! The library takes the time as an argument, so this is the only place that looks at a real clock.

use std::time::SystemTime;

use failover_model::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Where a manual clock starts: 2026-01-01T00:00:00Z.
pub const MANUAL_START: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// The last millisecond that the vendor's date format can spell, 9999-12-31T23:59:59.999Z. No clock goes beyond.
pub const END: Timestamp = Timestamp::from_millis(253_402_300_799_999);

/// The most that one request may advance the clock.
pub const LONGEST_ADVANCE: Span = Span::from_secs(31 * 24 * 60 * 60);

/// A clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Moves only when told.
    Manual(Timestamp),
    /// The system's time with an offset. The system's clock may be set back; this one waits until it has caught up.
    Real {
        /// What is added to the system's time.
        offset_ms: i64,
        /// The latest time told.
        told: Timestamp,
    },
}

impl Clock {
    /// A manual clock at its start.
    pub const fn manual() -> Self {
        Self::Manual(MANUAL_START)
    }

    /// The system's time.
    pub const fn real() -> Self {
        Self::Real { offset_ms: 0, told: Timestamp::from_millis(0) }
    }

    /// The time.
    pub fn now(&mut self) -> Timestamp {
        match self {
            Self::Manual(now) => *now,
            Self::Real { offset_ms, told } => {
                let now = Timestamp::from_millis(system_ms().saturating_add_signed(*offset_ms));
                *told = (*told).max(now).min(END);
                *told
            }
        }
    }

    /// Whether the time moves by itself.
    pub const fn is_real(&self) -> bool {
        matches!(self, Self::Real { .. })
    }

    /// What a real clock adds to the system's time.
    pub const fn offset_ms(&self) -> i64 {
        match self {
            Self::Manual(_) => 0,
            Self::Real { offset_ms, .. } => *offset_ms,
        }
    }

    /// A clock of this kind that goes on from where another stood.
    pub const fn resumed(&self, at: Timestamp, offset_ms: i64) -> Self {
        match self {
            Self::Manual(_) => Self::Manual(at),
            Self::Real { .. } => Self::Real { offset_ms, told: at },
        }
    }

    /// Sets the time, forward or back; a real clock goes on from there.
    pub fn set(&mut self, to: Timestamp) {
        match self {
            Self::Manual(now) => *now = to,
            Self::Real { offset_ms, told } => {
                let wanted = i64::try_from(to.as_millis()).unwrap_or(i64::MAX);
                *offset_ms = wanted.saturating_sub_unsigned(system_ms());
                *told = to;
            }
        }
    }
}

/// Milliseconds since 1970; a system clock before that counts as that.
fn system_ms() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_clock_goes_on_from_where_it_was_set_and_never_back_by_itself() {
        let mut clock = Clock::real();
        let before = clock.now();
        clock.set(MANUAL_START);
        let set = clock.now();
        assert!(set >= MANUAL_START && set.since(MANUAL_START) < Span::from_secs(60), "{set}");
        clock.set(before.after(LONGEST_ADVANCE));
        let later = clock.now();
        assert!(later >= before.after(LONGEST_ADVANCE));
        assert!(clock.now() >= later);
    }

    #[test]
    fn a_manual_clock_stands() {
        let mut clock = Clock::manual();
        assert_eq!(clock.now(), MANUAL_START);
        assert_eq!(clock.now(), MANUAL_START);
        clock.set(END);
        assert_eq!(clock.now(), END);
    }
}
