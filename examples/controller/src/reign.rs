//! The loop of the leader: inputs into the journal and then into the control plane, effects out of it.
//!
//! One task applies inputs, in the order of the journal. Everything else asks it: calls, reports of effects, observations. What
//! is outstanding is carried out by one task for each effect, which is ended when its effect is outstanding no more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant, SystemTime};

use failover_emulator::answers::Entry;
use failover_emulator::happened::Happened;
use failover_model::{
    Call, ClusterId, Effect, EffectId, Fresh, Input, Misuse, NodeId, Operation, Output, Refusal, Report,
    Request, Response, RuleId, Timestamp,
};
use failover_recorder::record::Recorder;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::agents::Agents;
use crate::carry;
use crate::fresh;
use crate::keeper;
use crate::log::{Log, NotAppended, Term};
use crate::options::Options;
use crate::state::State;

/// After how many inputs the state itself is kept, and they go.
const KEPT_EVERY: u64 = 1_000;

/// How much longer than a lease is waited for its end: clocks do not go alike, and the end takes a moment.
const SLACK: Duration = Duration::from_millis(500);

/// What the loop is asked.
pub enum Message {
    /// A call, without its time and ids.
    Call {
        /// The call; its time is set by the loop.
        call: Call,
        /// What is asked.
        request: Request,
        /// Where the answer goes; it is dropped if there is none.
        answer: oneshot::Sender<Answered>,
    },
    /// A report.
    Report {
        /// What is reported.
        report: Report,
        /// Told once it took effect, or was refused as misuse.
        told: oneshot::Sender<Result<(), Misuse>>,
    },
}

/// The answer to a call.
pub struct Answered {
    /// When it was made.
    pub at: Timestamp,
    /// What the library says; an error is our own mistake.
    pub result: Result<Result<Response, Refusal>, Misuse>,
    /// Whether the answer comes from the token.
    pub replayed: bool,
    /// The rule that decided.
    pub rule: Option<RuleId>,
}

/// Which nodes may take writes, as far as this leader lets them.
#[derive(Default)]
struct Rights {
    /// The one of each cluster whose lease is renewed; none while that is being settled.
    holders: HashMap<ClusterId, Option<NodeId>>,
    /// Until when a node that is not heard of may take writes.
    until: HashMap<NodeId, Instant>,
}

/// The time during which this process leads.
pub struct Reign {
    /// How it looks and judges.
    pub options: Arc<Options>,
    /// The agents.
    pub agents: Arc<Agents>,
    /// The number of its first input.
    pub term: u64,
    /// When it began.
    pub began: Instant,
    /// The number of the last input, for those who wait for the next.
    pub changed: watch::Sender<u64>,
    state: RwLock<State>,
    inbox: mpsc::Sender<Message>,
    rights: Mutex<Rights>,
    /// Until when it lasts.
    lasts: Term,
    /// Whether it is over before that.
    over: AtomicBool,
}

impl Reign {
    /// Whether this process leads, for sure. It is asked before each step that cannot be taken back.
    pub fn leads(&self) -> bool {
        !self.over.load(Ordering::Relaxed) && self.lasts.leads()
    }

    /// The state, to look at.
    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts something into the feed that is no event of the model.
    pub fn tell(&self, entry: Entry) {
        let told = Happened::Told(Box::new(entry));
        self.state.write().unwrap_or_else(PoisonError::into_inner).feed.push(told);
    }

    fn rights(&self) -> MutexGuard<'_, Rights> {
        self.rights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets whose lease is renewed.
    pub fn entitle(&self, cluster: &ClusterId, node: Option<&NodeId>) {
        self.rights().holders.insert(cluster.clone(), node.cloned());
    }

    /// Whether this node's lease is renewed. Before anything was settled it is the writer's, unless a switch is outstanding: then
    /// an earlier leader may have come halfway.
    pub fn is_entitled(&self, cluster: &ClusterId, node: &NodeId) -> bool {
        let mut rights = self.rights();
        let holder = rights.holders.entry(cluster.clone()).or_insert_with(|| {
            let state = self.state();
            let cluster = state.plane.cluster(cluster)?;
            let settled = cluster.outstanding().is_none();
            cluster.writer().filter(|_| settled).map(|writer| writer.id.clone())
        });
        holder.as_ref() == Some(node)
    }

    /// Notes that a lease goes out to this node, which counts from when it was last seen.
    pub fn grants(&self, node: &NodeId, seen: Instant) {
        let end = seen + self.options.write_lease + SLACK;
        let mut rights = self.rights();
        let until = rights.until.entry(node.clone()).or_insert(end);
        *until = end.max(*until);
    }

    /// Until when this node may take writes if nothing is heard of it: an earlier leader may have let it until this one began.
    pub fn may_write_until(&self, node: &NodeId) -> Instant {
        let granted = self.rights().until.get(node).copied();
        granted.unwrap_or(self.began).max(self.began + self.options.write_lease + SLACK)
    }

    /// Makes a call; `None` if it has no answer, and whether it took effect is not known.
    pub async fn call(&self, call: Call, request: Request) -> Option<Answered> {
        let (answer, answered) = oneshot::channel();
        self.inbox.send(Message::Call { call, request, answer }).await.ok()?;
        answered.await.ok()
    }

    /// Reports; `false` if this process leads no more.
    pub async fn report(&self, report: Report) -> bool {
        let (told, taken) = oneshot::channel();
        if self.inbox.send(Message::Report { report: report.clone(), told }).await.is_err() {
            return false;
        }
        match taken.await {
            Ok(Ok(())) => true,
            // It was superseded meanwhile, which is what the ids are for.
            Ok(Err(Misuse::Stale(_))) => true,
            Ok(Err(misuse)) => {
                tracing::error!(?report, "a report is refused: {misuse}");
                true
            }
            Err(_) => false,
        }
    }
}

/// Waits until this process leads, leads, and returns once it does so no more.
///
/// # Errors
///
/// In words: the journal cannot be read, or says what cannot be.
pub async fn reign(
    options: &Arc<Options>,
    agents: &Arc<Agents>,
    log: &mut Log,
    recorder: Option<&Arc<Recorder>>,
    published: &watch::Sender<Option<Arc<Reign>>>,
) -> Result<(), String> {
    let history = log.lead().await?;
    let mut state = State::replay(history, &options.policy, recorder.cloned())?;
    let failed = |error: NotAppended| error.to_string();
    if state.number == 0 || *state.plane.policy() != options.policy {
        // A journal belongs to the policy under which it was written.
        state.plane.set_policy(options.policy.clone()).map_err(|error| error.to_string())?;
        let kept = state.keep().map_err(|error| error.to_string())?;
        log.keep(state.number, kept).await.map_err(failed)?;
    }
    let term = state.number.saturating_add(1);
    let first = Input::Advance(now(&state));
    log.append(term, &first).await.map_err(failed)?;
    // Only time has passed.
    let _ = state.take(term, &first);
    agents.forget();
    let (inbox, messages) = mpsc::channel(1_024);
    let reign = Arc::new(Reign {
        options: Arc::clone(options),
        agents: Arc::clone(agents),
        term,
        lasts: log.term(),
        over: AtomicBool::new(false),
        began: Instant::now(),
        changed: watch::Sender::new(term),
        state: RwLock::new(state),
        inbox,
        rights: Mutex::default(),
    });
    tracing::info!(term, "the reign begins");
    published.send_replace(Some(Arc::clone(&reign)));
    let mut tasks = JoinSet::new();
    tasks.spawn(keeper::keep_all(Arc::clone(&reign)));
    let mut court = Court { reign, log, running: HashMap::new() };
    let why = court.hold(messages).await;
    tracing::warn!(term, "the reign ends: {why}");
    court.reign.over.store(true, Ordering::Relaxed);
    published.send_replace(None);
    court.running.values().for_each(|(_, task)| task.abort());
    court.log.resign().await;
    Ok(())
}

/// The one who applies inputs.
struct Court<'a> {
    reign: Arc<Reign>,
    log: &'a mut Log,
    /// The tasks that carry effects out, with the resource.
    running: HashMap<EffectId, (String, JoinHandle<()>)>,
}

impl Court<'_> {
    async fn hold(&mut self, mut messages: mpsc::Receiver<Message>) -> NotAppended {
        loop {
            self.carry_out();
            let due = self.reign.state().plane.next_deadline().map(|due| due.at);
            let wait = match due {
                Some(due) => Duration::from_millis(due.since(now(&self.reign.state())).as_millis()),
                None => Duration::from_secs(3_600),
            };
            tokio::select! {
                biased;
                () = self.reign.lasts.clone().end() => return NotAppended::Deposed,
                () = tokio::time::sleep(wait) => {
                    if let Err(why) = self.catch_up().await {
                        return why;
                    }
                }
                message = messages.recv() => {
                    let Some(message) = message else { return NotAppended::Deposed };
                    if let Err(why) = self.take(message).await {
                        return why;
                    }
                }
            }
        }
    }

    /// Appends an input, then applies it.
    async fn input(&mut self, input: Input) -> Result<Result<Output, Misuse>, NotAppended> {
        let number = self.reign.state().number.saturating_add(1);
        self.log.append(number, &input).await?;
        let output = {
            let mut state = self.reign.state.write().unwrap_or_else(PoisonError::into_inner);
            state.take(number, &input)
        };
        self.reign.changed.send_replace(number);
        if number.is_multiple_of(KEPT_EVERY) {
            let kept = self.reign.state().keep().map_err(|error| NotAppended::Failed(error.to_string()))?;
            self.log.keep(number, kept).await?;
        }
        Ok(output)
    }

    /// Lets what has fallen due happen: a call fires no deadline by itself.
    async fn catch_up(&mut self) -> Result<Timestamp, NotAppended> {
        let (now, due) = {
            let state = self.reign.state();
            (now(&state), state.plane.next_deadline())
        };
        if due.is_some_and(|due| due.at <= now) {
            // Advancing cannot be misuse.
            let _ = self.input(Input::Advance(now)).await?;
        }
        Ok(now)
    }

    async fn take(&mut self, message: Message) -> Result<(), NotAppended> {
        let now = self.catch_up().await?;
        match message {
            Message::Report { report, told } => {
                let taken = self.input(Input::Report(now, report)).await?;
                let _ = told.send(taken.map(drop));
            }
            Message::Call { call, request, answer } => {
                let call = Call { now, ..call };
                let output = if reads(request.operation()) {
                    // Nothing changes but the clock that was seen, so it is not journalled.
                    let mut state = self.reign.state.write().unwrap_or_else(PoisonError::into_inner);
                    let mut output = state.plane.call_any(&call, &request, &Fresh::None);
                    if let (Request::DescribeHaLogs(asked), Ok(output)) = (&request, &mut output)
                        && let Some(Ok(Response::HaLogs(page))) = &mut output.result
                    {
                        state.switches.complete(asked, page);
                    }
                    output
                } else {
                    let fresh = fresh::ids(&self.reign.state().plane, &request).unwrap_or_default();
                    self.input(Input::Call(call, request, fresh)).await?
                };
                let (replayed, rule) =
                    output.as_ref().map_or((false, None), |output| (output.replayed, output.rule));
                // A call has a result unless it was misuse.
                let result = output.and_then(|output| output.result.ok_or(Misuse::Unknown));
                let _ = answer.send(Answered { at: now, result, replayed, rule });
            }
        }
        Ok(())
    }

    /// Begins what is outstanding and not begun, and ends what is outstanding no more. Two effects on one resource never run at
    /// one time.
    fn carry_out(&mut self) {
        let outstanding: HashMap<EffectId, Effect> =
            self.reign.state().plane.outstanding().map(|effect| (effect.id, effect)).collect();
        let mut ended: HashMap<String, Vec<JoinHandle<()>>> = HashMap::new();
        let over: Vec<EffectId> =
            self.running.keys().filter(|id| !outstanding.contains_key(id)).copied().collect();
        for id in over {
            if let Some((resource, task)) = self.running.remove(&id) {
                task.abort();
                ended.entry(resource).or_default().push(task);
            }
        }
        for (id, effect) in outstanding {
            if self.running.contains_key(&id) {
                continue;
            }
            let resource = effect.kind.resource().to_owned();
            let before = ended.remove(&resource).unwrap_or_default();
            let reign = Arc::clone(&self.reign);
            let task = tokio::spawn(async move {
                for task in before {
                    // It was ended.
                    let _ = task.await;
                }
                carry::carry(&reign, effect).await;
            });
            self.running.insert(id, (resource, task));
        }
    }
}

/// Whether an operation only looks.
pub fn reads(operation: Operation) -> bool {
    operation.as_str().starts_with("Describe")
}

/// The time as the system has it.
pub fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The time, never before what was seen.
pub fn now(state: &State) -> Timestamp {
    system_time().max(state.plane.clock())
}
