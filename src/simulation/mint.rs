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
use crate::ids::{AccountId, BadId, ClusterId, DiskId, DrillId, GroupId, NodeId, OrderId, PairId};

impl Simulation {
    /// Mints an id of `prefix` and `length` more characters; `taken` says whether an id is in use.
    pub fn mint(
        &mut self,
        prefix: &str,
        length: usize,
        taken: impl Fn(&str, &ControlPlane) -> bool,
    ) -> String {
        let mut count = self.minted.get(prefix).copied().unwrap_or(0);
        let id = self.mint_from(&mut count, prefix, length, taken);
        self.minted.insert(String::from(prefix), count);
        id
    }

    /// Mints a request id: upper-case hexadecimal in the shape of a UUID.
    pub fn mint_request_id(&mut self) -> String {
        let count = self.minted.entry(String::from("request")).or_insert(0);
        *count = count.saturating_add(1);
        let high = stream::number(self.seed, "request", &["high"], *count);
        let low = stream::number(self.seed, "request", &["low"], *count);
        format!(
            "{:08X}-{:04X}-{:04X}-{:04X}-{:012X}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    fn mint_from(
        &self,
        count: &mut u64,
        prefix: &str,
        length: usize,
        taken: impl Fn(&str, &ControlPlane) -> bool,
    ) -> String {
        const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        loop {
            *count = count.saturating_add(1);
            let mut id = String::from(prefix);
            for at in 0..length {
                let at = at as u64;
                let number =
                    stream::number(self.seed, "id", &[prefix], count.wrapping_mul(64).wrapping_add(at));
                let alphabet = if prefix.is_empty() { 10 } else { DIGITS.len() };
                id.extend(DIGITS.get(stream::below(number, alphabet)).map(|digit| char::from(*digit)));
            }
            if !taken(&id, &self.plane) {
                return id;
            }
        }
    }

    /// Ids for the resources that a request creates, and the counters to store if it succeeds.
    pub(super) fn fresh(&self, account: &AccountId, request: &Request) -> (Fresh, BTreeMap<String, u64>) {
        let mut counts = BTreeMap::new();
        let fresh = match request {
            Request::CreateDiskReplicaPair(_) => self.fresh_pair(&mut counts).map(Fresh::Pair),
            Request::CreateDiskReplicaGroup(_) => self.fresh_group(&mut counts).map(Fresh::Group),
            Request::StartPairDrill(_) => {
                self.fresh_drill(account, ("drill-", 1), &mut counts).map(Fresh::Drill)
            }
            Request::StartReplicaGroupDrill(request) => {
                let members = self.plane.group(&request.group).map_or(0, |group| group.pairs.len());
                self.fresh_drill(account, ("pg-drill-", members), &mut counts).map(Fresh::Drill)
            }
            Request::CreateDbCluster(request) => {
                self.fresh_cluster(request.node_number, &mut counts).map(Fresh::Cluster)
            }
            Request::CreateDbNodes(request) => {
                self.fresh_nodes(request.nodes.len(), &mut counts).map(Fresh::Nodes)
            }
            Request::DeleteDbNodes(_)
            | Request::ModifyDbNodeClass(_)
            | Request::ModifyDbNodesClass(_)
            | Request::ModifyDbNodeHotReplicaMode(_) => self.fresh_order(&mut counts).map(Fresh::Order),
            _ => Ok(Fresh::None),
        };
        (fresh.unwrap_or_default(), counts)
    }

    fn fresh_pair(&self, counts: &mut BTreeMap<String, u64>) -> Result<PairCreated, BadId> {
        let taken =
            |id: &str, plane: &ControlPlane| PairId::parse(id).is_ok_and(|id| plane.pair(&id).is_some());
        let pair = self.next(counts, "pair-cn-", 11, taken).parse()?;
        Ok(PairCreated { pair, order: self.next(counts, "", 15, |_, _| false).parse()? })
    }

    fn fresh_group(&self, counts: &mut BTreeMap<String, u64>) -> Result<GroupCreated, BadId> {
        let taken =
            |id: &str, plane: &ControlPlane| GroupId::parse(id).is_ok_and(|id| plane.group(&id).is_some());
        Ok(GroupCreated { group: self.next(counts, "pg-", 16, taken).parse()? })
    }

    fn fresh_drill(
        &self,
        account: &AccountId,
        (prefix, pairs): (&str, usize),
        counts: &mut BTreeMap<String, u64>,
    ) -> Result<FreshDrill, BadId> {
        let taken =
            |id: &str, plane: &ControlPlane| DrillId::parse(id).is_ok_and(|id| plane.drill(&id).is_some());
        let disk_taken =
            |id: &str, plane: &ControlPlane| DiskId::parse(id).is_ok_and(|id| plane.has_disk(account, &id));
        let drill = self.next(counts, prefix, 16, taken).parse()?;
        let disks: Result<Vec<DiskId>, BadId> =
            (0..pairs).map(|_| self.next(counts, "d-drill", 13, disk_taken).parse()).collect();
        Ok(FreshDrill { drill, disks: disks? })
    }

    fn fresh_order(&self, counts: &mut BTreeMap<String, u64>) -> Result<OrderId, BadId> {
        self.next(counts, "", 15, |_, _| false).parse()
    }

    fn fresh_nodes(&self, nodes: usize, counts: &mut BTreeMap<String, u64>) -> Result<FreshNodes, BadId> {
        let nodes: Result<Vec<NodeId>, BadId> = (0..nodes).map(|_| self.fresh_node(counts)).collect();
        Ok(FreshNodes { nodes: nodes?, order: self.fresh_order(counts)? })
    }

    fn fresh_node(&self, counts: &mut BTreeMap<String, u64>) -> Result<NodeId, BadId> {
        let taken = |id: &str, plane: &ControlPlane| {
            NodeId::parse(id).is_ok_and(|id| plane.cluster_of(&id).is_some())
        };
        self.next(counts, "pi-", 17, taken).parse()
    }

    fn fresh_cluster(&self, nodes: u8, counts: &mut BTreeMap<String, u64>) -> Result<FreshCluster, BadId> {
        let taken = |id: &str, plane: &ControlPlane| {
            ClusterId::parse(id).is_ok_and(|id| plane.cluster(&id).is_some())
        };
        let cluster = self.next(counts, "pc-", 17, taken).parse()?;
        let nodes: Result<Vec<NodeId>, BadId> = (0..nodes).map(|_| self.fresh_node(counts)).collect();
        Ok(FreshCluster { cluster, nodes: nodes?, order: self.fresh_order(counts)? })
    }

    fn next(
        &self,
        counts: &mut BTreeMap<String, u64>,
        prefix: &str,
        length: usize,
        taken: impl Fn(&str, &ControlPlane) -> bool,
    ) -> String {
        let minted = self.minted.get(prefix).copied().unwrap_or(0);
        let count = counts.entry(String::from(prefix)).or_insert(minted);
        self.mint_from(count, prefix, length, taken)
    }
}
