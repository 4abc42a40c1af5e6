//! The feed of an account's events: the last 20,000, numbered from 1.
//!
//! The feed is a record for people and tests, not state that decides anything. So it is in no snapshot, replacing or
//! deleting the state leaves it alone, and its numbers are never given twice: a reader who polls with `after` misses
//! nothing and sees nothing twice, whatever else is done to the server. A reader who fell behind is told so.
//!
//! Who waits is woken by the event that is waited for and by no other, so that many who wait cost those nothing who call.

use std::collections::{HashMap, VecDeque};

use tokio::sync::oneshot;

use crate::answers::{Entry, Page};
use crate::happened::Happened;
use crate::project;

/// How many events are kept.
pub const KEPT: usize = 20_000;

/// Which events a reader wants.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only later ones than this.
    pub after: u64,
    /// Only of this resource.
    pub resource: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// Those who wait for an event, by what they wait for.
#[derive(Debug, Default)]
struct Waiting {
    any: Vec<oneshot::Sender<()>>,
    of: HashMap<String, Vec<oneshot::Sender<()>>>,
    count: usize,
}

/// The feed.
#[derive(Debug, Default)]
pub struct Feed {
    /// Numbered without gaps; the last one is `given`.
    kept: VecDeque<Happened>,
    given: u64,
    waiting: Waiting,
}

impl Waiting {
    fn wake(&mut self, resource: Option<&str>) {
        if self.count == 0 {
            return;
        }
        let of = resource.and_then(|resource| self.of.remove(resource)).unwrap_or_default();
        for waiter in self.any.drain(..).chain(of) {
            self.count = self.count.saturating_sub(1);
            // Who left meanwhile needs no waking.
            let _ = waiter.send(());
        }
    }

    /// Drops those who left.
    fn sweep(&mut self) {
        self.any.retain(|waiter| !waiter.is_closed());
        self.of.retain(|_, waiters| {
            waiters.retain(|waiter| !waiter.is_closed());
            !waiters.is_empty()
        });
        self.count = self.of.values().map(Vec::len).sum::<usize>().saturating_add(self.any.len());
    }
}

impl Feed {
    /// Numbers an event and keeps it; the oldest makes room.
    pub fn push(&mut self, happened: Happened) -> u64 {
        self.given = self.given.saturating_add(1);
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.waiting.wake(happened.resource());
        self.kept.push_back(happened);
        self.given
    }

    /// Wakes all who wait, for there is nothing more to come.
    pub fn end(&mut self) {
        self.waiting = Waiting::default();
    }

    /// Goes on after this number, with nothing kept.
    pub fn resume(&mut self, last_seq: u64) {
        self.kept.clear();
        self.given = last_seq;
    }

    /// How many events there ever were, which is the number of the last.
    pub const fn last_seq(&self) -> u64 {
        self.given
    }

    /// The number of the oldest event kept; of the next one if none is.
    pub fn first_seq(&self) -> u64 {
        self.given.saturating_add(1).saturating_sub(self.kept.len() as u64)
    }

    /// The events that match.
    pub fn select(&self, filter: &Filter) -> Page {
        let (first_seq, next_seq) = (self.first_seq(), self.given.saturating_add(1));
        // Numbers have no gaps, so the number says the position.
        let skip = filter.after.saturating_add(1).saturating_sub(first_seq);
        let skip = usize::try_from(skip).unwrap_or(usize::MAX).min(self.kept.len());
        let wanted = |happened: &Happened| {
            filter.resource.as_deref().is_none_or(|wanted| happened.resource() == Some(wanted))
        };
        let numbered = (first_seq.saturating_add(skip as u64)..).zip(self.kept.range(skip..));
        let matching = numbered.filter(|(_, happened)| wanted(happened)).take(filter.limit);
        let told = matching.map(|(seq, happened)| Entry { seq, ..project::entry(happened) });
        Page { events: told.collect(), first_seq, next_seq }
    }

    /// The events after this one, in order.
    pub fn since(&self, after: u64) -> Vec<Entry> {
        self.select(&Filter { after, limit: usize::MAX, ..Filter::default() }).events
    }

    /// Waits for the next event, of this resource if one is given; `None` if `most` wait already.
    pub fn wait(&mut self, resource: Option<&str>, most: usize) -> Option<oneshot::Receiver<()>> {
        if self.waiting.count >= most {
            self.waiting.sweep();
            if self.waiting.count >= most {
                return None;
            }
        }
        let (waiter, woken) = oneshot::channel();
        match resource {
            Some(resource) => self.waiting.of.entry(resource.to_owned()).or_default().push(waiter),
            None => self.waiting.any.push(waiter),
        }
        self.waiting.count = self.waiting.count.saturating_add(1);
        Some(woken)
    }
}

#[cfg(test)]
mod tests {
    use failover_model::ebs::DiskChange;
    use failover_model::{AccountId, DiskId, Event, Fact, Timestamp};

    use super::*;

    fn seen(disk: &str) -> Happened {
        let (account, disk) = (AccountId::parse("1").expect("an id"), DiskId::parse(disk).expect("an id"));
        let fact = Fact::Disk { disk, change: DiskChange::Removed };
        let rule = failover_model::catalogue::rules()[0].id;
        Happened::Fact(Event { at: Timestamp::from_millis(0), account, rule, fact })
    }

    #[test]
    fn numbers_start_at_one_and_the_oldest_makes_room() {
        let mut feed = Feed::default();
        assert_eq!((feed.select(&Filter::default()).first_seq, feed.last_seq()), (1, 0));
        for wanted in 1..=(KEPT as u64 + 5) {
            assert_eq!(feed.push(seen("d-1")), wanted);
        }
        let page = feed.select(&Filter { after: 0, limit: 2, ..Filter::default() });
        assert_eq!((page.first_seq, page.next_seq), (6, KEPT as u64 + 6));
        assert_eq!(page.events.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [6, 7]);
        assert_eq!(feed.since(KEPT as u64 + 3).len(), 2);
        assert!(feed.since(u64::MAX).is_empty());
    }

    #[test]
    fn who_waits_is_woken_by_what_is_waited_for_alone_and_who_left_makes_room() {
        let mut feed = Feed::default();
        let mut any = feed.wait(None, 3).expect("room");
        let mut one = feed.wait(Some("one"), 3).expect("room");
        let two = feed.wait(Some("two"), 3).expect("room");
        assert!(feed.wait(None, 3).is_none());
        feed.push(seen("one"));
        assert_eq!((any.try_recv(), one.try_recv()), (Ok(()), Ok(())));
        drop((feed.wait(None, 3).expect("room"), feed.wait(None, 3).expect("room")));
        drop(two);
        assert!((0..3).all(|_| feed.wait(None, 3).is_some_and(|mut woken| woken.try_recv().is_err())));
    }
}
