//! What control requests are answered, in types.
//!
//! They are written again as they were read: a field that an answer has and its type does not is a fault of the type. A
//! field that only a later server knows is passed over.

use std::borrow::Cow;

use failover_model::polardb::NodeKind;
use failover_model::simulation::Transitions;
use failover_model::{AccountId, ClusterId, DiskId, DrillId, GroupId, NetworkId, NodeId, PairId, RegionId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::requests::{Fault, Times};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// Why, in words.
    pub(crate) error: String,
    /// The number of the oldest event that is kept, where older ones were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) first_seq: Option<u64>,
    /// Where a clock stopped on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) now_ms: Option<u64>,
}

/// `GET health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Always `ok`.
    pub status: String,
    /// The time.
    pub now_ms: u64,
    /// The seed of the account.
    pub seed: u64,
    /// The version of the server.
    pub version: String,
    /// How effects end.
    pub transitions: Transitions,
}

/// `GET accounts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// All that were asked for, by id.
    pub accounts: Vec<AccountRow>,
    /// The account of access keys that are no account, and of control requests that name none.
    pub default: AccountId,
}

/// An account in the list of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Its id.
    pub account: AccountId,
    /// Its time.
    pub now_ms: u64,
    /// How many resources it has, tombstones included.
    pub resources: usize,
    /// How many effects are outstanding.
    pub effects: usize,
    /// How many faults lie in wait.
    pub faults: usize,
    /// The number that its next event will get.
    pub next_seq: u64,
}

/// `GET clock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockState {
    /// The time.
    pub now_ms: u64,
    /// Where the clock is on its way to, while it moves.
    pub until_ms: Option<u64>,
    /// What falls due next.
    pub next: Option<Due>,
}

/// Work that falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// When.
    pub at_ms: u64,
    /// The kind of effect that ends, or of deadline.
    pub reason: String,
    /// Of which resource.
    pub resource: String,
}

/// `POST clock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The time.
    pub now_ms: u64,
    /// How many effects ended, and at how many moments deadlines fired.
    pub fired: u64,
    /// What falls due next.
    pub next: Option<Due>,
}

/// `GET events`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The oldest that match, in order.
    pub events: Vec<Entry>,
    /// The number of the oldest event kept; of the next one if none is.
    pub first_seq: u64,
    /// The number that the next event will get.
    pub next_seq: u64,
}

/// An event of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number; zero of an event that is in no feed.
    pub seq: u64,
    /// When it happened, on the emulator's clock.
    pub at_ms: u64,
    /// Whose it is.
    pub account: AccountId,
    /// The pair, cluster or disk; `None` where a call names none or several.
    pub resource: Option<String>,
    /// What happened.
    pub kind: Cow<'static, str>,
    /// The number of the rule that decided.
    pub rule: Option<Cow<'static, str>>,
    /// The status, access or writer before.
    pub from: Option<String>,
    /// The status, access or writer after.
    pub to: Option<String>,
    /// Whatever else there is to say.
    pub detail: Map<String, Value>,
}

impl Entry {
    /// An event of this kind that says nothing more.
    pub fn new(at_ms: u64, account: AccountId, kind: &'static str) -> Self {
        Self {
            seq: 0,
            at_ms,
            account,
            resource: None,
            kind: Cow::Borrowed(kind),
            rule: None,
            from: None,
            to: None,
            detail: Map::new(),
        }
    }

    /// Adds a detail.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(key.into(), value.into());
        self
    }
}

/// `POST seed`: what became of a paste.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Planted {
    /// Pairs that were entered.
    #[serde(rename = "ReplicaPairIds")]
    pub pairs: Vec<PairId>,
    /// Groups.
    #[serde(rename = "ReplicaGroupIds")]
    pub groups: Vec<GroupId>,
    /// Drills.
    #[serde(rename = "DrillIds")]
    pub drills: Vec<DrillId>,
    /// Clusters.
    #[serde(rename = "DBClusterIds")]
    pub clusters: Vec<ClusterId>,
    /// Global database networks.
    #[serde(rename = "GDNIds")]
    pub networks: Vec<NetworkId>,
    /// Regions.
    #[serde(rename = "RegionIds")]
    pub regions: Vec<RegionId>,
    /// What the model does not show again.
    pub ignored: Vec<Ignored>,
    /// What could not be entered.
    pub left_out: Vec<LeftOut>,
}

/// A place in a paste that was ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// Where.
    pub at: String,
}

/// An object of a paste that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Where.
    pub at: String,
    /// Why.
    pub reason: String,
}

/// `GET effects`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Effects {
    pub(crate) effects: Vec<Effect>,
}

/// An outstanding effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Its number, which ends it.
    pub id: String,
    /// Its kind, such as `promote_node`.
    pub kind: String,
    /// Its resource.
    pub resource: String,
    /// Since when it is outstanding.
    pub since_ms: u64,
    /// What else there is to say, by kind.
    pub detail: Map<String, Value>,
}

/// `POST effects/{id}`: what came of an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The events.
    pub events: Vec<Entry>,
    /// The effects that it caused and that are outstanding.
    pub effects: Vec<Effect>,
}

/// `POST faults`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Its number, which withdraws a planned one.
    pub id: String,
    /// Of a disk: whether a pair has it. If not, what was seen counts once one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<bool>,
}

/// `GET faults`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Faults {
    pub(crate) faults: Vec<Planned>,
}

/// A fault that lies in wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Its number.
    pub id: String,
    /// What it is; its `times` are those that are left.
    #[serde(flatten)]
    pub fault: PlannedFault,
}

/// What lies in wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PlannedFault {
    /// Calls to a region get no answer and have no effect, since [`Fault::Region`] without `api`.
    Silence(Silence),
    /// A fault as it was posted.
    Fault(Fault),
}

/// A region whose calls get no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Always `silence`.
    pub kind: SilenceKind,
    /// The region.
    pub region: RegionId,
    /// Until it is withdrawn.
    pub times: Times,
}

/// The word `silence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SilenceKind {
    /// Itself.
    Silence,
}

/// `GET disks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Disks {
    pub(crate) disks: Vec<Disk>,
}

/// A disk of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Its id.
    pub id: DiskId,
    /// Whether it is up.
    pub up: bool,
    /// Whether it is attached to a host.
    pub attached: bool,
    /// What its host may do.
    pub access: String,
}

/// `GET clusters/{id}/outlook`: what would happen if the writer fell now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// The writer.
    pub writer: NodeId,
    /// The writer that would follow, if any.
    pub next: Option<NodeId>,
    /// The status that the cluster would have.
    pub status: String,
    /// The events of the cluster until then.
    pub events: Vec<Entry>,
}

/// `GET resources`: what an account has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// The time.
    pub now_ms: u64,
    /// How many there are, tombstones included, whatever part of them is told.
    pub total: usize,
    /// Pairs.
    pub pairs: Vec<Pair>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Drills.
    pub drills: Vec<Drill>,
    /// Clusters.
    pub clusters: Vec<Cluster>,
}

/// A pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Its id.
    pub id: PairId,
    /// Its status.
    pub status: String,
    /// Its status message.
    pub message: Option<String>,
    /// The group that it is in.
    pub group: Option<GroupId>,
    /// Where it is copied from.
    pub source: PairEnd,
    /// Where it is copied to.
    pub destination: PairEnd,
    /// The time of the last complete copy.
    pub recover_point_ms: Option<u64>,
}

/// An end of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairEnd {
    /// Its region.
    pub region: RegionId,
    /// Its zone.
    pub zone: String,
    /// Its disk.
    pub disk: DiskId,
    /// What the disk's host may do.
    pub access: String,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its status.
    pub status: String,
    /// Its members.
    pub pairs: Vec<PairId>,
    /// The region that it is copied from.
    pub source: RegionId,
    /// The region that it is copied to.
    pub destination: RegionId,
    /// The time of the last copy that all members have.
    pub recover_point_ms: Option<u64>,
}

/// A drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// Its id.
    pub id: DrillId,
    /// Its status.
    pub status: String,
    /// The pair or group that it is of.
    pub of: String,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Its id.
    pub id: ClusterId,
    /// Its status.
    pub status: String,
    /// Its region.
    pub region: RegionId,
    /// Its engine.
    pub engine: String,
    /// The version of the engine.
    pub version: String,
    /// Its nodes.
    pub nodes: Vec<Node>,
}

/// A node of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// Its role.
    pub role: String,
    /// Its kind.
    pub kind: NodeKind,
    /// Its status.
    pub status: String,
    /// Its zone.
    pub zone: String,
    /// Its failover priority.
    pub priority: u8,
    /// Whether it is up.
    pub up: bool,
    /// Whether replication to it is normal.
    pub replicating: bool,
    /// Whether it is a hot replica.
    pub hot_replica: bool,
    /// In which round of an election it would be asked, from 1; `None` if in none.
    pub tier: Option<usize>,
    /// The rule that keeps it out of an election.
    pub barred_by: Option<String>,
}

/// `GET rules`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<Rule>,
}

/// What a rule's number stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its number.
    pub id: String,
    /// How sure it is.
    pub basis: String,
    /// Where it comes from.
    pub source: String,
    /// The sentence.
    pub says: String,
}
