//! What one account has: a simulation, its clock and its feed.
//!
//! Every request first does the work that has fallen due, then its own, and is told apart from others of its account by
//! nothing but order. That is what makes the answers under a manual clock the same from run to run.

use failover_model::simulation::{LatencyProfile, Simulation, Trace, Transitions};
use failover_model::{AccountId, ControlPlane, Operation, Places, Policy, RegionId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::answers::Entry;
use crate::clock::{Clock, END};
use crate::draw_seed;
use crate::feed::Feed;
use crate::happened::Happened;
use crate::limits::Limits;

/// What the world of an account begins with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The readings.
    pub policy: Policy,
    /// The seed of the default account; that of each other follows from it and from the account.
    pub seed: u64,
    /// How effects end.
    pub transitions: Transitions,
    /// How long effects take.
    pub latency: LatencyProfile,
    /// Which time it is.
    pub clock: Clock,
    /// The account of access keys that are no account.
    pub account: AccountId,
    /// The region of calls that name none.
    pub region: RegionId,
    /// The regions and zones that there are.
    pub regions: Places,
}

impl Origin {
    /// The seed of an account: one stream of ids and choices for each, however many there are and whichever came first.
    pub fn seed_of(&self, account: &AccountId) -> u64 {
        if *account == self.account {
            return self.seed;
        }
        // FNV-1a, small enough that every JSON reader keeps it whole.
        let bytes = self.seed.to_le_bytes().into_iter().chain(account.as_str().bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        hash >> 11
    }
}

/// The world of one account.
pub struct World {
    /// Everything that decides.
    pub simulation: Simulation,
    /// Which time it is.
    pub clock: Clock,
    /// The region of calls that name none.
    pub region: RegionId,
    /// What happened.
    pub feed: Feed,
    /// How often the whole was replaced: work that was begun on another state must not go on.
    pub replaced: u64,
    /// Whether its account was removed: then nothing is done to it any more.
    pub removed: bool,
    /// Where the clock is on its way to.
    pub until: Option<Timestamp>,
    /// How many inputs were journalled.
    pub inputs: u64,
}

impl World {
    /// The world that an account begins with, at the time of this clock.
    pub fn new(origin: &Origin, account: &AccountId, mut clock: Clock) -> Self {
        // Clients choose the names that are hashed here.
        let plane = ControlPlane::with_hash_seed(origin.policy.clone(), draw_seed());
        let seed = origin.seed_of(account);
        let mut simulation = Simulation::new(plane, seed, origin.transitions, origin.latency);
        simulation.set_regions(origin.regions.clone());
        // Nothing is pending yet, so there is nothing to record.
        drop(simulation.advance(clock.now()));
        let (region, feed) = (origin.region.clone(), Feed::default());
        Self { simulation, clock, region, feed, replaced: 0, removed: false, until: None, inputs: 0 }
    }

    /// Does all work that has fallen due, and says which time it is.
    pub fn catch_up(&mut self) -> Timestamp {
        let now = self.clock.now();
        self.advance_to(now);
        now
    }

    /// Moves the clock towards `to`, and does the work that falls due within `stride` of the next that does; returns how
    /// much it was, and whether the clock is there.
    pub fn stride(&mut self, to: Timestamp, stride: Span) -> (u64, bool) {
        let seen = self.simulation.plane().clock();
        // A gap without work is crossed at once.
        let due = self.simulation.next_due().map_or(to, |due| due.at.max(seen));
        let stop = due.after(stride).min(to).min(END);
        self.clock.set(stop);
        (self.advance_to(stop), stop >= to.min(END))
    }

    fn advance_to(&mut self, to: Timestamp) -> u64 {
        let happened = self.simulation.advance(to);
        let fired = happened.fired;
        self.record(happened);
        fired
    }

    /// Whether this operation creates something and there is as much as the server bears.
    pub fn is_full(&self, operation: Operation, limits: Limits) -> bool {
        operation.creates_resource() && self.simulation.plane().resource_count() >= limits.resources
    }

    /// Puts what happened into the feed.
    pub fn record(&mut self, happened: Trace) {
        for event in happened.events {
            self.feed.push(Happened::Fact(event));
        }
    }

    /// Puts what happened into the feed, and tells it as the feed does.
    pub fn record_and_tell(&mut self, happened: Trace) -> Vec<Entry> {
        let before = self.feed.last_seq();
        self.record(happened);
        self.feed.since(before)
    }

    /// Replaces everything but the feed.
    pub fn replace(&mut self, simulation: Simulation) {
        self.simulation = simulation;
        self.replaced = self.replaced.wrapping_add(1);
        self.until = None;
    }
}
