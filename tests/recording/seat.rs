//! A client in front of a simulated service of one reading.

use failover_model::ebs::DiskChange;
use failover_model::polardb::{ClusterEffect, Failure, NodeChange};
use failover_model::simulation::{Resolution, Transitions};
use failover_model::trace::{Answer, Trace};
use failover_model::{EffectKind, NodeId, Observation, Operation, Outcome, Policy, Product, Timestamp};
use serde_json::Value;

use crate::bound::{Bound, MADE};
use crate::service::{ACCOUNT, Asked, Service};
use crate::session::{Act, Outside};

/// How long a wait is.
const WAIT: u64 = 5_000;

/// What a cluster shows while it is busy.
pub const BUSY: &str = "NetAddressModifying";

#[derive(Clone)]
pub struct Seat {
    pub service: Service,
    pub bound: Bound,
}

/// The operation of this name, of whichever product has it.
pub fn operation(action: &str) -> Operation {
    let products = [Product::Ebs, Product::PolarDb];
    products
        .into_iter()
        .find_map(|product| Operation::find(product, action))
        .unwrap_or_else(|| panic!("{action}"))
}

impl Seat {
    pub fn new(policy: Policy) -> Self {
        Self { service: Service::new(policy, 7, Transitions::Manual), bound: Bound::default() }
    }

    /// Whether the act can be done: all its names are bound, and it makes nothing that is there already.
    pub fn can(&self, act: &Act) -> bool {
        match act {
            Act::Call { parameters, action } => {
                let made = MADE.iter().find(|(by, ..)| by == action);
                parameters.values().all(|value| self.bound.filled(value).is_some())
                    && made.is_none_or(|(_, name, _)| !self.bound.has(name))
            }
            Act::Outside { of, .. } => self.bound.filled(of).is_some(),
            Act::Wait | Act::Fails => self.service.simulation.plane().outstanding().next().is_some(),
            Act::Pass { .. } | Act::Meanwhile { .. } => true,
        }
    }

    pub fn act(&mut self, act: &Act) -> Option<Answer> {
        match act {
            Act::Call { action, parameters } => {
                self.service.pass(1_000);
                let mut asked = Asked::new(operation(action), &[]);
                asked.parameters.extend(self.bound.parameters(parameters));
                let answer = self.service.call(asked);
                self.bound.bind(&answer.body);
                return Some(answer);
            }
            Act::Wait => self.wait(),
            Act::Fails => self.fail(),
            Act::Pass { seconds } => {
                self.service.pass(seconds * 1_000);
                self.wait();
            }
            Act::Meanwhile { seconds } => self.service.pass(seconds * 1_000),
            Act::Outside { what, of } => {
                if let Some(of) = self.bound.filled(of) {
                    self.outside(*what, &of);
                }
            }
        }
        None
    }

    fn resolve(&mut self, how: impl Fn(&EffectKind) -> Resolution) {
        let effects: Vec<_> = self.service.simulation.plane().outstanding().collect();
        let at = Timestamp::from_millis(self.service.now);
        for effect in effects {
            // One that another's end superseded is stale.
            let _ = self.service.simulation.resolve(at, effect.id, &how(&effect.kind));
        }
    }

    fn wait(&mut self) {
        for _ in 0..8 {
            if self.service.simulation.plane().outstanding().next().is_none() {
                return;
            }
            self.service.pass(WAIT);
            self.resolve(|_| Resolution::Auto);
        }
    }

    /// Choices are made, and what then is under way fails.
    fn fail(&mut self) {
        self.service.pass(WAIT);
        let chooses = |kind: &EffectKind| {
            matches!(kind, EffectKind::Cluster { effect: ClusterEffect::ChooseNode(_), .. })
        };
        if self.service.simulation.plane().outstanding().any(|effect| chooses(&effect.kind)) {
            self.resolve(|_| Resolution::Auto);
        }
        let failed = || Resolution::Outcome(Outcome::Failed { failure: Failure::Network, message: None });
        self.resolve(|kind| if chooses(kind) { Resolution::Auto } else { failed() });
    }

    fn outside(&mut self, what: Outside, of: &str) {
        let disk = |change| Observation::Disk {
            account: ACCOUNT.parse().unwrap(),
            disk: of.parse().unwrap(),
            change,
        };
        let node = |up| Observation::Node { node: of.parse().unwrap(), change: NodeChange::Up(up) };
        let busy = |status: Option<&str>| Observation::ClusterBusy {
            cluster: of.parse().unwrap(),
            status: status.map(|status| status.parse().unwrap()),
        };
        let seen = match what {
            Outside::ClusterBusy => busy(Some(BUSY)),
            Outside::ClusterIdle => busy(None),
            Outside::DiskAttached => disk(DiskChange::Attached(true)),
            Outside::DiskDetached => disk(DiskChange::Attached(false)),
            Outside::HostDown => disk(DiskChange::Up(false)),
            Outside::NodeDown => node(false),
            Outside::NodeUp => node(true),
            Outside::ZoneDown => {
                let writer: NodeId = of.parse().unwrap();
                let nodes = self
                    .service
                    .simulation
                    .plane()
                    .cluster_of(&writer)
                    .map_or(&[][..], |cluster| cluster.nodes());
                let zone = nodes.iter().find(|node| node.id == writer).map(|node| node.zone.clone());
                let there = nodes.iter().filter(|node| Some(&node.zone) == zone.as_ref());
                Observation::Nodes {
                    nodes: there.map(|node| node.id.clone()).collect(),
                    change: NodeChange::Up(false),
                }
            }
        };
        self.service.pass(1_000);
        let _ = self.service.simulation.observe(Timestamp::from_millis(self.service.now), &seen);
    }

    pub fn trace(&self) -> Trace {
        Trace::of(self.service.exchanges.clone(), Vec::new())
    }

    /// What decides how it goes on, without times, numbers and what was answered.
    pub fn state(&self) -> String {
        let snapshot = serde_json::to_value(self.service.simulation.plane().snapshot()).unwrap();
        let mut text = String::new();
        write(&snapshot, self.service.now, &mut text);
        text.push_str(&format!("{:?}", self.bound.names().collect::<Vec<_>>()));
        text
    }
}

/// Spans between which it can matter how long ago something was, in seconds.
const AGES: [u64; 5] = [15, 450, 600, 3_600, 86_400];

fn write(value: &Value, now: u64, text: &mut String) {
    const IDLE: [&str; 11] = [
        "ordinal",
        "revision",
        "clock",
        "next_id",
        "next",
        "sequence",
        "since",
        "policy",
        "id",
        "created_at",
        "version",
    ];
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, value)| {
                !IDLE.contains(&name.as_str()) || (name.as_str() == "id" && value.is_string())
            }) {
                text.push_str(name);
                text.push(':');
                write(value, now, text);
                text.push(',');
            }
        }
        Value::Array(items) => items.iter().for_each(|item| {
            write(item, now, text);
            text.push(';');
        }),
        Value::Number(number) => match number.as_u64() {
            Some(at) if at > 1_000_000_000_000 => {
                let age =
                    now.checked_sub(at).map(|age| AGES.iter().filter(|than| age >= **than * 1_000).count());
                text.push_str(&format!("{age:?}"));
            }
            _ => text.push_str(&number.to_string()),
        },
        other => text.push_str(&other.to_string()),
    }
}
