//! The server's state: for each account a world of its own, made when it is first asked for.
//!
//! Nothing is shared between them but what they begin with. So a test that owns an account owns its time, its faults, its
//! readings, its ids and its feed, whatever other accounts do.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use axum::Router;
use failover_model::AccountId;
use failover_recorder::record::Recorder;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use crate::account::Account;
use crate::caller::Defaults;
use crate::clock::Clock;
use crate::journal::{History, Input, Journal, NotKept, Opened};
use crate::limits::Limits;
use crate::serve;
use crate::world::{Origin, World};

/// The server's state, shared by all connections.
pub struct Emulator {
    /// What the world of an account begins with.
    pub origin: Origin,
    /// What it bears.
    pub limits: Limits,
    accounts: RwLock<HashMap<AccountId, Arc<Account>>>,
    /// Whether the server is ending, for those who wait.
    pub ending: watch::Sender<bool>,
    /// Records the calls of the vendor's protocol, if asked to.
    recorder: Option<Recorder>,
    journal: Arc<OnceLock<Journal>>,
    /// Whether requests of an earlier process are made again.
    replays: AtomicBool,
}

/// There are as many accounts as the server bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyAccounts(pub usize);

impl std::fmt::Display for TooManyAccounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the server has {} accounts and bears no more", self.0)
    }
}

impl Emulator {
    /// A server without accounts.
    pub fn new(origin: Origin, limits: Limits) -> Self {
        Self {
            origin,
            limits,
            accounts: RwLock::default(),
            ending: watch::Sender::new(false),
            recorder: None,
            journal: Arc::default(),
            replays: AtomicBool::new(false),
        }
    }

    /// The same, which records its calls.
    #[must_use]
    pub fn recorded(self, recorder: Option<Recorder>) -> Self {
        Self { recorder, ..self }
    }

    /// A server that goes on from what was kept, and keeps what it is asked for.
    ///
    /// # Errors
    ///
    /// In words: what was kept cannot be taken up. Nothing was written.
    pub async fn kept(
        opened: Opened,
        limits: Limits,
        recorder: Option<Recorder>,
    ) -> Result<Arc<Self>, String> {
        let emulator = Arc::new(Self::new(opened.origin.clone(), limits).recorded(recorder));
        emulator.replays.store(true, Ordering::Relaxed);
        let router = crate::router(&emulator);
        for (account, history) in opened.histories()? {
            emulator.take_up(&router, &account, history).await?;
        }
        emulator.replays.store(false, Ordering::Relaxed);
        let journal = opened.journal()?;
        // It is set here alone.
        let _ = emulator.journal.set(journal);
        for account in emulator.accounts() {
            emulator.keep_time(&account);
        }
        Ok(emulator)
    }

    /// Serves until `stop`, then lets calls in flight finish, within bounds.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, stop: impl Future<Output = ()>) {
        let router = crate::router(&self);
        serve::serve(listener, router, self.limits, &self.origin.region, &self.ending, stop).await;
    }

    async fn take_up(&self, router: &Router, id: &AccountId, history: History) -> Result<(), String> {
        let History { kept, records } = history;
        let told = |error: &dyn std::fmt::Display| format!("the journal of account {id}: {error}");
        // It begins when its first input came: one that begins now would never go back to then.
        let begun = records.first().map_or(self.origin.clock, |(_, first)| Clock::Manual(first.at));
        let account = self.account_from(id, begun).map_err(|full| told(&full))?;
        let mut last = None;
        if let Some(kept) = kept {
            last = Some((kept.at, kept.offset_ms));
            let mut world = account.taken_up().await;
            kept.restore(&mut world, id, self.limits).map_err(|error| told(&error))?;
        }
        for (number, record) in records {
            let mut world = account.taken_up().await;
            world.clock = Clock::Manual(record.at);
            world.inputs = number;
            let said = match record.input {
                Input::Clock => {
                    world.catch_up();
                    None
                }
                Input::Request(said) => Some(said),
            };
            drop(world);
            if let Some(said) = said {
                let request = said.request().map_err(|error| told(&error))?;
                // An answer that a fault lost is one that was given.
                // It was logged when it was made.
                let answered = serve::answer(router.clone(), request).with_subscriber(NoSubscriber::new());
                drop(answered.await);
            }
            let at = account.taken_up().await.clock.now();
            last = Some((at, record.offset_ms));
        }
        if let Some((at, offset_ms)) = last {
            account.taken_up().await.clock = self.origin.clock.resumed(at, offset_ms);
        }
        Ok(())
    }

    /// What is meant by requests that do not say it.
    pub const fn defaults(&self) -> Defaults<'_> {
        Defaults { account: &self.origin.account, region: &self.origin.region }
    }

    /// Whether requests of an earlier process are made again, for those who would otherwise wait.
    pub fn replays(&self) -> bool {
        self.replays.load(Ordering::Relaxed)
    }

    /// What records, if it was asked for; nothing is recorded twice.
    pub fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_ref().filter(|_| !self.replays())
    }

    /// The account, made if it was not asked for before.
    ///
    /// # Errors
    ///
    /// [`TooManyAccounts`]: it would be one too many.
    pub fn account(&self, id: &AccountId) -> Result<Arc<Account>, TooManyAccounts> {
        self.account_from(id, self.origin.clock)
    }

    /// The same; if it is made, it begins at the time of this clock.
    fn account_from(&self, id: &AccountId, clock: Clock) -> Result<Arc<Account>, TooManyAccounts> {
        // No thread panics while it holds this lock.
        let known = self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let mut accounts = self.accounts.write().unwrap_or_else(PoisonError::into_inner);
        let full = accounts.len() >= self.limits.accounts;
        if let Some(known) = accounts.get(id) {
            return Ok(Arc::clone(known));
        }
        if full {
            tracing::warn!(limit = self.limits.accounts, account = %id, "an account too many is refused");
            return Err(TooManyAccounts(accounts.len()));
        }
        let world = World::new(&self.origin, id, clock);
        let account = Arc::new(Account::new(id.clone(), world, Arc::clone(&self.journal)));
        accounts.insert(id.clone(), Arc::clone(&account));
        drop(accounts);
        self.keep_time(&account);
        Ok(account)
    }

    /// Removes an account and all that is kept of it; who waits for it is told so. If it is asked for again, it begins anew.
    /// Returns whether it was there.
    ///
    /// It is done even if the caller leaves: an account whose journal is gone must not go on.
    ///
    /// # Errors
    ///
    /// [`NotKept`]: the journal cannot be written, and the account stays.
    pub async fn remove(self: &Arc<Self>, id: &AccountId) -> Result<bool, NotKept> {
        let known = self.accounts.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        let Some(account) = known else { return Ok(false) };
        let emulator = Arc::clone(self);
        let removed = tokio::spawn(async move {
            let take_out = || {
                emulator.accounts.write().unwrap_or_else(PoisonError::into_inner).remove(&account.id);
            };
            account.remove(take_out).await
        });
        removed.await.unwrap_or(Err(NotKept))
    }

    fn keep_time(&self, account: &Arc<Account>) {
        if self.origin.clock.is_real() && !self.replays() {
            tokio::spawn(Arc::clone(account).keep_time(self.ending.subscribe()));
        }
    }

    /// All accounts that were asked for, in the order of their ids.
    pub fn accounts(&self) -> Vec<Arc<Account>> {
        let accounts = self.accounts.read().unwrap_or_else(PoisonError::into_inner);
        let mut accounts: Vec<Arc<Account>> = accounts.values().cloned().collect();
        accounts.sort_by(|one, other| one.id.cmp(&other.id));
        accounts
    }
}
