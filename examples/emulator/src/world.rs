//! The one shared state: a simulation, its clock and its feed, behind one lock.
//!
//! Every request takes the lock, first does the work that has fallen due, then its own, and is told apart from others
//! by nothing but order. That is what makes the answers under a manual clock the same from run to run.

use std::sync::{Mutex, PoisonError};

use failover_model::simulation::{LatencyProfile, Simulation, Trace, Transitions};
use failover_model::{AccountId, ControlPlane, Policy, RegionId, Span, Timestamp};
use tokio::sync::{Notify, watch};

use crate::clock::{Clock, END};
use crate::feed::{Entry, Feed};
use crate::record::Recorder;
use crate::{draw_seed, project};

/// A long advance is made in strides, so that its events need not all be in memory at once.
const STRIDE: Span = Span::from_secs(3_600);

/// What is behind the lock.
pub struct World {
    /// Everything that decides.
    pub simulation: Simulation,
    /// Which time it is.
    pub clock: Clock,
    /// What happened.
    pub feed: Feed,
}

impl World {
    /// An empty world.
    pub fn new(
        policy: Policy,
        seed: u64,
        transitions: Transitions,
        latency: LatencyProfile,
        mut clock: Clock,
    ) -> Self {
        // Clients choose the names that are hashed here.
        let plane = ControlPlane::with_hash_seed(policy, draw_seed());
        let mut simulation = Simulation::new(plane, seed, transitions, latency);
        // Nothing is pending yet, so there is nothing to record.
        drop(simulation.advance(clock.now()));
        Self { simulation, clock, feed: Feed::default() }
    }

    /// Does all work that has fallen due, and says which time it is.
    pub fn catch_up(&mut self) -> Timestamp {
        let now = self.clock.now();
        self.advance_to(now);
        now
    }

    /// Moves the clock forward to `to` and does the work that falls due until then; returns how much it was.
    pub fn move_clock(&mut self, to: Timestamp) -> u64 {
        self.clock.set(to.min(END));
        self.advance_to(to.min(END))
    }

    fn advance_to(&mut self, to: Timestamp) -> u64 {
        let mut fired: u64 = 0;
        loop {
            let seen = self.simulation.plane().clock();
            // A gap without work is crossed at once; time seen is not a stride away from zero when a server starts.
            let due = self.simulation.next_due().map_or(to, |due| due.at.max(seen));
            let stop = due.after(STRIDE).min(to);
            let happened = self.simulation.advance(stop);
            fired = fired.saturating_add(happened.fired);
            self.record(&happened);
            if stop >= to {
                return fired;
            }
        }
    }

    /// Puts what happened into the feed.
    pub fn record(&mut self, happened: &Trace) {
        happened.events.iter().for_each(|event| {
            self.feed.push(project::entry(event));
        });
    }

    /// Puts what happened into the feed, and tells it as the feed does.
    pub fn record_and_tell(&mut self, happened: &Trace) -> Vec<Entry> {
        let before = self.feed.last_seq();
        self.record(happened);
        self.feed.since(before)
    }
}

/// The server's state, shared by all connections.
pub struct Emulator {
    world: Mutex<World>,
    /// The number of the last event, for those who wait for one.
    last_seq: watch::Sender<u64>,
    /// Something may now fall due earlier than it did.
    changed: Notify,
    /// Whether the server is ending, for those who wait.
    pub ending: watch::Sender<bool>,
    /// The account of access keys that are no account.
    pub account: AccountId,
    /// The region of calls that name none.
    pub region: RegionId,
    /// Records the calls of the vendor's protocol, if asked to.
    pub recorder: Option<Recorder>,
}

impl Emulator {
    /// A server around a world.
    pub fn new(world: World, account: AccountId, region: RegionId) -> Self {
        Self {
            world: Mutex::new(world),
            last_seq: watch::Sender::new(0),
            changed: Notify::new(),
            ending: watch::Sender::new(false),
            account,
            region,
            recorder: None,
        }
    }

    /// The same, which records its calls.
    #[must_use]
    pub fn recorded(self, recorder: Option<Recorder>) -> Self {
        Self { recorder, ..self }
    }

    /// Does something to the world, at the time given, after all work that is due; then wakes who waits for events.
    pub fn with<T>(&self, act: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let result = self.locked(act);
        self.changed.notify_one();
        result
    }

    /// The time.
    pub fn time(&self) -> Timestamp {
        self.locked(|_, now| now)
    }

    fn locked<T>(&self, act: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        // Nothing here panics while it holds the lock; should it ever, the next request is still better served than not.
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let now = world.catch_up();
        let result = act(&mut world, now);
        let last = world.feed.last_seq();
        drop(world);
        self.last_seq.send_if_modified(|seen| std::mem::replace(seen, last) != last);
        result
    }

    /// Tells whenever there are new events.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.last_seq.subscribe()
    }

    /// Whether time passes by itself, so that [`keep_time`](Self::keep_time) has something to do.
    pub fn is_on_real_time(&self) -> bool {
        self.locked(|world, _| world.clock.is_real())
    }

    /// On a real clock, does work when it falls due, also if nobody asks, so that events appear on time.
    pub async fn keep_time(&self) {
        // Between looks the system's clock may be set; so none waits longer than this.
        const LONGEST: std::time::Duration = std::time::Duration::from_secs(1);
        loop {
            let wait = self.locked(|world, now| {
                let due = world.simulation.next_due().map(|due| due.at.since(now).as_millis());
                due.map_or(LONGEST, |ms| std::time::Duration::from_millis(ms).min(LONGEST))
            });
            let _ = tokio::time::timeout(wait, self.changed.notified()).await;
        }
    }
}
