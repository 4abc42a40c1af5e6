//! Faults: planned ones lie in wait in the simulation, the others are observations made at once.
//!
//! | `kind` | What it is |
//! |---|---|
//! | `switch`, `work`, `pair`, `group`, `network` and `drill` with `fails`, `hold`, `reply` | planned: strikes `times`, listed until used up or withdrawn |
//! | `node`, `replication`, `cluster`, `disk`, `zone`, `pair` and `group` with `invalid` | a report of what the outside saw, made once |
//! | `region` | such a report; with `"api":false` also planned, as `silence`: its calls get no answer until the region is reported again or the fault is withdrawn |
//!
//! Only the planned ones can be listed and withdrawn; what was observed is undone by observing the opposite. Both get
//! a number, so that a caller need not care which it is. A planned fault may name a resource that does not exist yet;
//! an observation of an unknown one is refused, as is one of a zone or region in which the account has nothing. A disk is
//! the exception: the model knows those in pairs, and what is seen of another counts once a pair has it. Of a disk and of a
//! region that is to be silent the answer says whether it is `known`.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, Uri};
use failover_model::ebs::DiskChange;
use failover_model::polardb::{ClusterStatus, NodeChange, NodeWork};
use failover_model::simulation::{Fault, PlannedFault, ReplyFault, Selector, Simulation};
use failover_model::text::StatusMessage;
use failover_model::{
    AccountId, BadId, ClusterId, DiskId, DrillId, EffectKind, GroupId, NetworkId, NodeId, Observation,
    Operation, PairId, RegionId, Timestamp,
};
use serde_json::Value;

use crate::answers::{self, Faults, Planned, Posted, Silence, SilenceKind};
use crate::control::{Answer, Refused, account, done, json, number, told};
use crate::emulator::Emulator;
use crate::journal::Said;
use crate::requests::{Fault as Asked, ONCE, ReplyFault as Reply};
use crate::world::World;
use crate::{place, reply};

/// What a posted fault comes to.
enum Meant {
    Planned(Fault, Option<NonZeroU32>),
    Observed(Vec<Observation>),
    /// What was observed of a region; with `api` its calls are answered.
    Region {
        observations: Vec<Observation>,
        region: RegionId,
        api: bool,
    },
}

/// `POST faults`.
pub async fn make(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let account = account(&emulator, &uri)?;
    let (said, posted): (_, Value) = json(&emulator, request).await?;
    let posted: Asked =
        serde_json::from_value(posted).map_err(|error| Refused::bad(format!("the fault: {error}")))?;
    let recorder = emulator.recorder();
    let made = account.change(
        || said,
        |world, now| {
            let known = known(&posted, &world.simulation);
            let meant = meant(posted, &world.simulation, &account.id)?;
            let (most, planned) = (emulator.limits.faults, world.simulation.faults().len());
            let lies_in_wait = matches!(meant, Meant::Planned(..) | Meant::Region { api: false, .. });
            if lies_in_wait && planned >= most {
                return Err(Refused::limit("planned faults", most, &account.id));
            }
            let begun = match &meant {
                Meant::Planned(..) => None,
                Meant::Observed(_) | Meant::Region { .. } => recorder.map(|recorder| recorder.begin(now)),
            };
            let (id, seen) = match meant {
                Meant::Planned(fault, times) => (world.simulation.plan(fault, times), Vec::new()),
                Meant::Observed(observations) => {
                    observe(world, now, &observations)?;
                    (world.simulation.number_fault(), observations)
                }
                Meant::Region { observations, region, api } => {
                    observe(world, now, &observations)?;
                    let id = if api {
                        world.simulation.answer(&region)
                    } else {
                        world.simulation.silence(&region)
                    };
                    (id, observations)
                }
            };
            Ok((id, known, begun.map(|begun| (begun, now, seen))))
        },
    );
    let (id, known, seen) = made.await??;
    if let (Some(recorder), Some((begun, at, seen))) = (recorder, seen) {
        seen.into_iter().for_each(|observed| recorder.tell(&begun, at, observed));
    }
    told(Posted { id: id.to_string(), known })
}

/// Of a fault about a disk or a region, whether the account has something there; if not, it counts once it has.
fn known(posted: &Asked, simulation: &Simulation) -> Option<bool> {
    match posted {
        Asked::Disk { disk, .. } | Asked::Pair { disk: Some(disk), .. } => {
            Some(simulation.plane().disks(None).iter().any(|view| view.id == *disk))
        }
        Asked::Region { region, up, .. } => {
            Some(place::all(simulation, *up, |found, _| found == region).is_some())
        }
        _ => None,
    }
}

fn observe(world: &mut World, now: Timestamp, observations: &[Observation]) -> Result<(), Refused> {
    for observation in observations {
        let observed = world.simulation.observe(now, observation);
        let happened = observed.map_err(|misuse| Refused::bad(misuse.to_string()))?;
        world.record(happened);
    }
    Ok(())
}

fn meant(posted: Asked, simulation: &Simulation, account: &AccountId) -> Result<Meant, Refused> {
    match posted {
        Asked::Switch { node, reason, times } => {
            let node = selector("node", node, |id| NodeId::parse(id).map(drop))?;
            Ok(Meant::Planned(Fault::Switch { node, reason }, times))
        }
        Asked::Work { cluster, effect, reason, times } => {
            let cluster = selector("cluster", cluster, |id| ClusterId::parse(id).map(drop))?;
            if let Some(effect) = effect.as_deref().filter(|effect| !NodeWork::NAMES.contains(effect)) {
                let known = NodeWork::NAMES.join(", ");
                return Err(Refused::bad(format!("{effect} is no work on nodes; there are {known}")));
            }
            Ok(Meant::Planned(Fault::Work { cluster, effect, reason }, times))
        }
        Asked::Node { node, up } => nodes(simulation, &node, NodeChange::Up(up)),
        Asked::Replication { node, healthy } => nodes(simulation, &node, NodeChange::Replicating(healthy)),
        Asked::Cluster { cluster, status } => busy(simulation, cluster, status),
        Asked::Disk { disk, up, attached, removed } => {
            if removed == Some(false) {
                return Err(Refused::bad("a removed disk does not come back; give removed as true"));
            }
            let changes: Vec<DiskChange> = [
                up.map(DiskChange::Up),
                attached.map(DiskChange::Attached),
                removed.map(|_| DiskChange::Removed),
            ]
            .into_iter()
            .flatten()
            .collect();
            if changes.is_empty() {
                return Err(Refused::bad("give up, attached or removed"));
            }
            Ok(disk_seen(account, &disk, &changes))
        }
        Asked::Pair {
            pair: Some(pair),
            disk: None,
            fails: None,
            message: None,
            invalid: Some(why),
            times: None,
        } => pairs(simulation, &pair, &why),
        Asked::Pair { pair, disk, fails: Some(fails), message, invalid: None, times } => {
            if pair.is_some() == disk.is_some() {
                return Err(Refused::bad("give either pair or disk"));
            }
            let pair =
                pair.map(|pair| selector("pair", pair, |id| PairId::parse(id).map(drop))).transpose()?;
            let disk = disk.map(|disk| disk.to_string());
            Ok(Meant::Planned(Fault::Pair { pair, disk, fails, message }, times.unwrap_or(ONCE)))
        }
        Asked::Pair { .. } => Err(Refused::bad(
            "give fails, with pair or disk and perhaps message and times, or invalid with pair alone",
        )),
        Asked::Group { group, fails: Some(fails), invalid: None, times } => {
            let group = selector("group", group, |id| GroupId::parse(id).map(drop))?;
            Ok(Meant::Planned(Fault::Group { group, fails }, times.unwrap_or(ONCE)))
        }
        Asked::Group { group, fails: None, invalid: Some(why), times: None } => {
            groups(simulation, &group, &why)
        }
        Asked::Group { .. } => {
            Err(Refused::bad("give group and fails, perhaps with times, or invalid with group alone"))
        }
        Asked::Network { network, fails, times } => {
            let network = selector("network", network, |id| NetworkId::parse(id).map(drop))?;
            Ok(Meant::Planned(Fault::Network { network, fails }, times))
        }
        Asked::Drill { drill, pair, group, fails, message, times } => {
            let mut of = [drill, pair, group].into_iter().flatten();
            let (Some(of), None) = (of.next(), of.next()) else {
                return Err(Refused::bad("give one of drill, pair and group"));
            };
            let of = selector("drill", of, |id| DrillId::parse(id).map(drop))?;
            Ok(Meant::Planned(Fault::Drill { of, fails, message }, times))
        }
        Asked::Zone { zone, up } => {
            let observations = place::all(simulation, up, |_, found| *found == zone);
            let nothing = || Refused::bad(format!("the account has nothing in zone {zone}"));
            Ok(Meant::Observed(observations.ok_or_else(nothing)?))
        }
        Asked::Region { region, up, api } => {
            let observations = place::all(simulation, up, |found, _| *found == region);
            // A region without resources may still be asked, and so be silent, and speak again.
            if observations.is_none() && api && !simulation.is_silent(&region) {
                return Err(Refused::bad(format!("the account has nothing in region {region}")));
            }
            Ok(Meant::Region { observations: observations.unwrap_or_default(), region, api })
        }
        Asked::Hold { effect, resource, times } => hold(effect, resource, times),
        Asked::Reply(Reply {
            action,
            effect,
            lose,
            status,
            code,
            message,
            body,
            delay_ms,
            headers,
            times,
        }) => {
            let operation = Operation::ALL.iter().copied().find(|operation| operation.as_str() == action);
            let action =
                operation.ok_or_else(|| Refused::bad(format!("no modelled action is named {action}")))?;
            let reply = ReplyFault { action, effect, lose, status, code, message, body, delay_ms, headers };
            reply::check(&reply).map_err(Refused::bad)?;
            Ok(Meant::Planned(Fault::Reply(reply), times))
        }
    }
}

fn selector(
    name: &str,
    text: String,
    parse: impl FnOnce(&str) -> Result<(), BadId>,
) -> Result<Selector, Refused> {
    if text != "*" {
        parse(&text).map_err(|error| Refused::bad(format!("{name}: {error}")))?;
    }
    Ok(Selector(text))
}

/// The nodes meant: one, or with `*` all.
fn nodes(simulation: &Simulation, wanted: &str, change: NodeChange) -> Result<Meant, Refused> {
    let nodes = simulation.plane().clusters().flat_map(|cluster| cluster.nodes());
    let meant = nodes.filter(|node| wanted == "*" || node.id.as_str() == wanted);
    let observations: Vec<Observation> =
        meant.map(|node| Observation::Node { node: node.id.clone(), change }).collect();
    if observations.is_empty() && wanted != "*" {
        return Err(Refused::bad(format!("there is no node {wanted}")));
    }
    Ok(Meant::Observed(observations))
}

fn pairs(simulation: &Simulation, wanted: &str, message: &StatusMessage) -> Result<Meant, Refused> {
    let pairs = simulation.plane().pairs();
    let meant = pairs.filter(|pair| wanted == "*" || pair.id().as_str() == wanted);
    let invalid = |pair: &PairId| Observation::PairInvalid { pair: pair.clone(), message: message.clone() };
    let observations: Vec<Observation> = meant.map(|pair| invalid(pair.id())).collect();
    if observations.is_empty() && wanted != "*" {
        return Err(Refused::bad(format!("there is no pair {wanted}")));
    }
    Ok(Meant::Observed(observations))
}

fn groups(simulation: &Simulation, wanted: &str, message: &StatusMessage) -> Result<Meant, Refused> {
    let views = simulation.plane().groups();
    let meant = views.filter(|view| wanted == "*" || view.group.id().as_str() == wanted);
    let invalid =
        |group: &GroupId| Observation::GroupInvalid { group: group.clone(), message: message.clone() };
    let observations: Vec<Observation> = meant.map(|view| invalid(view.group.id())).collect();
    if observations.is_empty() && wanted != "*" {
        return Err(Refused::bad(format!("there is no group {wanted}")));
    }
    Ok(Meant::Observed(observations))
}

fn disk_seen(account: &AccountId, disk: &DiskId, changes: &[DiskChange]) -> Meant {
    let observed = changes.iter().map(|change| Observation::Disk {
        account: account.clone(),
        disk: disk.clone(),
        change: *change,
    });
    Meant::Observed(observed.collect())
}

fn busy(simulation: &Simulation, cluster: ClusterId, status: StatusMessage) -> Result<Meant, Refused> {
    if simulation.plane().cluster(&cluster).is_none() {
        return Err(Refused::bad(format!("there is no cluster {cluster}")));
    }
    let own = [ClusterStatus::Creating, ClusterStatus::Switching, ClusterStatus::Deleting];
    if own.iter().any(|own| own.as_str() == status.as_str()) {
        return Err(Refused::bad(format!("{status} follows from what a cluster does and cannot be set")));
    }
    let status = Some(status).filter(|status| status.as_str() != ClusterStatus::Running.as_str());
    Ok(Meant::Observed(vec![Observation::ClusterBusy { cluster, status }]))
}

fn hold(effect: String, resource: String, times: Option<NonZeroU32>) -> Result<Meant, Refused> {
    if !EffectKind::NAMES.contains(&effect.as_str()) {
        let known = EffectKind::NAMES.join(", ");
        return Err(Refused::bad(format!("effects of kind {effect} are not modelled; there are {known}")));
    }
    let resource = selector("resource", resource, |id| PairId::parse(id).map(drop))?;
    Ok(Meant::Planned(Fault::Hold { effect, resource }, times))
}

/// A fault as it is listed: as it was posted, with its number and what is left of it.
fn view(planned: &PlannedFault) -> Planned {
    let times = planned.times;
    let text = |selector: &Selector| selector.0.clone();
    let posted = match planned.fault.clone() {
        Fault::Silence { region } => {
            let silence =
                answers::PlannedFault::Silence(Silence { kind: SilenceKind::Silence, region, times });
            return Planned { id: planned.id.to_string(), fault: silence };
        }
        Fault::Switch { node, reason } => Asked::Switch { node: text(&node), reason, times },
        Fault::Work { cluster, effect, reason } => {
            Asked::Work { cluster: text(&cluster), effect, reason, times }
        }
        Fault::Pair { pair, disk, fails, message } => Asked::Pair {
            pair: pair.as_ref().map(text),
            // It was read as an id when the fault was planned, or with the state that it came with.
            disk: disk.and_then(|disk| DiskId::parse(&disk).ok()),
            fails: Some(fails),
            message,
            invalid: None,
            times: Some(times),
        },
        Fault::Group { group, fails } => Asked::group(text(&group), fails, times),
        Fault::Network { network, fails } => Asked::Network { network: text(&network), fails, times },
        Fault::Drill { of, fails, message } => {
            Asked::Drill { drill: Some(text(&of)), pair: None, group: None, fails, message, times }
        }
        Fault::Hold { effect, resource } => Asked::Hold { effect, resource: text(&resource), times },
        Fault::Reply(ReplyFault { action, effect, lose, status, code, message, body, delay_ms, headers }) => {
            let action = action.as_str().to_owned();
            Asked::Reply(Reply {
                action,
                effect,
                lose,
                status,
                code,
                message,
                body,
                delay_ms,
                headers,
                times,
            })
        }
    };
    Planned { id: planned.id.to_string(), fault: answers::PlannedFault::Fault(posted) }
}

/// `GET faults`.
pub async fn list(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let account = account(&emulator, &uri)?;
    let faults = account.with(|world, _| world.simulation.faults().iter().map(view).collect());
    told(Faults { faults: faults.await })
}

/// `DELETE faults/{id}`.
pub async fn withdraw(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let account = account(&emulator, &uri)?;
    let unknown = || Refused::unknown("no such fault is in wait");
    let id = number(&uri).ok_or_else(unknown)?;
    let said = || Said::of(&Method::DELETE, &uri, &[], b"");
    if account.change(said, |world, _| world.simulation.withdraw(id)).await? {
        done()
    } else {
        Err(unknown())
    }
}

/// `DELETE faults`.
pub async fn withdraw_all(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let account = account(&emulator, &uri)?;
    let said = || Said::of(&Method::DELETE, &uri, &[], b"");
    account.change(said, |world, _| world.simulation.withdraw_all()).await?;
    done()
}
