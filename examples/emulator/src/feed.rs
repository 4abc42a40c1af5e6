//! The feed of events: the last 100,000, numbered from 1.
//!
//! The feed is a record for people and tests, not state that decides anything. So it is in no snapshot, replacing or
//! deleting the state leaves it alone, and its numbers are never given twice: a reader who polls with `after` misses
//! nothing and sees nothing twice, whatever else is done to the server. A reader who fell behind sees that from
//! `first_seq`.

use std::collections::VecDeque;

use failover_model::AccountId;
use serde::Serialize;
use serde_json::{Map, Value};

/// How many events are kept.
pub const KEPT: usize = 100_000;

/// One event as it is told.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Its number; zero until it is [pushed](Feed::push).
    pub seq: u64,
    /// When it happened, on the emulator's clock.
    pub at_ms: u64,
    /// Whose it is.
    pub account: AccountId,
    /// The pair, cluster or disk; `None` where a call names none or several.
    pub resource: Option<String>,
    /// What happened.
    pub kind: &'static str,
    /// The number of the rule that decided.
    pub rule: Option<&'static str>,
    /// The status, access or writer before.
    pub from: Option<String>,
    /// The status, access or writer after.
    pub to: Option<String>,
    /// Whatever else there is to say.
    pub detail: Map<String, Value>,
}

impl Entry {
    /// An event of this kind that says nothing more.
    pub fn new(at_ms: u64, account: AccountId, kind: &'static str) -> Self {
        Self {
            seq: 0,
            at_ms,
            account,
            resource: None,
            kind,
            rule: None,
            from: None,
            to: None,
            detail: Map::new(),
        }
    }

    /// Adds a detail.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(key.into(), value.into());
        self
    }
}

/// Which events a reader wants.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only later ones than this.
    pub after: u64,
    /// Only of this resource.
    pub resource: Option<String>,
    /// Only of this account.
    pub account: Option<AccountId>,
    /// At most so many.
    pub limit: usize,
}

impl Filter {
    fn matches(&self, entry: &Entry) -> bool {
        self.resource.as_ref().is_none_or(|wanted| entry.resource.as_ref() == Some(wanted))
            && self.account.as_ref().is_none_or(|wanted| entry.account == *wanted)
    }
}

/// What a reader gets.
#[derive(Debug, Serialize)]
pub struct Page {
    /// The oldest that match, in order.
    pub events: Vec<Entry>,
    /// The number of the oldest event kept; of the next one if none is.
    pub first_seq: u64,
    /// The number that the next event will get.
    pub next_seq: u64,
}

/// The feed.
#[derive(Debug, Default)]
pub struct Feed {
    kept: VecDeque<Entry>,
    given: u64,
}

impl Feed {
    /// Numbers an event and keeps it; the oldest makes room.
    pub fn push(&mut self, entry: Entry) -> u64 {
        self.given = self.given.saturating_add(1);
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Entry { seq: self.given, ..entry });
        self.given
    }

    /// How many events there ever were, which is the number of the last.
    pub const fn last_seq(&self) -> u64 {
        self.given
    }

    /// The events that match.
    pub fn select(&self, filter: &Filter) -> Page {
        let next_seq = self.given.saturating_add(1);
        let first_seq = self.kept.front().map_or(next_seq, |entry| entry.seq);
        // Numbers have no gaps, so the number says the position.
        let skip = filter.after.saturating_add(1).saturating_sub(first_seq);
        let skip = usize::try_from(skip).unwrap_or(usize::MAX).min(self.kept.len());
        let wanted = self.kept.range(skip..).filter(|entry| filter.matches(entry));
        Page { events: wanted.take(filter.limit).cloned().collect(), first_seq, next_seq }
    }

    /// The events after this one, in order.
    pub fn since(&self, after: u64) -> Vec<Entry> {
        self.select(&Filter { after, limit: usize::MAX, ..Filter::default() }).events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry::new(0, AccountId::parse("1").expect("an id"), "disk")
    }

    #[test]
    fn numbers_start_at_one_and_the_oldest_makes_room() {
        let mut feed = Feed::default();
        assert_eq!((feed.select(&Filter::default()).first_seq, feed.last_seq()), (1, 0));
        for wanted in 1..=(KEPT as u64 + 5) {
            assert_eq!(feed.push(entry()), wanted);
        }
        let page = feed.select(&Filter { after: 0, limit: 2, ..Filter::default() });
        assert_eq!((page.first_seq, page.next_seq), (6, KEPT as u64 + 6));
        assert_eq!(page.events.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [6, 7]);
        assert_eq!(feed.since(KEPT as u64 + 3).len(), 2);
        assert!(feed.since(u64::MAX).is_empty());
    }
}
