//! Ids for created resources, from one stream for each kind.
//!
//! The counter of a kind advances only when an id is used, so a refused or replayed creation changes no later id.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Simulation, stream};
use crate::control_plane::{ControlPlane, Fresh, FreshCluster, FreshNodes, Request};
use crate::ebs::{FreshDrill, GroupCreated, PairCreated};
use crate::ids::{AccountId, BadId, NodeId, OrderId};
use crate::polardb::NetworkCreated;

/// The number of minted ids of each kind.
type Counts = BTreeMap<String, u64>;

/// Ids minted for objects that bring none, until it is known whether they are used.
#[derive(Debug, Clone, Default)]
pub struct Minted(Counts);

impl Simulation {
    /// Mints an id of `prefix` and `length` more characters, other than those in `minted`; `taken` says whether an id is
    /// in use.
    pub fn mint(
        &self,
        minted: &mut Minted,
        prefix: &str,
        length: usize,
        taken: impl Fn(&str, &ControlPlane) -> bool,
    ) -> String {
        self.next(&mut minted.0, prefix, length, taken)
    }

    /// Keeps ids that were used, so that they are not minted again.
    pub fn keep(&mut self, minted: Minted) {
        self.world.minted.extend(minted.0);
    }

    /// Mints a request id: upper-case hexadecimal in the shape of a UUID.
    pub fn mint_request_id(&mut self) -> String {
        let count = self.world.minted.entry(String::from("request")).or_insert(0);
        *count = count.saturating_add(1);
        let high = stream::number(self.world.seed, "request", &["high"], *count);
        let low = stream::number(self.world.seed, "request", &["low"], *count);
        format!(
            "{:08X}-{:04X}-{:04X}-{:04X}-{:012X}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    fn next(
        &self,
        counts: &mut Counts,
        prefix: &str,
        length: usize,
        taken: impl Fn(&str, &ControlPlane) -> bool,
    ) -> String {
        const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let minted = self.world.minted.get(prefix).copied().unwrap_or(0);
        let count = counts.entry(String::from(prefix)).or_insert(minted);
        loop {
            *count = count.saturating_add(1);
            let mut id = String::from(prefix);
            for at in 0..length {
                let at = count.wrapping_mul(64).wrapping_add(at as u64);
                let number = stream::number(self.world.seed, "id", &[prefix], at);
                let alphabet = if prefix.is_empty() { 10 } else { DIGITS.len() };
                id.extend(DIGITS.get(stream::below(number, alphabet)).map(|digit| char::from(*digit)));
            }
            if !taken(&id, &self.plane) {
                return id;
            }
        }
    }

    /// Ids for the resources that a request creates, and the counters to store if it succeeds.
    pub(super) fn fresh(&self, account: &AccountId, request: &Request) -> (Fresh, Counts) {
        let mut counts = Counts::new();
        let fresh = self.fresh_ids(account, request, &mut counts);
        (fresh.unwrap_or_default(), counts)
    }

    fn fresh_ids(&self, account: &AccountId, request: &Request, counts: &mut Counts) -> Result<Fresh, BadId> {
        Ok(match request {
            Request::CreateDiskReplicaPair(_) => {
                let taken =
                    |id: &str, plane: &ControlPlane| id.parse().is_ok_and(|id| plane.pair(&id).is_some());
                let pair = self.next(counts, "pair-cn-", 11, taken).parse()?;
                Fresh::Pair(PairCreated { pair, order: self.fresh_order(counts)? })
            }
            Request::CreateDiskReplicaGroup(_) => {
                let taken =
                    |id: &str, plane: &ControlPlane| id.parse().is_ok_and(|id| plane.group(&id).is_some());
                Fresh::Group(GroupCreated { group: self.next(counts, "pg-", 16, taken).parse()? })
            }
            Request::StartPairDrill(_) => Fresh::Drill(self.fresh_drill(account, "drill-", 1, counts)?),
            Request::StartReplicaGroupDrill(request) => {
                let members = self.plane.group(&request.group).map_or(0, |group| group.pairs.len());
                Fresh::Drill(self.fresh_drill(account, "pg-drill-", members, counts)?)
            }
            Request::CreateDbCluster(request) => {
                let taken =
                    |id: &str, plane: &ControlPlane| id.parse().is_ok_and(|id| plane.cluster(&id).is_some());
                let cluster = self.next(counts, "pc-", 17, taken).parse()?;
                let nodes = self.fresh_nodes(request.node_number.into(), counts)?;
                Fresh::Cluster(FreshCluster { cluster, nodes, order: self.fresh_order(counts)? })
            }
            Request::CreateDbNodes(request) => {
                let nodes = self.fresh_nodes(request.nodes.len(), counts)?;
                Fresh::Nodes(FreshNodes { nodes, order: self.fresh_order(counts)? })
            }
            Request::CreateGlobalDatabaseNetwork(_) => {
                let taken =
                    |id: &str, plane: &ControlPlane| id.parse().is_ok_and(|id| plane.network(&id).is_some());
                Fresh::Network(NetworkCreated { network: self.next(counts, "gdn-", 17, taken).parse()? })
            }
            Request::DeleteDbNodes(_)
            | Request::ModifyDbNodeClass(_)
            | Request::ModifyDbNodesClass(_)
            | Request::ModifyDbNodeHotReplicaMode(_)
            | Request::ModifyDbCluster(_)
            | Request::ModifyDbClusterArch(_) => Fresh::Order(self.fresh_order(counts)?),
            _ => Fresh::None,
        })
    }

    fn fresh_drill(
        &self,
        account: &AccountId,
        prefix: &str,
        pairs: usize,
        counts: &mut Counts,
    ) -> Result<FreshDrill, BadId> {
        let taken = |id: &str, plane: &ControlPlane| id.parse().is_ok_and(|id| plane.drill(&id).is_some());
        let disk_taken =
            |id: &str, plane: &ControlPlane| id.parse().is_ok_and(|id| plane.has_disk(account, &id));
        let drill = self.next(counts, prefix, 16, taken).parse()?;
        let disks = (0..pairs).map(|_| self.next(counts, "d-drill", 13, disk_taken).parse());
        Ok(FreshDrill { drill, disks: disks.collect::<Result<_, _>>()? })
    }

    fn fresh_order(&self, counts: &mut Counts) -> Result<OrderId, BadId> {
        self.next(counts, "", 15, |_, _| false).parse()
    }

    fn fresh_nodes(&self, nodes: usize, counts: &mut Counts) -> Result<Vec<NodeId>, BadId> {
        let taken =
            |id: &str, plane: &ControlPlane| id.parse().is_ok_and(|id| plane.cluster_of(&id).is_some());
        (0..nodes).map(|_| self.next(counts, "pi-", 17, taken).parse()).collect()
    }
}
