//! Tags, resource groups and the progress of pairs and groups, none of which a status depends on.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::state::Kind;
use super::{Reference, Replica, Reply};
use crate::control_plane::{Call, Request};
use crate::ebs::{ReplicaId, ResourceType, Resources};
use crate::text::Tag;

/// The most tags of a pair or group (`E-705`).
const MOST_TAGS: usize = 20;

/// The most that a listing tells at once (`E-710`).
const MOST_LISTED: usize = 50;

type Named = (Kind, String);

fn named(resource: &ReplicaId) -> Named {
    match resource {
        ReplicaId::Pair(pair) => (Kind::Pair, pair.to_string()),
        ReplicaId::Group(group) => (Kind::Group, group.to_string()),
    }
}

fn all_named(resources: &Resources) -> Vec<Named> {
    match resources {
        Resources::Pairs(pairs) => pairs.iter().map(|pair| (Kind::Pair, pair.to_string())).collect(),
        Resources::Groups(groups) => groups.iter().map(|group| (Kind::Group, group.to_string())).collect(),
    }
}

/// Puts a tag on in place of the one of its key (`E-706`).
fn put_tag(tags: &mut Vec<(String, String)>, tag: &Tag) {
    tags.retain(|(key, _)| *key != tag.key.as_str());
    tags.push((tag.key.to_string(), tag.value.to_string()));
}

impl Reference {
    /// Whether a call finds it: its account's, with an end in the region, and no tombstone (`E-701`).
    fn is_found(call: &Call, replica: &Replica) -> bool {
        let own = replica.account == call.account.as_str();
        own && replica.touches(call.region.as_str()) && replica.status != "deleted"
    }

    /// Those of these that a call finds, or the refusal if one is missing.
    fn found(&mut self, call: &Call, named: &[Named]) -> Result<Vec<&mut Replica>, Reply> {
        let found =
            |(kind, id): &Named| self.find(*kind, id).is_some_and(|replica| Self::is_found(call, replica));
        if !named.iter().all(found) {
            return Err(Reply::refused("InvalidResourceId.NotFound", "E-701"));
        }
        let meant = |replica: &&mut Replica| named.iter().any(|(kind, id)| replica.is(*kind, id));
        Ok(self.replicas.iter_mut().filter(meant).collect())
    }

    /// A call on labels; `None` if it is another, or asks for a later page.
    pub(super) fn label_call(&mut self, call: &Call, request: &Request) -> Option<Reply> {
        Some(match request {
            Request::TagResources(put) => self.tag(call, &all_named(&put.resources), &put.tags),
            Request::UntagResources(take) => {
                let keys: Option<Vec<&str>> =
                    take.keys.as_ref().map(|keys| keys.iter().map(|key| key.as_str()).collect());
                match self.found(call, &all_named(&take.resources)) {
                    Ok(found) => {
                        for replica in found {
                            let stays = |key: &str| keys.as_ref().is_some_and(|keys| !keys.contains(&key));
                            replica.tags.retain(|(key, _)| stays(key));
                        }
                        Reply::accepted("E-707", None)
                    }
                    Err(refused) => refused,
                }
            }
            Request::ChangeResourceGroup(change) => match self.found(call, &[named(&change.resource)]) {
                Ok(_) => Reply::accepted("E-712", None),
                Err(refused) => refused,
            },
            Request::ListTagResources(list) if list.after.is_none() => {
                let (only, kind) = (all_named(&list.resources), list.resources.kind());
                if only.is_empty() && list.tags.is_empty() {
                    return Some(Reply::refused("MissingParameter", "E-713"));
                }
                let meets = |replica: &&Replica| {
                    list.tags.iter().all(|filter| {
                        replica.tags.iter().any(|(key, value)| {
                            let any = filter.value.as_ref().is_none_or(|wanted| *value == wanted.as_str());
                            *key == filter.key.as_str() && any
                        })
                    })
                };
                let kind = if kind == ResourceType::Pair { Kind::Pair } else { Kind::Group };
                let meant = |replica: &&Replica| {
                    let among = only.iter().any(|(kind, id)| replica.is(*kind, id));
                    replica.kind == kind && (only.is_empty() || among)
                };
                let all = self.replicas.iter().filter(meant).filter(meets);
                let all = all.filter(|replica| Self::is_found(call, replica) && !replica.tags.is_empty());
                Reply::listed("E-709", all.map(|replica| replica.id.clone()).take(MOST_LISTED).collect())
            }
            Request::DescribeDiskReplicaPairProgress(ask) => {
                match self.mine(Kind::Pair, ask.pair.as_str(), call.account.as_str()) {
                    None => Reply::refused("NoSuchResource", "E-610"),
                    Some(pair) if pair.status == "deleted" => Reply::refused("NoSuchResource", "E-610"),
                    Some(pair) if !pair.touches(call.region.as_str()) => {
                        Reply::refused("NoSuchResource", "E-620")
                    }
                    Some(_) => Reply::observed("E-695"),
                }
            }
            _ => return None,
        })
    }

    fn tag(&mut self, call: &Call, named: &[Named], tags: &[Tag]) -> Reply {
        let found = match self.found(call, named) {
            Ok(found) => found,
            Err(refused) => return refused,
        };
        let mut changed = Vec::new();
        for replica in &found {
            let mut all = replica.tags.clone();
            tags.iter().for_each(|tag| put_tag(&mut all, tag));
            if all.len() > MOST_TAGS {
                return Reply::refused("OperationDenied.QuotaExceed", "E-705");
            }
            changed.push(all);
        }
        found.into_iter().zip(changed).for_each(|(replica, tags)| replica.tags = tags);
        Reply::accepted("E-706", None)
    }
}
