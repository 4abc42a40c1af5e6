//! The rules once more, as plainly as they can be put: a list of records, searched from end to end at each call.

use failover_model::token::{Overflow, TokenRefusal};

#[derive(Debug, Clone, PartialEq)]
pub enum State {
    InFlight { permit: u64 },
    Completed { outcome: u8, completed_at: u64, done_seq: u64 },
}

#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub tenant: u8,
    pub scope: u8,
    pub token: u8,
    pub request: u8,
    pub state: State,
}

#[derive(Debug, PartialEq)]
pub enum Answer {
    Bypass,
    Execute { permit: u64, evicted: Option<u64> },
    Replay(u8),
    Refused(TokenRefusal),
}

#[derive(Debug)]
pub struct Naive {
    pub ttl: Option<u64>,
    pub capacity: usize,
    pub overflow: Overflow,
    pub clock: u64,
    pub drawn: u64,
    pub records: Vec<Record>,
    pub horizons: [u64; 3],
}

impl Naive {
    pub fn tick(&mut self, now: u64) {
        self.clock = self.clock.max(now);
        // To behave as vacant and to be gone is the same to an observer.
        let (ttl, clock) = (self.ttl, self.clock);
        self.records.retain(|record| match record.state {
            State::InFlight { .. } => true,
            State::Completed { completed_at, .. } => ttl.is_none_or(|ttl| clock - completed_at < ttl),
        });
    }

    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    pub fn begin(&mut self, now: u64, key: Option<(u8, u8, u8)>, request: u8) -> Answer {
        self.tick(now);
        let Some((tenant, scope, token)) = key else { return Answer::Bypass };
        for record in &self.records {
            if (record.tenant, record.scope, record.token) == (tenant, scope, token) {
                return match record.state {
                    _ if record.request != request => Answer::Refused(TokenRefusal::Mismatch),
                    State::InFlight { .. } => Answer::Refused(TokenRefusal::Processing),
                    State::Completed { outcome, .. } => Answer::Replay(outcome),
                };
            }
        }
        let mut evicted = None;
        if self.records.iter().filter(|record| record.tenant == tenant).count() == self.capacity {
            let completions = self.records.iter().filter_map(|record| match record.state {
                State::Completed { done_seq, .. } if record.tenant == tenant => Some(done_seq),
                _ => None,
            });
            let victim = match self.overflow {
                Overflow::Refuse => None,
                Overflow::EvictOldestCompleted => completions.min(),
            };
            let Some(victim) = victim else { return Answer::Refused(TokenRefusal::Full) };
            self.records.retain(
                |record| !matches!(record.state, State::Completed { done_seq, .. } if done_seq == victim),
            );
            self.horizons[usize::from(tenant)] = victim;
            evicted = Some(victim);
        }
        let permit = self.draw();
        self.records.push(Record { tenant, scope, token, request, state: State::InFlight { permit } });
        Answer::Execute { permit, evicted }
    }

    fn held_by(&mut self, permit: u64) -> Option<usize> {
        self.records.iter().position(|record| record.state == State::InFlight { permit })
    }

    pub fn complete(&mut self, now: u64, permit: u64, outcome: u8) -> Option<u64> {
        self.tick(now);
        let index = self.held_by(permit)?;
        let done_seq = self.draw();
        self.records[index].state = State::Completed { outcome, completed_at: self.clock, done_seq };
        Some(done_seq)
    }

    pub fn release(&mut self, now: u64, permit: u64) -> Option<()> {
        self.tick(now);
        let index = self.held_by(permit)?;
        self.records.remove(index);
        Some(())
    }

    pub fn reclaim(&mut self, permit: u64) -> Option<u64> {
        let index = self.held_by(permit)?;
        let permit = self.draw();
        self.records[index].state = State::InFlight { permit };
        Some(permit)
    }
}
