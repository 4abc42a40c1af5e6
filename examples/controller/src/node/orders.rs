//! What an agent does when it is told to.
//!
//! Each order can come again, after a lost answer or by the next leader: it then finds done what was done, and does the rest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::postgres::Settings;
use super::{Agent, free_bytes, measure};
use crate::protocol::{Done, Grant, Identity, Lsn, Order, Process, Refused, Stopped, Work};

/// How long a database may take to answer after a start, with all the log that it has to replay.
const STARTING: Duration = Duration::from_secs(60);

/// With less on its disk, two files of log, a database may end for want of space, whatever its data are.
const ROOM: u64 = 32 << 20;

impl Agent {
    /// Carries out an order, after those before it.
    ///
    /// # Errors
    ///
    /// [`Refused`]: it is overtaken, or could not be done.
    pub async fn order(self: &Arc<Self>, order: Order) -> Result<Done, Refused> {
        let Order { term, number, work } = order;
        self.heed(term, Some(number))?;
        {
            // Copying takes long, and whoever copies takes no writes: orders before this one are refused from here on.
            let state = self.state();
            if matches!(work, Work::Fence { .. }) && !state.primary && state.working == Some("follow") {
                return Ok(how("it is about to be a standby"));
            }
        }
        let _turn = self.turn.lock().await;
        // While this one waited for its turn a later one may have come.
        self.heed(term, Some(number))?;
        let name = work.name();
        self.state().working = Some(name);
        let done = self.work(term, work).await;
        self.state().working = None;
        match &done {
            Ok(done) => tracing::info!(number, work = name, how = done.how, lost = done.lost, "done"),
            Err(why) => tracing::warn!(number, work = name, "not done: {why}"),
        }
        done
    }

    async fn work(self: &Arc<Self>, term: u64, work: Work) -> Result<Done, Refused> {
        match work {
            Work::Claim(identity) => self.claim(identity),
            Work::Release => self.release().await,
            Work::Initialise => self.initialise().await,
            Work::Fence { patience_ms } => self.fence(Duration::from_millis(patience_ms)).await,
            Work::Resume { grant, synchronous } => self.resume(term, grant, synchronous).await,
            Work::Promote { grant, synchronous, reach, patience_ms } => {
                let until = Instant::now() + Duration::from_millis(patience_ms);
                let promoted = self.promote(term, grant, synchronous, reach, until).await;
                if promoted.is_err() && self.state().primary {
                    // Whatever became of it, it takes no writes.
                    self.fence(Duration::ZERO).await?;
                }
                promoted
            }
            Work::Follow { upstream, rebuild } => self.follow(upstream, rebuild).await,
            Work::Restart { grant } => self.restart(term, grant).await,
            Work::Synchronous { nodes } => self.synchronous(nodes),
        }
    }

    fn claim(&self, identity: Identity) -> Result<Done, Refused> {
        let known = self.kept().get().identity.clone();
        if known.as_ref().is_some_and(|known| *known != identity) {
            return Err(Refused::Failed("it is another node".into()));
        }
        self.state().settings = Settings { node: identity.node.clone(), ..Settings::default() };
        self.keep(|kept| kept.identity = Some(identity))?;
        Ok(how("claimed"))
    }

    async fn release(&self) -> Result<Done, Refused> {
        self.stop(Duration::from_secs(1)).await?;
        self.postgres.clear().map_err(Refused::Failed)?;
        {
            let mut state = self.state();
            (state.process, state.settings) = (Process::Empty, Settings::default());
        }
        self.keep(|kept| (kept.identity, kept.led) = (None, false))?;
        Ok(how("released"))
    }

    async fn initialise(&self) -> Result<Done, Refused> {
        if self.postgres.has_data() {
            return Ok(how("there are data already"));
        }
        self.postgres.initialise().await.map_err(Refused::Failed)?;
        self.keep(|kept| kept.led = true)?;
        self.state().process = Process::Stopped(Stopped::Ordered);
        Ok(how("initialised"))
    }

    async fn fence(&self, patience: Duration) -> Result<Done, Refused> {
        if !self.state().primary && self.state().process == Process::Running {
            return Ok(how("it is a standby"));
        }
        if !patience.is_zero() {
            // What a checkpoint has written the stop need not write, in which nobody can write.
            if let Ok(client) = self.connect().await {
                let _ = measure::execute(&client, "CHECKPOINT", Duration::from_secs(5)).await;
            }
        }
        self.stop(patience).await?;
        if !self.postgres.has_data() {
            return Ok(how("there are no data"));
        }
        self.postgres.mark_standby().map_err(Refused::Failed)?;
        let control = self.postgres.control().await.map_err(Refused::Failed)?;
        let end = control.clean.then_some(control.checkpoint);
        let how = if control.clean { "stopped" } else { "stopped by force" };
        Ok(Done { end, how: how.into(), lost: None })
    }

    /// Notes that the data may become ones that no other node has. This is the last moment at which a later leader is obeyed:
    /// from here on it finds a primary, and stops it.
    fn lead(&self, term: u64, grant: Grant) -> Result<(), Refused> {
        let end = self.end_of(grant)?;
        let mut file = self.kept();
        let mut kept = file.get().clone();
        if kept.term != term {
            return Err(Refused::Overtaken { term: kept.term, number: kept.number });
        }
        kept.led = true;
        file.set(kept).map_err(Refused::Failed)?;
        let mut state = self.state();
        (state.primary, state.lease) = (true, Some(end));
        Ok(())
    }

    async fn resume(
        self: &Arc<Self>,
        term: u64,
        grant: Grant,
        synchronous: Vec<String>,
    ) -> Result<Done, Refused> {
        if self.state().primary && self.state().process == Process::Running {
            self.synchronous(synchronous)?;
            return Ok(how("it runs already"));
        }
        if !self.postgres.has_data() {
            return Err(Refused::Failed("there are no data".into()));
        }
        self.stop(Duration::from_secs(1)).await?;
        self.state().settings.synchronous = synchronous;
        self.state().settings.upstream = None;
        self.lead(term, grant)?;
        let started = self.start(STARTING).await;
        if started.is_err() {
            self.stop(Duration::ZERO).await?;
            self.state().primary = false;
        }
        started.map(|()| how("started as the primary"))
    }

    async fn promote(
        self: &Arc<Self>,
        term: u64,
        grant: Grant,
        synchronous: Vec<String>,
        reach: Option<Lsn>,
        until: Instant,
    ) -> Result<Done, Refused> {
        if self.state().process != Process::Running {
            return Err(Refused::Failed("it does not run".into()));
        }
        if self.state().primary {
            return Ok(how("it is the primary already"));
        }
        let client = self.connect().await.map_err(Refused::Failed)?;
        let step = Duration::from_millis(5);
        if let Some(reach) = reach {
            while measure::look(&client).await.map_err(Refused::Failed)?.written <= reach {
                if Instant::now() > until {
                    return Err(Refused::Behind);
                }
                tokio::time::sleep(step).await;
            }
        }
        self.synchronous(synchronous)?;
        self.lead(term, grant)?;
        measure::execute(&client, "SELECT pg_promote(false)", measure::PATIENCE)
            .await
            .map_err(Refused::Failed)?;
        while measure::look(&client).await.map_err(Refused::Failed)?.recovery {
            if Instant::now() > until {
                return Err(Refused::Failed("the promotion took too long".into()));
            }
            tokio::time::sleep(step).await;
        }
        {
            let mut state = self.state();
            state.settings.upstream = None;
        }
        // Without it a rewind would not see that the history has turned; those who write need not wait for it.
        tokio::spawn(async move {
            let _ = measure::execute(&client, "CHECKPOINT", STARTING).await;
        });
        Ok(how("promoted"))
    }

    async fn follow(self: &Arc<Self>, upstream: String, rebuild: bool) -> Result<Done, Refused> {
        if self.state().primary {
            self.fence(Duration::from_secs(1)).await?;
        }
        let led = self.kept().get().led;
        let running = self.state().process == Process::Running;
        self.state().settings.upstream = Some(upstream.clone());
        if running && !led && !rebuild {
            self.reload()?;
            return Ok(how("told where to receive from"));
        }
        let mut done = how("started as a standby");
        if led || rebuild || self.state().unfit || !self.postgres.has_data() {
            self.stop(Duration::from_secs(2)).await?;
            done = self.recover(&upstream).await?;
            self.postgres.mark_standby().map_err(Refused::Failed)?;
            self.keep(|kept| kept.led = false)?;
        }
        self.state().settings.synchronous.clear();
        let started = self.start(STARTING).await;
        let mut state = self.state();
        // It may have received what the new primary has not: then it does not start, however often.
        state.unfit = started.is_err()
            && state.process != Process::Running
            && free_bytes(&self.postgres.folder) >= ROOM;
        started.map(|()| done)
    }

    /// Makes the data such that they can follow this primary: by a rewind, or else by a copy.
    async fn recover(&self, upstream: &str) -> Result<Done, Refused> {
        // Who is not there must cost no data.
        let primary = measure::connect_to(upstream)
            .await
            .map_err(|why| Refused::Failed(format!("{upstream}: {why}")))?;
        let look = measure::look(&primary).await.map_err(Refused::Failed)?;
        if look.recovery {
            return Err(Refused::Failed(format!("{upstream} is no primary")));
        }
        measure::execute(&primary, "CHECKPOINT", STARTING).await.map_err(Refused::Failed)?;
        let tried = self.state().rewound;
        if self.postgres.has_data() && !tried {
            match self.postgres.rewind(upstream).await {
                Ok(lost) => {
                    self.state().rewound = true;
                    // What a standby had received and the new primary had not was acknowledged by the old one, which tells it.
                    let lost = lost.filter(|_| self.kept().get().led);
                    return Ok(Done { end: None, how: "rewound".into(), lost });
                }
                Err(why) => tracing::warn!("it cannot be rewound and is copied: {why}"),
            }
        }
        self.postgres.copy(upstream).await.map_err(Refused::Failed)?;
        self.state().rewound = false;
        Ok(how("copied"))
    }

    async fn restart(self: &Arc<Self>, term: u64, grant: Option<Grant>) -> Result<Done, Refused> {
        if grant.is_some() && !self.state().primary {
            // Its lease ended unseen. Begun by this order it would be a standby without a primary.
            return Err(Refused::Failed("it is the primary no more".into()));
        }
        self.stop(Duration::from_secs(2)).await?;
        if let Some(grant) = grant {
            self.lead(term, grant)?;
        }
        self.start(STARTING).await?;
        Ok(how("restarted"))
    }

    fn synchronous(&self, nodes: Vec<String>) -> Result<Done, Refused> {
        self.state().settings.synchronous = nodes;
        self.reload()?;
        Ok(how("set"))
    }

    /// Lets the database read its configuration again, if it runs.
    fn reload(&self) -> Result<(), Refused> {
        let (settings, id) = {
            let state = self.state();
            (state.settings.clone(), state.id)
        };
        self.postgres.configure(&settings).map_err(Refused::Failed)?;
        if let Some(id) = id {
            super::processes::signal(id, Signal::HUP);
        }
        Ok(())
    }
}

fn how(what: &str) -> Done {
    Done { how: what.into(), ..Done::default() }
}
