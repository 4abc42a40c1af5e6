//! The steps of a story as the commands of a scenario.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::parameters::parameters;
use super::renumbered;
use crate::control_plane::words::Lasting;
use crate::control_plane::{Call, ControlPlane, Fresh, Input, Observation, Outcome, Report, Request};
use crate::ids::{AccountId, EffectId};
use crate::policy::Policy;
use crate::testing::conformance::{Divergence, Drive, Subject};
use crate::testing::reference::Reference;
use crate::testing::steps::{ACCOUNTS, TestStep};
use crate::testing::view::{PendingEffect, Task, View};
use crate::time::Timestamp;

/// An effect that is not pending, as a scenario tells it.
const NOT_PENDING: EffectId = EffectId(999);

/// The whole scenario: the mistake in words, and the commands that lead to it.
pub(super) fn scenario<S: Subject>(
    policy: &Policy,
    system: S,
    steps: &[TestStep],
    divergence: &Divergence,
) -> String {
    let mut writer = Writer { plane: ControlPlane::new(policy.clone()), lines: Vec::new() };
    if let Ok(mut drive) = Drive::new(Reference::new(policy.clone()), system) {
        for step in steps {
            let input = step.resolve(drive.reference());
            if Reference::knows(&input) {
                writer.input(&input, &drive.reference().effects());
            }
            if drive.input(&input).is_err() {
                break;
            }
            writer.elect(&drive.reference().effects());
        }
    }
    let Divergence { aspect, resource, allowed, shown, .. } = divergence;
    let told = format!("# {aspect} {resource}: {shown}\n# Allowed: {allowed}\n# {}\n", divergence.law());
    let begin = set_policy(policy).unwrap_or_default();
    let commands = writer.lines.join("\n");
    // The commands name the resources first; what is said of them before has the names that they get.
    let numbered = renumbered(&format!("{begin}{commands}\n----\n\u{1}{told}"));
    match numbered.split_once('\u{1}') {
        Some((commands, told)) => format!("{told}{commands}"),
        None => numbered,
    }
}

/// The command that sets the policy, with the fields that differ from the default, if any does.
#[cfg(feature = "wire")]
fn set_policy(policy: &Policy) -> Option<String> {
    use serde_json::{Map, Value, to_value};
    let (own, default) = (to_value(policy).ok()?, to_value(Policy::default()).ok()?);
    let mut sections = Map::new();
    for (section, fields) in own.as_object()? {
        let differs = |(name, value): &(&String, &Value)| {
            default.get(section).and_then(|all| all.get(name.as_str())) != Some(*value)
        };
        let fields: Map<String, Value> = fields
            .as_object()?
            .iter()
            .filter(differs)
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if !fields.is_empty() {
            sections.insert(section.clone(), fields.into());
        }
    }
    (!sections.is_empty()).then(|| format!("policy {}\n----\n\n", Value::from(sections)))
}

/// Without JSON a policy can only be told to be another one.
#[cfg(not(feature = "wire"))]
fn set_policy(policy: &Policy) -> Option<String> {
    (*policy != Policy::default()).then(|| String::from("# Under another policy than the default.\n\n"))
}

/// Writes inputs as commands, and knows how the control plane that replays them numbers its effects.
struct Writer {
    plane: ControlPlane,
    lines: Vec<String>,
}

impl Writer {
    /// Writes an input; `effects` are those that the system had before it.
    fn input(&mut self, input: &Input, effects: &[PendingEffect]) {
        let (now, own) = match input {
            Input::Call(call, request, fresh) => {
                let call = Call { now: call.now.max(self.plane.clock()), ..call.clone() };
                (call.now, Input::Call(call, request.clone(), fresh.clone()))
            }
            Input::Report(now, report) => {
                let now = (*now).max(self.plane.clock());
                let report = match report {
                    Report::Outcome { id, outcome } => {
                        Report::Outcome { id: self.numbered(*id, effects), outcome: outcome.clone() }
                    }
                    observed @ Report::Observed(_) => observed.clone(),
                };
                (now, Input::Report(now, report))
            }
            Input::Advance(now) => ((*now).max(self.plane.clock()), Input::Advance(*now)),
        };
        self.pass(now);
        let line = match &own {
            Input::Call(call, request, fresh) => self::call(call, request, fresh),
            Input::Report(_, report) => self::report(report),
            Input::Advance(_) => None,
        };
        self.lines.extend(line);
        let _ = self.plane.apply(&own);
    }

    fn pass(&mut self, now: Timestamp) {
        let passed = now.since(self.plane.clock());
        if passed.as_millis() > 0 {
            self.lines.push(format!("advance {}", Lasting(passed)));
            let _ = self.plane.advance(now);
        }
    }

    /// The number that the control plane has for the effect that the system numbered so.
    fn numbered(&self, id: EffectId, effects: &[PendingEffect]) -> EffectId {
        let known = effects.iter().find(|effect| effect.id == id);
        let own = View::from(&self.plane).effects;
        let twin = known.and_then(|known| own.iter().find(|own| own.is_of(&known.resource, &known.task)));
        twin.map_or(NOT_PENDING, |twin| twin.id)
    }

    /// Where the system elected by itself, the control plane is told of the choice.
    fn elect(&mut self, effects: &[PendingEffect]) {
        for own in View::from(&self.plane).effects {
            let Task::ChooseNode(_) = &own.task else { continue };
            let twin = effects.iter().find(|effect| effect.is_of(&own.resource, &own.task));
            let Some(Task::PromoteNode(node)) = twin.map(|twin| &twin.task) else { continue };
            let Ok(chosen) = node.parse() else { continue };
            let report = Report::Outcome { id: own.id, outcome: Outcome::Chosen(chosen) };
            self.lines.extend(self::report(&report));
            let now = self.plane.clock();
            let _ = self.plane.report(now, &report);
        }
    }
}

/// The first account of steps is the one that a scenario takes when it is not told another.
fn by(account: &AccountId) -> String {
    if account.as_str() == ACCOUNTS[0] { String::new() } else { format!(" by={account}") }
}

fn call(call: &Call, request: &Request, fresh: &Fresh) -> Option<String> {
    let operation = request.operation();
    let mut line = format!("call {operation}");
    for (name, value) in parameters(call, request)? {
        let value = if value.contains(' ') { format!("\"{value}\"") } else { value };
        line.push_str(&format!(" {name}={value}"));
    }
    if !operation.takes_region() && call.region.as_str() != "cn-hangzhou" {
        line.push_str(&format!(" in={}", call.region));
    }
    line.push_str(&by(&call.account));
    let several = |ids: &[String]| ids.join(",");
    let ids = match fresh {
        Fresh::None => None,
        Fresh::Pair(ids) => Some(ids.pair.to_string()),
        Fresh::Group(ids) => Some(ids.group.to_string()),
        Fresh::Network(ids) => Some(ids.network.to_string()),
        Fresh::Drill(ids) => Some(format!("{}:{}", ids.drill, several(&texts(&ids.disks)))),
        Fresh::Cluster(ids) => Some(format!("{}:{}", ids.cluster, several(&texts(&ids.nodes)))),
        Fresh::Nodes(ids) => Some(format!("nodes:{}", several(&texts(&ids.nodes)))),
        Fresh::Order(order) => Some(format!("order:{order}")),
    };
    if let Some(ids) = ids {
        line.push_str(&format!(" fresh={ids}"));
    }
    Some(line)
}

fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

pub(in crate::testing) fn report(report: &Report) -> Option<String> {
    Some(match report {
        Report::Outcome { id, outcome } => {
            let outcome = match outcome {
                Outcome::Succeeded => String::from("succeeded"),
                Outcome::Failed { failure, message } => {
                    let message = message.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
                    format!("failed {failure}{message}")
                }
                Outcome::PartlyFailed { failed, .. } => {
                    format!(
                        "failed for {}",
                        failed.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
                    )
                }
                Outcome::Chosen(node) => format!("chosen {node}"),
            };
            format!("report {id} {outcome}")
        }
        Report::Observed(observation) => {
            let word = |change: &dyn ToString| change.to_string().replace(' ', "-");
            let what = match observation {
                Observation::Disk { account, disk, change } => {
                    format!("disk {disk} {}{}", word(change), by(account))
                }
                Observation::PairInvalid { pair, message } => format!("pair {pair} invalid {message}"),
                Observation::GroupInvalid { group, message } => format!("group {group} invalid {message}"),
                Observation::Node { node, change } => format!("node {node} {}", word(change)),
                Observation::Nodes { nodes, change } => {
                    format!("nodes {} {}", texts(nodes).join(","), word(change))
                }
                Observation::ClusterBusy { cluster, status: Some(status) } => {
                    format!("cluster {cluster} busy {status}")
                }
                Observation::ClusterBusy { cluster, status: None } => format!("cluster {cluster} running"),
                Observation::ClusterRemoved { cluster } => format!("cluster {cluster} removed"),
                // No step makes one.
                Observation::NodeMeasured { .. } => return None,
            };
            format!("observe {what}")
        }
    })
}
