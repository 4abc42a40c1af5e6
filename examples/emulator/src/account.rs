//! The lock of an account, and long work under it.
//!
//! Requests of an account take turns. Work that may take long, which is a clock that moves far, is done in strides on a
//! thread of its own and gives the lock back between them, so that its own account reads on and no other one notices.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use failover_model::{AccountId, Span, Timestamp};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Mutex, MutexGuard, Notify, watch};

use crate::clock::END;
use crate::journal::{Input, Journal, NotKept, Record, Said, Ticket};
use crate::state::Kept;
use crate::world::World;

/// How long a stride should take: others of the account wait for as long.
const STRIDE: Duration = Duration::from_millis(5);

/// Above how many resources a world is large: then looking at all of them takes a millisecond and more.
const LARGE: usize = 2_000;

/// After how many inputs the state itself is kept, and they go.
const KEPT_EVERY: u64 = 20_000;

/// An account and its world.
pub struct Account {
    /// Its id.
    pub id: AccountId,
    world: Mutex<World>,
    /// One clock, one move.
    moving: Arc<Mutex<()>>,
    /// Something may now fall due earlier than it did.
    changed: Notify,
    /// Where inputs are kept, if they are.
    journal: Arc<OnceLock<Journal>>,
}

/// Where a clock is to go.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// So far ahead.
    Ahead(Span),
    /// To the next work that falls due.
    NextDue,
}

/// How far a clock came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Which time it is.
    pub now: Timestamp,
    /// How many effects ended and deadlines fired.
    pub fired: u64,
}

/// Why a clock did not reach its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMoved {
    /// It lies beyond the end of time; nothing was done.
    BeyondEnd,
    /// The state was replaced meanwhile.
    Replaced,
    /// The account was removed meanwhile.
    Removed,
    /// The client left or the server ends; it stands where it came to.
    GivenUp(Moved),
    /// It moved, and that could not be kept.
    NotKept,
}

/// Why a request changed nothing, or nothing that lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotChanged {
    /// The account was removed while the request waited for its turn; nothing was done.
    #[error("the account was removed meanwhile")]
    Removed,
    /// It was done, and may be lost when the server ends.
    #[error(transparent)]
    NotKept(#[from] NotKept),
}

impl Account {
    /// An account with its world.
    pub fn new(id: AccountId, world: World, journal: Arc<OnceLock<Journal>>) -> Self {
        Self { id, world: Mutex::new(world), moving: Arc::default(), changed: Notify::new(), journal }
    }

    /// Looks at the world, at the time given, after all work that is due.
    pub async fn with<T>(&self, look: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let mut world = self.world.lock().await;
        aside(&mut world, |world| {
            let now = world.catch_up();
            look(world, now)
        })
    }

    /// Does to the world what a request says, at the time given, after all work that is due; returns once that is kept.
    ///
    /// # Errors
    ///
    /// [`NotChanged`].
    pub async fn change<T>(
        &self,
        said: impl FnOnce() -> Said,
        act: impl FnOnce(&mut World, Timestamp) -> T,
    ) -> Result<T, NotChanged> {
        let mut world = self.world.lock().await;
        if world.removed {
            return Err(NotChanged::Removed);
        }
        let (result, ticket) = aside(&mut world, |world| {
            let now = world.catch_up();
            let result = act(world, now);
            (result, self.keep(world, now, || Input::Request(said())))
        });
        drop(world);
        self.changed.notify_one();
        if let Some(ticket) = ticket {
            ticket.durable().await?;
        }
        Ok(result)
    }

    /// Puts an input on its way to the disk, and sometimes the state.
    fn keep(&self, world: &mut World, at: Timestamp, input: impl FnOnce() -> Input) -> Option<Ticket> {
        let journal = self.journal.get()?;
        world.inputs = world.inputs.saturating_add(1);
        let record = Record { at, offset_ms: world.clock.offset_ms(), input: input() };
        let ticket = journal.append(&self.id, world.inputs, record);
        if world.inputs.is_multiple_of(KEPT_EVERY) {
            journal.keep(&self.id, Kept::of(&self.id, world));
        }
        Some(ticket)
    }

    /// The world as it is, for who takes up what was kept.
    pub async fn taken_up(&self) -> MutexGuard<'_, World> {
        self.world.lock().await
    }

    /// Forgets the account: what is kept of it first, then, by `take_out`, where it is found; who waits for it is told so.
    /// Returns whether it was there until now.
    ///
    /// # Errors
    ///
    /// [`NotKept`]: the journal still has it, and so it stays.
    pub async fn remove(&self, take_out: impl FnOnce()) -> Result<bool, NotKept> {
        let mut world = self.world.lock().await;
        if world.removed {
            return Ok(false);
        }
        if let Some(journal) = self.journal.get() {
            journal.forget(&self.id).durable().await?;
        }
        world.removed = true;
        world.feed.end();
        take_out();
        drop(world);
        self.changed.notify_one();
        Ok(true)
    }

    /// Moves the clock. It stops where it is when this future is dropped, as it is when the client leaves, or when the
    /// server ends.
    ///
    /// # Errors
    ///
    /// [`NotMoved`]: the clock did not reach its target.
    pub async fn move_clock(
        self: &Arc<Self>,
        target: Target,
        ending: watch::Receiver<bool>,
    ) -> Result<Moved, NotMoved> {
        let turn = Arc::clone(&self.moving).lock_owned().await;
        let given_up = Arc::new(AtomicBool::new(false));
        let _gives_up = GivesUp(Arc::clone(&given_up));
        let account = Arc::clone(self);
        let walk = tokio::task::spawn_blocking(move || {
            let walked = account.walk(target, || given_up.load(Ordering::Relaxed) || *ending.borrow());
            drop(turn);
            account.changed.notify_one();
            walked
        });
        let stopped = Moved { now: Timestamp::from_millis(0), fired: 0 };
        walk.await.unwrap_or(Err(NotMoved::GivenUp(stopped)))
    }

    fn walk(&self, target: Target, given_up: impl Fn() -> bool) -> Result<Moved, NotMoved> {
        let mut world = self.world.blocking_lock();
        if world.removed {
            return Err(NotMoved::Removed);
        }
        let now = world.catch_up();
        let to = match target {
            Target::Ahead(by) => now.after(by),
            Target::NextDue => world.simulation.next_due().map_or(now, |due| due.at.max(now)),
        };
        if to > END {
            return Err(NotMoved::BeyondEnd);
        }
        let replaced = world.replaced;
        world.until = Some(to);
        let (mut fired, mut stride) = (0_u64, Span::from_secs(1));
        loop {
            let begun = Instant::now();
            let (more, reached) = world.stride(to, stride);
            fired = fired.saturating_add(more);
            let moved = Moved { now: world.clock.now(), fired };
            let ends = reached || given_up();
            if ends {
                world.until = None;
            }
            let ticket = self.keep(&mut world, moved.now, || Input::Clock);
            drop(world);
            if ends {
                ticket.map_or(Ok(()), Ticket::durable_blocking).map_err(|NotKept| NotMoved::NotKept)?;
                return if reached { Ok(moved) } else { Err(NotMoved::GivenUp(moved)) };
            }
            let took = begun.elapsed();
            if took < STRIDE / 2 {
                stride = Span::from_millis(stride.as_millis().saturating_mul(2));
            } else if took > STRIDE {
                stride = Span::from_millis((stride.as_millis() / 2).max(1));
            }
            world = self.world.blocking_lock();
            if world.removed {
                return Err(NotMoved::Removed);
            }
            if world.replaced != replaced {
                return Err(NotMoved::Replaced);
            }
        }
    }

    /// On a real clock, does work when it falls due, also if nobody asks, so that events appear on time; until the
    /// server ends or the account is removed.
    pub async fn keep_time(self: Arc<Self>, mut ending: watch::Receiver<bool>) {
        // Between looks the system's clock may be set; so none waits longer than this for work that is due some day.
        const LONGEST: Duration = Duration::from_secs(1);
        loop {
            let mut world = self.world.lock().await;
            if world.removed {
                return;
            }
            let now = world.catch_up();
            let due =
                world.simulation.next_due().map(|due| Duration::from_millis(due.at.since(now).as_millis()));
            drop(world);
            let look = async {
                match due {
                    Some(wait) => {
                        drop(tokio::time::timeout(wait.min(LONGEST), self.changed.notified()).await)
                    }
                    None => self.changed.notified().await,
                }
            };
            tokio::select! {
                () = look => {}
                _ = ending.wait_for(|ending| *ending) => return,
            }
        }
    }
}

/// Does work under the lock; in a large world it may take long, and then it keeps no thread from answering others.
fn aside<T>(world: &mut World, work: impl FnOnce(&mut World) -> T) -> T {
    let is_large = world.simulation.plane().resource_count() > LARGE;
    let has_other_threads =
        || Handle::try_current().is_ok_and(|it| it.runtime_flavor() == RuntimeFlavor::MultiThread);
    if is_large && has_other_threads() { tokio::task::block_in_place(|| work(world)) } else { work(world) }
}

struct GivesUp(Arc<AtomicBool>);

impl Drop for GivesUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
