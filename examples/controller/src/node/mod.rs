//! The agent of a node: it runs the one database process, and nothing else does.
//!
//! The agent begins with the database stopped. It takes writes only after an order that brings a lease, and the agent stops
//! it by force when that ends. The processes of the database end with the agent, so that none takes writes unwatched.

mod kept;
pub mod measure;
mod orders;
pub mod postgres;
mod processes;
mod serve;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::process::Child;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_postgres::Client;

use crate::protocol::{Ends, Grant, Look, Process, Refused, Seen, Sql, Stopped};
use kept::{File, Kept};
use postgres::{Postgres, Settings};

pub use serve::serve;

/// How often SQL is asked.
const EVERY: Duration = Duration::from_millis(100);

/// The agent.
pub struct Agent {
    postgres: Postgres,
    life: u64,
    began: Instant,
    kept: Mutex<File>,
    state: Mutex<State>,
    /// How often the database has ended.
    ends: watch::Sender<u64>,
    /// One order at a time.
    turn: tokio::sync::Mutex<()>,
}

/// What is so now.
#[derive(Debug)]
struct State {
    process: Process,
    /// The first process of the database.
    id: Option<u32>,
    /// Whether it was begun as a primary or promoted.
    primary: bool,
    lease: Option<Instant>,
    /// Why it is being stopped.
    stopping: Option<Stopped>,
    settings: Settings,
    sql: Option<(Instant, Sql)>,
    free_bytes: u64,
    working: Option<&'static str>,
    /// Whether a rewind did not lead to streaming so far.
    rewound: bool,
    /// Whether the data were such that the database ended when it was to start as a standby.
    unfit: bool,
}

impl Agent {
    /// The agent of a folder. Whatever an earlier one left running is killed first.
    ///
    /// # Errors
    ///
    /// In words: the folder cannot be used.
    pub async fn open(mut postgres: Postgres) -> Result<Arc<Self>, String> {
        std::fs::create_dir_all(&postgres.folder).map_err(|error| format!("the folder: {error}"))?;
        postgres.folder = postgres.folder.canonicalize().map_err(|error| format!("the folder: {error}"))?;
        let mut file = File::open(&postgres.folder)?;
        if !processes::kill_all(&postgres.data()).await {
            return Err("processes of an earlier database do not end".into());
        }
        if postgres.port == 0 {
            postgres.port = file.get().port.map_or_else(|| free_port(&postgres.host), Ok)?;
        }
        file.set(Kept { port: Some(postgres.port), ..file.get().clone() })?;
        let process = if postgres.has_data() { Process::Stopped(Stopped::Began) } else { Process::Empty };
        let node = file.get().identity.as_ref().map(|identity| identity.node.clone()).unwrap_or_default();
        let state = State {
            process,
            id: None,
            primary: false,
            lease: None,
            stopping: None,
            settings: Settings { node, ..Settings::default() },
            sql: None,
            free_bytes: free_bytes(&postgres.folder),
            working: None,
            rewound: false,
            unfit: false,
        };
        let agent = Arc::new(Self {
            postgres,
            life: failover_emulator::draw_seed(),
            began: Instant::now(),
            kept: Mutex::new(file),
            state: Mutex::new(state),
            ends: watch::Sender::new(0),
            turn: tokio::sync::Mutex::new(()),
        });
        tokio::spawn(Arc::clone(&agent).keep_lease());
        tokio::spawn(Arc::clone(&agent).measure());
        Ok(agent)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, File> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, change: impl FnOnce(&mut Kept)) -> Result<(), Refused> {
        let mut file = self.kept();
        let mut kept = file.get().clone();
        change(&mut kept);
        file.set(kept).map_err(Refused::Failed)
    }

    /// Takes note of a term, and of the number of an order.
    fn heed(&self, term: u64, number: Option<u64>) -> Result<(), Refused> {
        let known = self.kept().get().clone();
        let later = (term, number.unwrap_or(known.number));
        if term < known.term || (term == known.term && later.1 < known.number) {
            return Err(Refused::Overtaken { term: known.term, number: known.number });
        }
        let number = if term > known.term { number.unwrap_or(0) } else { later.1 };
        self.keep(|kept| (kept.term, kept.number) = (term, number))
    }

    /// When a lease ends.
    fn end_of(&self, grant: Grant) -> Result<Instant, Refused> {
        let end = self.began + Duration::from_millis(grant.from_ms.saturating_add(grant.lasts_ms));
        if grant.life != self.life || end <= Instant::now() { Err(Refused::Late) } else { Ok(end) }
    }

    /// Looks, and renews the lease of a primary.
    ///
    /// # Errors
    ///
    /// [`Refused::Overtaken`]: a later leader is known.
    pub fn look(&self, look: Look) -> Result<Seen, Refused> {
        self.heed(look.term, None)?;
        let (term, identity) = {
            let file = self.kept();
            (file.get().term, file.get().identity.clone())
        };
        let mut state = self.state();
        if state.primary && state.process == Process::Running && state.stopping.is_none() {
            // One that comes too late renews nothing; what ends the lease is at work already.
            if let Some(end) = look.grant.and_then(|grant| self.end_of(grant).ok()) {
                state.lease = state.lease.map(|lease| lease.max(end));
            }
        }
        let now = Instant::now();
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Ok(Seen {
            life: self.life,
            at_ms: millis(now.duration_since(self.began)),
            term,
            identity,
            database: format!("{}:{}", self.postgres.host, self.postgres.port),
            process: state.process,
            primary: state.primary,
            sql: state.sql.as_ref().map(|(_, sql)| sql.clone()),
            sql_age_ms: state.sql.as_ref().map_or(u64::MAX, |(at, _)| millis(now.duration_since(*at))),
            upstream: state.settings.upstream.clone(),
            synchronous: state.settings.synchronous.clone(),
            free_bytes: state.free_bytes,
            lease_ms: state.lease.map_or(0, |end| millis(end.saturating_duration_since(now))),
            working: state.working.map(str::to_owned),
        })
    }

    /// How often the database has ended, once that is not what is known, or after a while.
    pub async fn await_ends(&self, known: Option<Ends>) -> Ends {
        let mut count = self.ends.subscribe();
        if let Some(known) = known.filter(|known| known.life == self.life) {
            // Whoever waited in vain is told what was known already.
            let _ = timeout(Ends::PATIENCE, count.wait_for(|count| *count != known.count)).await;
        }
        Ends { life: self.life, count: *count.borrow() }
    }

    /// Stops a primary whose lease ended.
    async fn keep_lease(self: Arc<Self>) {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let expired = {
                let mut state = self.state();
                let running = state.primary && state.process == Process::Running;
                let over = running && state.lease.is_none_or(|end| end <= Instant::now());
                if over && state.stopping.is_none() {
                    state.stopping = Some(Stopped::Expired);
                }
                over
            };
            if expired {
                tracing::warn!("the lease ended; the database is killed");
                self.kill().await;
            }
        }
    }

    /// Asks SQL, again and again.
    async fn measure(self: Arc<Self>) {
        let mut client: Option<Client> = None;
        loop {
            tokio::time::sleep(EVERY).await;
            self.state().free_bytes = free_bytes(&self.postgres.folder);
            if self.state().process != Process::Running {
                client = None;
                continue;
            }
            if client.as_ref().is_none_or(Client::is_closed) {
                client = self.connect().await.ok();
            }
            let Some(open) = &client else { continue };
            match measure::look(open).await {
                Ok(sql) => {
                    let mut state = self.state();
                    if state.process == Process::Running {
                        state.rewound &= !sql.streaming;
                        state.sql = Some((Instant::now(), sql));
                    }
                }
                Err(_) => client = None,
            }
        }
    }

    async fn connect(&self) -> Result<Client, String> {
        measure::connect(&self.postgres.socket(), self.postgres.port).await
    }

    /// Starts the database as what the state says, and waits until it answers.
    async fn start(self: &Arc<Self>, within: Duration) -> Result<(), Refused> {
        let (settings, primary) = {
            let state = self.state();
            (state.settings.clone(), state.primary)
        };
        let begun = self.postgres.configure(&settings).and_then(|()| {
            if primary { self.postgres.unmark_standby() } else { self.postgres.mark_standby() }
        });
        begun.map_err(Refused::Failed)?;
        let child = self.postgres.start().map_err(Refused::Failed)?;
        {
            let mut state = self.state();
            (state.process, state.id, state.stopping, state.sql) = (Process::Running, child.id(), None, None);
        }
        tokio::spawn(Arc::clone(self).reap(child));
        let until = Instant::now() + within;
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if self.state().process != Process::Running {
                return Err(Refused::Failed("the database ended while it started".into()));
            }
            if let Ok(client) = self.connect().await
                && let Ok(sql) = measure::look(&client).await
            {
                self.state().sql = Some((Instant::now(), sql));
                return Ok(());
            }
            if Instant::now() > until {
                return Err(Refused::Failed(format!("the database did not answer within {within:?}")));
            }
        }
    }

    /// Waits for the end of the database, and makes sure that none of its processes is left before that is told.
    async fn reap(self: Arc<Self>, mut child: Child) {
        let id = child.id();
        let status = child.wait().await;
        processes::kill_all(&self.postgres.data()).await;
        let mut state = self.state();
        if state.id != id {
            return;
        }
        let why = state.stopping.take().unwrap_or(Stopped::Crashed);
        tracing::info!(?why, ?status, "the database ended");
        (state.process, state.id, state.sql, state.lease) = (Process::Stopped(why), None, None, None);
        state.primary = false;
        drop(state);
        self.ends.send_modify(|count| *count = count.saturating_add(1));
    }

    /// Stops the database, so that no process of it is left.
    async fn stop(&self, patience: Duration) -> Result<(), Refused> {
        let id = {
            let mut state = self.state();
            if state.process != Process::Running {
                if matches!(state.process, Process::Stopped(_)) {
                    state.process = Process::Stopped(Stopped::Ordered);
                }
                state.lease = None;
                return Ok(());
            }
            state.stopping = Some(Stopped::Ordered);
            state.id
        };
        if let Some(id) = id {
            processes::signal(id, Signal::INT);
            if !self.has_ended(patience).await {
                processes::signal(id, Signal::QUIT);
                if !self.has_ended(Duration::from_millis(300)).await {
                    self.kill().await;
                }
            }
        }
        if self.has_ended(Duration::from_secs(10)).await {
            Ok(())
        } else {
            Err(Refused::Failed("the database does not end".into()))
        }
    }

    /// Kills the database.
    async fn kill(&self) {
        // The first process may not have come to its folder yet.
        if let Some(id) = self.state().id {
            processes::signal(id, Signal::KILL);
        }
        processes::kill_all(&self.postgres.data()).await;
    }

    /// Stops the database, for an agent that ends.
    pub async fn leave(&self) {
        let _turn = self.turn.lock().await;
        let _ = self.stop(Duration::from_secs(3)).await;
    }

    async fn has_ended(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        while self.state().process == Process::Running {
            if Instant::now() > until {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    }
}

fn free_bytes(folder: &Path) -> u64 {
    rustix::fs::statvfs(folder).map_or(0, |at| at.f_bavail.saturating_mul(at.f_frsize))
}

fn free_port(host: &str) -> Result<u16, String> {
    let listener =
        std::net::TcpListener::bind((host, 0)).map_err(|error| format!("no port at {host}: {error}"))?;
    Ok(listener.local_addr().map_err(|error| error.to_string())?.port())
}
