//! The whole state: telling it, replacing it, clearing it.
//!
//! The feed is not part of it, and neither are the flags that name the default account and region.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Uri;
use failover_model::simulation::{Fault, Simulation, World};
use failover_model::snapshot::Snapshot;
use failover_model::{AccountId, ControlPlane, Timestamp};
use serde::{Deserialize, Serialize};

use crate::clock::END;
use crate::control::{Answer, NoQuery, Refused, body, done, query, told};
use crate::reply;
use crate::world::Emulator;

/// The longest state that is taken.
const LONGEST: usize = 256 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    model: Snapshot,
    simulation: World,
}

/// `GET state`.
pub async fn tell(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let NoQuery {} = query(&uri)?;
    let whole = emulator.with(|world, _| Whole {
        model: world.simulation.plane().snapshot(),
        simulation: world.simulation.world(),
    });
    told(whole)
}

/// `PUT state`. The clock is set to the one of the state; a real clock goes on from there.
pub async fn replace(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let NoQuery {} = query(&uri)?;
    let text = body(request, LONGEST).await?;
    let bad = |what: &str, error: &dyn std::fmt::Display| Refused::bad(format!("{what}: {error}"));
    let whole: Whole = serde_json::from_slice(&text).map_err(|error| bad("the state", &error))?;
    drop(text);
    // All of this happens before the lock is taken: others are served meanwhile.
    let plane = ControlPlane::restore_with_hash_seed(whole.model, crate::draw_seed());
    let plane = plane.map_err(|error| bad("model", &error))?;
    let clock = plane.clock();
    if clock > END {
        return Err(Refused::bad("model: the clock ends with the year 9999"));
    }
    let simulation =
        Simulation::restore(plane, whole.simulation).map_err(|error| bad("simulation", &error))?;
    // What was never posted was never checked, and these end in HTTP.
    for planned in simulation.faults() {
        if let Fault::Reply(fault) = &planned.fault {
            reply::check(fault).map_err(|why| bad(&format!("fault {}", planned.id), &why))?;
        }
    }
    emulator.with(|world, _| {
        world.simulation = simulation;
        world.clock.set(clock);
    });
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fresh {
    now_ms: Option<u64>,
    seed: Option<u64>,
    account: Option<AccountId>,
}

/// `DELETE state`: as after a start, but for the policy, the regions, the latencies and the transitions in force, and the clock
/// unless a time is given. With an account, only what is that account's goes: its resources and tokens. Faults, seed and
/// clock belong to the server, so they stay and cannot be set.
pub async fn clear(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let Fresh { now_ms, seed, account } = query(&uri)?;
    if let Some(account) = account {
        if now_ms.is_some() || seed.is_some() {
            return Err(Refused::bad("now_ms and seed are the server's: they do not go with account"));
        }
        emulator.with(|world, now| {
            let happened = world.simulation.forget_account(now, &account);
            world.record(&happened);
        });
        return done();
    }
    let set = now_ms.map(Timestamp::from_millis);
    if set.is_some_and(|set| set > END) {
        return Err(Refused::bad("the clock ends with the year 9999"));
    }
    emulator.with(|world, now| {
        let old = &world.simulation;
        let plane = ControlPlane::with_hash_seed(old.plane().policy().clone(), crate::draw_seed());
        let seed = seed.unwrap_or(old.seed());
        let mut fresh = Simulation::new(plane, seed, old.transitions(), *old.latency());
        fresh.set_regions(old.plane().regions().clone());
        // Nothing is pending, so nothing can happen.
        drop(fresh.advance(set.unwrap_or(now)));
        world.simulation = fresh;
        if let Some(set) = set {
            world.clock.set(set);
        }
    });
    done()
}
