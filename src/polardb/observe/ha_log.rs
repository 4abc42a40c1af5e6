//! `DescribeHALogs`: the switches of a cluster, a projection of the events.
//!
//! A cluster decides nothing by its past switches but for the last one, so the model's state does not hold them. Whoever
//! keeps the events folds them into an [`HaLog`] and completes the answers from it ([`HaLog::complete`]), as the
//! simulation and the scenarios here do; the control plane alone checks the call and answers with an empty page.
//!
//! A switch is listed when it has moved the writer (`P-511`). Whether the vendor lists a switch that ended without success
//! is not documented; neither is the cause code of an automatic one, which is therefore left out, not invented (`P-512`).
//! Only MySQL has the operation (`P-510`).

use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{AccountId, ClusterId, NodeId};
use crate::polardb::cluster::DbCluster;
use crate::polardb::cluster::step::ClusterFact;
use crate::polardb::election::failover::Cause;
use crate::polardb::nodes::{NodeKind, Role};
use crate::time::Timestamp;

/// `DescribeHALogs` with `LogType=HaSwitchLogList`, the only one there is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DescribeHaLogs {
    /// The cluster.
    pub cluster: ClusterId,
    /// `DBNodeId`: only switches from or to this node. Of a node that is not the cluster's there are none.
    pub node: Option<NodeId>,
    /// `StartTime`: only switches that began then or later.
    pub from: Option<Timestamp>,
    /// `EndTime`: only switches that began then or earlier; later than `from`.
    pub to: Option<Timestamp>,
    /// `PageNumber`, from 1.
    pub page_number: u32,
    /// `PageSize`: 5 to 50, 10 by default.
    pub page_size: u16,
}

/// `DBInstanceType`: what the log is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InstanceType {
    /// `polardb_mysql_rw`: the cluster as a whole, or its writer.
    ReadWrite,
    /// `polardb_mysql_ro`: a read-only node.
    ReadOnly,
    /// `polardb_mysql_standby`: a standby node.
    Standby,
}

impl InstanceType {
    /// The wire spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadWrite => "polardb_mysql_rw",
            Self::ReadOnly => "polardb_mysql_ro",
            Self::Standby => "polardb_mysql_standby",
        }
    }
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
    /// `SwitchId`: in the shape of a UUID, made from the cluster's id and the number, so the same events give the same ids.
    pub fn id(&self, cluster: &ClusterId) -> String {
        // FNV-1a, twice with different beginnings: nothing depends on its strength.
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
    /// What the log is of.
    pub instance_type: InstanceType,
    /// The switches of this page, the latest first. Empty as the control plane answers: see [`HaLog::complete`].
    pub switches: Vec<Switch>,
    /// The page that was asked for.
    pub page_number: u32,
    /// Its size.
    pub page_size: u16,
    /// How many switches match in all.
    pub total: usize,
}

impl DescribeHaLogs {
    /// The answer, as far as the cluster knows: without any switch.
    pub(crate) fn page(&self, cluster: &DbCluster) -> HaLogPage {
        let node = self.node.as_ref().and_then(|node| cluster.node(node));
        HaLogPage {
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
        }
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
    /// How many switches of a cluster are kept; the oldest make room. No source says how many the vendor keeps.
    pub const CAPACITY: usize = 1_000;

    /// Takes in a fact about a cluster of this account that happened then. Facts that are no switch change nothing; a
    /// cluster that is gone takes its switches along.
    pub fn record(&mut self, at: Timestamp, account: &AccountId, cluster: &ClusterId, fact: &ClusterFact) {
        match fact {
            ClusterFact::WriterMoved { from, to, took, cause, .. } => {
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

    /// Puts the switches into an answer of the control plane.
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

    /// The switches of a cluster that are kept, oldest first.
    pub fn of(&self, cluster: &ClusterId) -> impl Iterator<Item = &Switch> {
        self.0.get(cluster).into_iter().flat_map(|of| of.kept.iter())
    }

    /// The first cluster whose switches cannot have been recorded by this clock: one that `owner` does not know as this
    /// account's, or numbers and times that do not grow, or too many of them.
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
