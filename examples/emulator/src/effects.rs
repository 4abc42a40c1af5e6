//! Outstanding effects: listing them, and ending one by hand.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Uri;
use failover_model::ebs::{GroupEffect, PairEffect, ReplicaId};
use failover_model::polardb::{ClusterEffect, NetworkEffect};
use failover_model::simulation::Resolution;
use failover_model::{Effect, EffectId, EffectKind, Misuse, Outcome};
use serde_json::json;

use crate::answers::{self, Effects, Ended};
use crate::control::{Answer, Refused, account, json, named, number, query, told};
use crate::emulator::Emulator;
use crate::requests::{EffectQuery, Ending};

/// An effect as it is listed.
fn view(effect: &Effect) -> answers::Effect {
    let detail = match &effect.kind {
        EffectKind::Pair { effect: PairEffect::Reprotect { reverse }, .. } => json!({ "reverse": reverse }),
        EffectKind::Pair { .. } => json!({}),
        EffectKind::Group { effect, members, .. } => match effect {
            GroupEffect::Reprotect { reverse } => json!({ "pairs": members, "reverse": reverse }),
            _ => json!({ "pairs": members }),
        },
        EffectKind::Drill { owner, .. } => match owner {
            ReplicaId::Pair(pair) => json!({ "pair": pair }),
            ReplicaId::Group(group) => json!({ "group": group }),
        },
        EffectKind::Cluster { cluster, effect } => match effect {
            ClusterEffect::ChooseNode(tier) => json!({ "cluster": cluster, "tier": tier }),
            ClusterEffect::PromoteNode(node) => json!({ "cluster": cluster, "node": node }),
            ClusterEffect::Lifecycle(_) => json!({}),
            ClusterEffect::Work(work) => json!({ "cluster": cluster, "nodes": work.nodes() }),
        },
        EffectKind::Network { effect, primary, secondaries, .. } => {
            let mut detail = json!({ "primary": primary, "secondaries": secondaries });
            match effect {
                NetworkEffect::Create | NetworkEffect::Delete => {}
                NetworkEffect::Remove(cluster) => detail["cluster"] = json!(cluster),
                NetworkEffect::SwitchOver { to, mode } => {
                    detail["cluster"] = json!(to);
                    detail["mode"] = json!(mode.as_str());
                }
            }
            detail
        }
    };
    answers::Effect {
        id: effect.id.to_string(),
        kind: effect.kind.name().into(),
        resource: effect.kind.resource().into(),
        since_ms: effect.since.as_millis(),
        detail: detail.as_object().cloned().unwrap_or_default(),
    }
}

/// `GET effects`.
pub async fn list(State(emulator): State<Arc<Emulator>>, uri: Uri) -> Answer {
    let EffectQuery { resource, account } = query(&uri)?;
    let account = named(&emulator, account)?;
    let effects = account.with(|world, _| {
        let outstanding = world.simulation.plane().outstanding();
        let wanted =
            |effect: &Effect| resource.as_deref().is_none_or(|resource| effect.kind.resource() == resource);
        Effects { effects: outstanding.filter(wanted).map(|effect| view(&effect)).collect() }
    });
    told(effects.await)
}

impl From<Ending> for Resolution {
    fn from(ending: Ending) -> Self {
        Self::Outcome(match ending {
            Ending::Succeeded {} => Outcome::Succeeded,
            Ending::Failed { reason, pairs: Some(failed), .. } => {
                Outcome::PartlyFailed { failure: reason, failed }
            }
            Ending::Failed { reason, message, pairs: None } => Outcome::Failed { failure: reason, message },
            Ending::Chosen { node } => Outcome::Chosen(node),
            Ending::Auto {} => return Self::Auto,
        })
    }
}

/// `POST effects/{id}`.
pub async fn end(State(emulator): State<Arc<Emulator>>, uri: Uri, request: Request) -> Answer {
    let account = account(&emulator, &uri)?;
    let (said, ending): (_, Ending) = json(&emulator, request).await?;
    let stale = || Refused::unknown("no such effect is outstanding: it is unknown or was superseded");
    let id = number(&uri).map(EffectId).ok_or_else(stale)?;
    let ended = account.change(
        || said,
        |world, now| {
            let ids = |effects: &mut dyn Iterator<Item = Effect>| -> BTreeSet<EffectId> {
                effects.map(|effect| effect.id).collect()
            };
            let before = ids(&mut world.simulation.plane().outstanding());
            let happened =
                world.simulation.resolve(now, id, &ending.into()).map_err(|misuse| match misuse {
                    Misuse::Stale(_) => stale(),
                    misuse => Refused::bad(misuse.to_string()),
                })?;
            let events = world.record_and_tell(happened);
            let fresh = world.simulation.plane().outstanding().filter(|effect| !before.contains(&effect.id));
            Ok::<_, Refused>(Ended { events, effects: fresh.map(|effect| view(&effect)).collect() })
        },
    );
    told(ended.await??)
}
