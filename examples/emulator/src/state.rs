//! The whole state: telling it, replacing it, clearing it.
//!
//! An account's state is told with what else decides its future: whose it is, and the region of calls that name none. The
//! feed is not part of it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, Uri, header};
use axum::response::IntoResponse;
use failover_model::simulation::{Fault, Simulation, World};
use failover_model::snapshot::Snapshot;
use failover_model::{AccountId, ControlPlane, DiskId, RegionId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::clock::END;
use crate::control::{Answer, Refused, account, body, done, named, query};
use crate::emulator::Emulator;
use crate::journal::Said;
use crate::requests::Clearing;
use crate::{limits, reply, strict};

/// All that decides an account's future.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountState {
    /// Whose it is.
    pub account: AccountId,
    /// The region of calls that name none.
    pub region: RegionId,
    /// What the model holds, its clock included.
    pub model: Snapshot,
    /// What the simulation holds besides: seed, latencies, planned faults.
    pub simulation: World,
}

impl AccountState {
    fn of(account: &AccountId, world: &crate::world::World) -> Self {
        Self {
            account: account.clone(),
            region: world.region.clone(),
            model: world.simulation.plane().snapshot(),
            simulation: world.simulation.world(),
        }
    }
}

/// A state as a journal keeps it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The number of the last input that it contains.
    pub number: u64,
    /// The time.
    pub at: Timestamp,
    /// What a real clock adds to the system's time.
    pub offset_ms: i64,
    /// The number of the last event that was told.
    last_seq: u64,
    whole: AccountState,
}

impl Kept {
    /// The state of a world.
    pub fn of(account: &AccountId, world: &mut crate::world::World) -> Self {
        Self {
            number: world.inputs,
            at: world.clock.now(),
            offset_ms: world.clock.offset_ms(),
            last_seq: world.feed.last_seq(),
            whole: AccountState::of(account, world),
        }
    }

    /// Puts it in the place of what a world begins with.
    ///
    /// # Errors
    ///
    /// In words: it is no state of this account.
    pub fn restore(
        self,
        world: &mut crate::world::World,
        account: &AccountId,
        limits: limits::Limits,
    ) -> Result<(), String> {
        let (region, simulation) = restored(self.whole, account, limits).map_err(Refused::error)?;
        world.region = region;
        world.inputs = self.number;
        world.feed.resume(self.last_seq);
        world.replace(simulation);
        Ok(())
    }
}

/// `GET state`.
pub async fn tell(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let account = account(&emulator, &uri)?;
    let whole = account.with(|world, _| AccountState::of(&account.id, world)).await;
    // A large state takes seconds to write or to read, in which no thread that answers others is to be busy.
    let text = tokio::task::spawn_blocking(move || serde_json::to_vec(&whole)).await;
    let text = text.map_err(|_| Refused::bad("the state cannot be told"))?;
    let text = text.map_err(|error| Refused::bad(format!("the state: {error}")))?;
    let limit = emulator.limits.state;
    if text.len() > limit {
        return Err(Refused::too_long("the state", limit, &account.id));
    }
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// `PUT state`. The clock is set to the one of the state; a real clock goes on from there.
pub async fn replace(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let account = account(&emulator, &uri)?;
    let text = body(&emulator, request, emulator.limits.state).await?;
    let (id, limits, said) = (account.id.clone(), emulator.limits, text.clone());
    let read = tokio::task::spawn_blocking(move || {
        let whole = strict::object(&text);
        restored(whole.map_err(|error| Refused::bad(format!("the state: {error}")))?, &id, limits)
    });
    let (region, simulation) =
        read.await.unwrap_or_else(|_| Err(Refused::bad("the state cannot be read")))?;
    account
        .change(
            || Said::of(&Method::PUT, &uri, &[], &said),
            |world, _| {
                world.clock.set(simulation.plane().clock());
                world.region = region;
                world.replace(simulation);
            },
        )
        .await?;
    done()
}

fn restored(
    whole: AccountState,
    id: &AccountId,
    limits: limits::Limits,
) -> Result<(RegionId, Simulation), Refused> {
    let bad = |what: &str, error: &dyn std::fmt::Display| Refused::bad(format!("{what}: {error}"));
    if whole.account != *id {
        return Err(Refused::bad(format!("the state is that of account {}, not of {id}", whole.account)));
    }
    let plane = ControlPlane::restore_with_hash_seed(whole.model, crate::draw_seed());
    let plane = plane.map_err(|error| bad("model", &error))?;
    let clock = plane.clock();
    if clock > END {
        return Err(Refused::bad("model: the clock ends with the year 9999"));
    }
    let simulation =
        Simulation::restore(plane, whole.simulation).map_err(|error| bad("simulation", &error))?;
    // What was never posted was never checked; these end in HTTP.
    for planned in simulation.faults() {
        let checked = match &planned.fault {
            Fault::Reply(fault) => reply::check(fault),
            Fault::Pair { disk: Some(disk), .. } => {
                DiskId::parse(disk).map(drop).map_err(|why| why.to_string())
            }
            _ => Ok(()),
        };
        checked.map_err(|why| bad(&format!("fault {}", planned.id), &why))?;
    }
    if simulation.faults().len() > limits.faults {
        return Err(Refused::bad(format!("an account has at most {} planned faults", limits.faults)));
    }
    let plane = simulation.plane();
    if plane.resource_count() > limits.resources {
        return Err(Refused::bad(format!("an account has at most {} resources", limits.resources)));
    }
    let is_other = |owner: &AccountId| owner != id;
    if plane.pairs().any(|pair| is_other(pair.account()))
        || plane.groups().any(|view| is_other(view.group.account()))
        || plane.clusters().any(|cluster| is_other(cluster.account()))
    {
        return Err(Refused::bad(format!("model: it has resources of other accounts than {id}")));
    }
    Ok((whole.region, simulation))
}

/// `DELETE state`: the account is as after a start, but for the policy, the regions, the latencies and the transitions in
/// force, and the clock unless a time is given.
pub async fn clear(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let Clearing { now_ms, seed, account } = query(&uri)?;
    let account = named(&emulator, account)?;
    let set = now_ms.map(Timestamp::from_millis);
    if set.is_some_and(|set| set > END) {
        return Err(Refused::bad("the clock ends with the year 9999"));
    }
    let said = || Said::of(&Method::DELETE, &uri, &[], b"");
    let cleared = account.change(said, |world, now| {
        let old = &world.simulation;
        let plane = ControlPlane::with_hash_seed(old.plane().policy().clone(), crate::draw_seed());
        let seed = seed.unwrap_or(old.seed());
        let mut fresh = Simulation::new(plane, seed, old.transitions(), *old.latency());
        fresh.set_regions(old.plane().regions().clone());
        // Nothing is pending, so nothing can happen.
        drop(fresh.advance(set.unwrap_or(now)));
        world.replace(fresh);
        if let Some(set) = set {
            world.clock.set(set);
        }
    });
    cleared.await?;
    done()
}
