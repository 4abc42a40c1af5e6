//! `DescribeHALogs`: the switches of a cluster, a projection of the events.
//!
//! No decision depends on switches before the last one, so the control plane does not store them: it checks the call and
//! answers with an empty page. An embedder that keeps the events folds them into an [`HaLog`], from which
//! [`HaLog::complete`] fills in the answer; the simulation and the scenarios do so.
//!
//! A switch is listed once it has moved the writer (`P-511`). Whether the vendor lists a switch that ended without success
//! is not documented. Neither is the cause code of an automatic switch, so that none is shown (`P-512`). Only MySQL clusters
//! have the operation (`P-510`).

use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::constructor::constructor;
use crate::ids::{AccountId, ClusterId, NodeId};
use crate::operation::Operation;
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::requests::Engine;
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::election::failover::Cause;
use crate::polardb::nodes::{NodeKind, Role};
use crate::polardb::observe::rules::P_511;
use crate::polardb::refusal::{PolarDbReason, PolarDbRefusal};
use crate::rule::cite;
use crate::spelling::spelled;
use crate::time::Timestamp;

/// `DescribeHALogs` with `LogType=HaSwitchLogList`, the only one there is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribeHaLogs {
    /// The cluster.
    pub cluster: ClusterId,
    /// `DBNodeId`: only switches from or to this node; none, if the cluster does not have it.
    pub node: Option<NodeId>,
    /// `StartTime`: only switches that began at this time or later.
    pub from: Option<Timestamp>,
    /// `EndTime`: only switches that began at this time or earlier; later than `from`.
    pub to: Option<Timestamp>,
    /// `PageNumber`, from 1.
    pub page_number: u32,
    /// `PageSize`: 5 to 50, 10 by default.
    pub page_size: u16,
}

constructor! {
    DescribeHaLogs(cluster: ClusterId)
    { node => node: NodeId, from => from: Timestamp, to => to: Timestamp }
    { page_number: u32 = 1, page_size: u16 = 10 }
}

spelled! {
    /// `DBInstanceType`: the subject of the log.
    InstanceType
    /// `polardb_mysql_rw`: the whole cluster, or its writer.
    ReadWrite = "polardb_mysql_rw",
    /// `polardb_mysql_ro`: a read-only node.
    ReadOnly = "polardb_mysql_ro",
    /// `polardb_mysql_standby`: a standby node.
    Standby = "polardb_mysql_standby",
}

/// A switch that moved the writer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Switch {
    /// Its number within the cluster, from 1.
    pub number: u64,
    /// Why it ran.
    pub cause: Cause,
    /// The writer before.
    pub from: NodeId,
    /// The writer after.
    pub to: NodeId,
    /// When it began.
    pub started_at: Timestamp,
    /// When the writer moved.
    pub finished_at: Timestamp,
}

impl Switch {
    /// `SwitchId`: a UUID made from the id of the cluster and the number, so that the same events give the same ids.
    pub fn id(&self, cluster: &ClusterId) -> String {
        // FNV-1a from two offset bases; nothing depends on its strength.
        let half = |basis: u64| {
            let bytes = cluster.as_str().bytes().chain(self.number.to_le_bytes());
            bytes.fold(basis, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
        };
        let (high, low) = (half(0xcbf2_9ce4_8422_2325), half(0x9ae1_6a3b_2f90_404f));
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}

/// What `DescribeHALogs` answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HaLogPage {
    /// The cluster.
    pub cluster: ClusterId,
    /// The node, if one was asked for.
    pub node: Option<NodeId>,
    /// The subject of the log.
    pub instance_type: InstanceType,
    /// The switches of this page, the latest first. The control plane leaves it empty: see [`HaLog::complete`].
    pub switches: Vec<Switch>,
    /// The page that was asked for.
    pub page_number: u32,
    /// Its size.
    pub page_size: u16,
    /// The number of all switches that match.
    pub total: usize,
}

impl DescribeHaLogs {
    /// The answer without the switches, which a cluster does not store; only MySQL clusters have one (`P-510`).
    pub(crate) fn page(&self, cluster: &DbCluster) -> Result<HaLogPage, PolarDbRefusal> {
        if cluster.engine != Engine::MySql {
            let refused = PolarDbReason::NoHaLog { cluster: self.cluster.clone() };
            return Err(refused.of(Operation::DescribeHaLogs));
        }
        let node = self.node.as_ref().and_then(|node| cluster.node(node));
        Ok(HaLogPage {
            cluster: self.cluster.clone(),
            node: self.node.clone(),
            instance_type: match node {
                Some(node) if node.kind == NodeKind::Standby => InstanceType::Standby,
                Some(node) if node.role == Role::Reader => InstanceType::ReadOnly,
                _ => InstanceType::ReadWrite,
            },
            switches: Vec::new(),
            page_number: self.page_number,
            page_size: self.page_size,
            total: 0,
        })
    }

    fn wants(&self, switch: &Switch) -> bool {
        self.node.as_ref().is_none_or(|node| [&switch.from, &switch.to].contains(&node))
            && self.from.is_none_or(|from| switch.started_at >= from)
            && self.to.is_none_or(|to| switch.started_at <= to)
    }
}

/// The switches of one cluster, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct Switches {
    account: AccountId,
    kept: VecDeque<Switch>,
}

/// The switches of all clusters, folded from the events.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct HaLog(BTreeMap<ClusterId, Switches>);

impl HaLog {
    /// The number of switches that are kept of a cluster, the latest ones. No source says how many the vendor keeps.
    pub const CAPACITY: usize = 1_000;

    /// Takes in a fact about a cluster of this account. Of all facts, a switch adds an entry and the removal of the cluster
    /// drops its entries.
    pub fn record(&mut self, at: Timestamp, account: &AccountId, cluster: &ClusterId, fact: &ClusterFact) {
        match fact {
            ClusterFact::WriterMoved { from, to, took, cause, .. } => {
                cite!(P_511);
                let of = self
                    .0
                    .entry(cluster.clone())
                    .or_insert_with(|| Switches { account: account.clone(), kept: VecDeque::new() });
                let number = of.kept.back().map_or(0, |switch| switch.number).saturating_add(1);
                if of.kept.len() >= HaLog::CAPACITY {
                    of.kept.pop_front();
                }
                let started_at = Timestamp::from_millis(at.as_millis().saturating_sub(took.as_millis()));
                let (cause, from, to) = (*cause, from.clone(), to.clone());
                of.kept.push_back(Switch { number, cause, from, to, started_at, finished_at: at });
            }
            ClusterFact::Status { to: None, .. } => drop(self.0.remove(cluster)),
            _ => {}
        }
    }

    /// Forgets the switches of an account's clusters.
    pub fn forget_account(&mut self, account: &AccountId) {
        self.0.retain(|_, of| of.account != *account);
    }

    /// Fills the switches into an answer of the control plane.
    pub fn complete(&self, request: &DescribeHaLogs, page: &mut HaLogPage) {
        let kept = self.0.get(&page.cluster).into_iter().flat_map(|of| of.kept.iter().rev());
        let skip = u64::from(request.page_number).saturating_sub(1).saturating_mul(request.page_size.into());
        (page.switches, page.total) = (Vec::new(), 0);
        for switch in kept.filter(|switch| request.wants(switch)) {
            if page.total as u64 >= skip && page.switches.len() < usize::from(request.page_size) {
                page.switches.push(switch.clone());
            }
            page.total = page.total.saturating_add(1);
        }
    }

    /// The kept switches of a cluster, oldest first.
    pub fn of(&self, cluster: &ClusterId) -> impl Iterator<Item = &Switch> {
        self.0.get(cluster).into_iter().flat_map(|of| of.kept.iter())
    }

    /// The first cluster whose switches cannot have been recorded by this time: `owner` does not name the recorded account,
    /// their numbers or times do not grow, or there are too many.
    pub fn misfit(
        &self,
        now: Timestamp,
        owner: impl Fn(&ClusterId) -> Option<AccountId>,
    ) -> Option<&ClusterId> {
        let fits = |cluster: &ClusterId, of: &Switches| {
            let mut last: Option<&Switch> = None;
            owner(cluster).as_ref() == Some(&of.account)
                && (1..=HaLog::CAPACITY).contains(&of.kept.len())
                && of.kept.iter().all(|switch| {
                    let fine = switch.started_at <= switch.finished_at
                        && switch.finished_at <= now
                        && switch.number >= 1
                        && last.is_none_or(|before| {
                            before.number.checked_add(1) == Some(switch.number)
                                && before.finished_at <= switch.finished_at
                        });
                    last = Some(switch);
                    fine
                })
        };
        self.0.iter().find(|(cluster, of)| !fits(cluster, of)).map(|(cluster, _)| cluster)
    }
}
