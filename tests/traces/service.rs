//! A service as clients see it: a simulation behind the wire, with several clients whose calls overlap, and a recorder.

use std::collections::BTreeMap;

use failover_model::ebs::DiskChange;
use failover_model::polardb::{ClusterEffect, Failure, NodeChange};
use failover_model::simulation::{LatencyProfile, Resolution, Simulation, Transitions};
use failover_model::trace::{Answer, Exchange, Told, Trace};
use failover_model::wire::{Body, Format, Parameters, parse};
use failover_model::{
    AccountId, Call, ControlPlane, EffectKind, Event, Observation, Operation, Outcome, Policy, RegionId,
    Timestamp,
};

/// 2026-01-01T00:00:00Z.
pub const START: u64 = 1_767_225_600_000;

pub const ACCOUNT: &str = "1234567890123456";
pub const SOURCE: &str = "cn-shanghai";
pub const DESTINATION: &str = "cn-beijing";

/// The parameters of a pair.
pub const PAIR: [(&str, &str); 6] = [
    ("RegionId", SOURCE),
    ("SourceZoneId", "cn-shanghai-a"),
    ("DiskId", "d-source"),
    ("DestinationRegionId", DESTINATION),
    ("DestinationZoneId", "cn-beijing-a"),
    ("DestinationDiskId", "d-destination"),
];

/// Pseudo-random numbers of a seed.
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }

    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn text<'a>(&mut self, all: &'a [impl AsRef<str>]) -> &'a str {
        all[self.below(all.len())].as_ref()
    }

    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A node changed.
pub fn node(id: &str, change: NodeChange) -> Observation {
    Observation::Node { node: id.parse().unwrap(), change }
}

/// A call: the operation and its parameters.
#[derive(Debug, Clone)]
pub struct Asked {
    pub operation: Operation,
    pub parameters: BTreeMap<String, String>,
}

impl Asked {
    pub fn new(operation: Operation, parameters: &[(&str, &str)]) -> Self {
        let mut all: BTreeMap<String, String> =
            parameters.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        all.insert("AccessKeySecret".into(), "never written".into());
        Self { operation, parameters: all }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }
}

/// What becomes of the answer of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Arrives,
    /// The call takes effect and its answer is lost.
    Lost,
    /// The call is lost.
    Unheard,
    /// The call takes effect and is answered by a failure of the server.
    Hidden,
}

#[derive(Clone)]
struct Open {
    asked: Asked,
    fate: Fate,
    sent: (u64, u64),
    answer: Option<Option<Answer>>,
    /// How often something outside had happened when it took effect.
    strikes: u32,
}

/// The service, its clients and the recorder.
#[derive(Clone)]
pub struct Service {
    pub simulation: Simulation,
    pub now: u64,
    moment: u64,
    open: Vec<Open>,
    pub exchanges: Vec<Exchange>,
    /// What happened outside, if it is told.
    pub told: Option<Vec<Told>>,
    /// The text of all answers, by which clients know what there is.
    answered: String,
    /// Whether something outside happened since all was shown, and how often in all.
    struck: bool,
    strikes: u32,
    /// What no client sees: the events, each after so many moments.
    pub inside: Vec<(u64, Event)>,
}

impl Service {
    pub fn new(policy: Policy, seed: u64, transitions: Transitions) -> Self {
        let plane = ControlPlane::new(policy);
        let simulation = Simulation::new(plane, seed, transitions, LatencyProfile::QUICK);
        Self {
            simulation,
            now: START,
            moment: 0,
            open: Vec::new(),
            exchanges: Vec::new(),
            told: None,
            answered: String::new(),
            struck: false,
            strikes: 0,
            inside: Vec::new(),
        }
    }

    fn note(&mut self, events: Vec<Event>) {
        let moment = self.moment;
        self.inside.extend(events.into_iter().map(|event| (moment, event)));
    }

    fn tick(&mut self) -> u64 {
        self.moment += 1;
        self.moment
    }

    /// How many calls are on their way.
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// A client sends a call.
    pub fn send(&mut self, asked: Asked, fate: Fate) {
        let sent = (self.now, self.tick());
        self.open.push(Open { asked, fate, sent, answer: None, strikes: 0 });
    }

    /// The next thing that happens to one of the calls on their way: it takes effect, or is answered.
    pub fn go_on(&mut self, draws: &mut Draws) {
        if !self.open.is_empty() {
            self.go_on_with(draws.below(self.open.len()));
        }
    }

    /// The same for the call that was sent so many before which are on their way.
    pub fn go_on_with(&mut self, at: usize) {
        if self.open[at].answer.is_none() {
            let (asked, fate) = (self.open[at].asked.clone(), self.open[at].fate);
            let answer = (fate != Fate::Unheard).then(|| self.perform(&asked));
            self.open[at].strikes = self.strikes;
            self.open[at].answer = Some(match fate {
                Fate::Arrives => answer,
                Fate::Lost | Fate::Unheard => None,
                Fate::Hidden => Some(Answer {
                    status: 503,
                    body: serde_json::json!({ "Code": "ServiceUnavailable", "RequestId": "R" }),
                }),
            });
            return;
        }
        let Open { asked, sent, answer, strikes, .. } = self.open.remove(at);
        let answered = (self.now, self.tick());
        if let Some(Some(answer)) = &answer {
            // A cluster that is busy hides which of its nodes are down.
            let rests = answer.body.get("DBNodes").is_some() && answer.body["DBClusterStatus"] == "Running";
            let shows = rests || asked.operation == Operation::StartDiskReplicaPair;
            self.struck &= !shows || strikes < self.strikes;
            self.answered.push_str(&answer.body.to_string());
        }
        self.exchanges.push(Exchange {
            sent: Timestamp::from_millis(sent.0),
            answered: Timestamp::from_millis(answered.0),
            order: Some((sent.1, answered.1)),
            account: ACCOUNT.parse().unwrap(),
            region: None,
            version: asked.operation.product().version().into(),
            action: asked.operation.as_str().into(),
            parameters: asked.parameters,
            answer: answer.flatten(),
        });
    }

    /// Whether some answer told of it.
    pub fn is_told(&self, id: &impl ToString) -> bool {
        self.answered.contains(&format!("\"{}\"", id.to_string()))
    }

    /// Makes a call and answers it, before all that are on their way.
    pub fn call_beside(&mut self, asked: Asked) -> Answer {
        let others = std::mem::take(&mut self.open);
        let answer = self.call(asked);
        self.open = others;
        answer
    }

    /// Makes a call alone and answers it.
    pub fn call(&mut self, asked: Asked) -> Answer {
        let mut draws = Draws::new(1);
        self.send(asked, Fate::Arrives);
        while !self.open.is_empty() {
            self.go_on(&mut draws);
        }
        self.exchanges.last().unwrap().answer.clone().unwrap()
    }

    /// What the service answers to a call, now.
    pub fn perform(&mut self, asked: &Asked) -> Answer {
        let parameters: Parameters =
            asked.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let version = asked.operation.product().version();
        let body = match parse(Some(asked.operation.as_str()), Some(version), &parameters) {
            Err(refusal) => Body::error(&refusal.wire(), None, "R", "host", Format::Json),
            Ok(parsed) => {
                let region = parsed.region.unwrap_or_else(|| "cn-hangzhou".parse::<RegionId>().unwrap());
                let call = Call {
                    now: Timestamp::from_millis(self.now),
                    account: ACCOUNT.parse::<AccountId>().unwrap(),
                    region,
                    token: parsed.token,
                };
                let (output, trace) = self.simulation.call(&call, &parsed.request);
                self.note(trace.events);
                match output.result.unwrap() {
                    Ok(response) => Body::success(asked.operation, &response, "R", Format::Json),
                    Err(refusal) => Body::error(&refusal.wire(), None, "R", "host", Format::Json),
                }
            }
        };
        Answer { status: body.status, body: serde_json::from_str(&body.text).unwrap() }
    }

    /// Time passes.
    pub fn pass(&mut self, ms: u64) {
        self.now += ms;
        let trace = self.simulation.advance(Timestamp::from_millis(self.now));
        self.note(trace.events);
    }

    /// Some outstanding effect ends, in any way.
    pub fn end_something(&mut self, draws: &mut Draws) {
        let effects: Vec<_> = self.simulation.plane().outstanding().collect();
        if effects.is_empty() {
            return;
        }
        let effect = draws.one_of(&effects).clone();
        let outcome = match &effect.kind {
            EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                Outcome::Chosen(draws.one_of(tier).clone())
            }
            _ if draws.percent(75) => Outcome::Succeeded,
            EffectKind::Group { members, effect, .. }
                if members.len() > 1
                    && matches!(
                        effect,
                        failover_model::ebs::GroupEffect::Stop | failover_model::ebs::GroupEffect::Failover
                    )
                    && draws.percent(60) =>
            {
                let failed = std::iter::once(draws.one_of(members).clone()).collect();
                Outcome::PartlyFailed { failure: Failure::Other, failed }
            }
            _ => Outcome::Failed { failure: Failure::Network, message: None },
        };
        let at = Timestamp::from_millis(self.now);
        let trace = self.simulation.resolve(at, effect.id, &Resolution::Outcome(outcome)).unwrap();
        self.note(trace.events);
    }

    /// Something happens outside.
    pub fn see(&mut self, observed: Observation) {
        let (at, place) = (Timestamp::from_millis(self.now), self.tick());
        let trace = self.simulation.observe(at, &observed).unwrap();
        self.note(trace.events);
        if let Some(told) = &mut self.told {
            told.push(Told { at, order: Some((place, place)), observed });
        }
    }

    /// Something happens outside that no answer tells of; again only once an answer can have shown it, unless it is told.
    pub fn strike(&mut self, draws: &mut Draws) {
        if std::mem::replace(&mut self.struck, true) && self.told.is_none() {
            return;
        }
        self.strikes += 1;
        let plane = self.simulation.plane();
        let nodes: Vec<_> = plane.clusters().flat_map(|cluster| cluster.nodes()).collect();
        let disks: Vec<_> = plane.pairs().flat_map(|pair| [pair.source(), pair.destination()]).collect();
        let observation = if !nodes.is_empty() && (disks.is_empty() || draws.percent(50)) {
            let node = *draws.one_of(&nodes);
            let change = match self.told.is_some() && draws.percent(40) {
                true => NodeChange::Replicating(!node.replicating),
                false => NodeChange::Up(!node.up),
            };
            Observation::Node { node: node.id.clone(), change }
        } else if !disks.is_empty() {
            let disk = draws.one_of(&disks).disk.clone();
            let attached = plane.disk(&ACCOUNT.parse().unwrap(), &disk).attached;
            let change = DiskChange::Attached(!attached);
            Observation::Disk { account: ACCOUNT.parse().unwrap(), disk, change }
        } else {
            return;
        };
        self.see(observation);
    }

    /// The trace so far.
    pub fn recorded(&self) -> Trace {
        let told = self.told.clone().unwrap_or_default();
        Trace { told, ..Trace::of(self.exchanges.clone(), Vec::new()) }
    }

    /// The whole trace, written and read again.
    pub fn trace(&mut self, draws: &mut Draws) -> Trace {
        while !self.open.is_empty() {
            self.go_on(draws);
        }
        let text = self.recorded().text();
        assert!(!text.contains("never written"), "a secret was written");
        Trace::read(&text).unwrap()
    }
}
