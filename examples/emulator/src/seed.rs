//! `POST seed`: what an account already has, pasted from its own describe calls.
//!
//! Reading and entering is the library's business. What became of the paste is told: what was entered, what was ignored and
//! what was left out, with the reason.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Uri;
use failover_model::simulation::{Minted, Simulation};
use failover_model::wire::{Defaults, Entered, IdKind, Paste};
use failover_model::{ClusterId, GroupId, NetworkId, NodeId, PairId};

use crate::answers::{Ignored, LeftOut, Planted};
use crate::control::{Answer, Refused, account, heard, told};
use crate::emulator::Emulator;
use crate::strict;

/// `POST seed`.
pub async fn plant(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let account = account(&emulator, &uri)?;
    let (said, text) = heard(&emulator, request).await?;
    let pasted = strict::value(&text).map_err(|error| Refused::bad(format!("the body: {error}")))?;
    let entering = account.change(
        || said,
        |world, now| {
            let simulation = &mut world.simulation;
            let (region, mut minted) = (world.region.clone(), Minted::default());
            let mut mint = |kind| mint(simulation, &mut minted, kind);
            let paste = Paste::read(&pasted, &mut Defaults { now, region, mint: &mut mint });
            let paste = paste.map_err(|error| Refused::bad(error.to_string()))?;
            let mut entered = Entered::default();
            let Ok(happened) = simulation.adopt(now, |plane| {
                entered = paste.enter(plane, now, &account.id);
                Ok::<_, Infallible>(std::mem::take(&mut entered.step))
            });
            let Entered { pairs, groups, drills, clusters, networks, .. } = &entered;
            if !(pairs.is_empty()
                && groups.is_empty()
                && drills.is_empty()
                && clusters.is_empty()
                && networks.is_empty())
            {
                simulation.keep(minted);
            }
            world.record(happened);
            Ok::<_, Refused>(planted(entered))
        },
    );
    told(entering.await??)
}

/// What became of a paste.
fn planted(entered: Entered) -> Planted {
    let Entered { pairs, groups, drills, clusters, networks, regions, ignored, left_out, .. } = entered;
    let ignored = ignored.into_iter().map(|at| Ignored { at: at.to_string() });
    let left_out =
        left_out.into_iter().map(|out| LeftOut { at: out.at.to_string(), reason: out.reason.to_string() });
    Planted {
        pairs,
        groups,
        drills,
        clusters,
        networks,
        regions,
        ignored: ignored.collect(),
        left_out: left_out.collect(),
    }
}

/// An id for an object that brings none, from the same streams as those of creating calls.
fn mint(simulation: &Simulation, minted: &mut Minted, kind: IdKind) -> String {
    match kind {
        IdKind::Pair => simulation.mint(minted, "pair-cn-", 11, |id, plane| {
            PairId::parse(id).is_ok_and(|id| plane.pair(&id).is_some())
        }),
        IdKind::Group => simulation.mint(minted, "pg-", 16, |id, plane| {
            GroupId::parse(id).is_ok_and(|id| plane.group(&id).is_some())
        }),
        // Disks are registered nowhere; twenty characters of a stream of their own do not meet.
        IdKind::Disk => simulation.mint(minted, "d-", 20, |_, _| false),
        IdKind::Cluster => simulation.mint(minted, "pc-", 17, |id, plane| {
            ClusterId::parse(id).is_ok_and(|id| plane.cluster(&id).is_some())
        }),
        IdKind::Network => simulation.mint(minted, "gdn-", 17, |id, plane| {
            NetworkId::parse(id).is_ok_and(|id| plane.network(&id).is_some())
        }),
        IdKind::Node => simulation.mint(minted, "pi-", 17, |id, plane| {
            NodeId::parse(id).is_ok_and(|id| plane.cluster_of(&id).is_some())
        }),
    }
}
