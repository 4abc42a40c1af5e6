//! What an exchange is about: the names of resources, disks and tokens in its request and its answer.
//!
//! Exchanges that share a name belong to one component, since what happens to one of them can bear on the other. A list of
//! several resources is judged resource by resource, and so joins nothing but what one record names together.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use crate::control_plane::Observation;
use crate::ids::AccountId;
use crate::operation::Operation;
use crate::polardb::EndpointKind;
use crate::trace::exchange::{self, Exchange, has_id};

/// What kind of resource a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Pair,
    Group,
    Drill,
    Cluster,
    Network,
}

impl Kind {
    /// All of them.
    pub(super) const ALL: [Self; 5] = [Self::Pair, Self::Group, Self::Drill, Self::Cluster, Self::Network];

    /// The field that has the id of such a resource.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Pair => "ReplicaPairId",
            Self::Group => "ReplicaGroupId",
            Self::Drill => "DrillId",
            Self::Cluster => "DBClusterId",
            Self::Network => "GDNId",
        }
    }

    /// The kind of resource that an operation creates.
    pub(super) const fn created_by(operation: Operation) -> Option<Self> {
        match operation {
            Operation::CreateDiskReplicaPair => Some(Self::Pair),
            Operation::CreateDiskReplicaGroup => Some(Self::Group),
            Operation::StartPairDrill | Operation::StartReplicaGroupDrill => Some(Self::Drill),
            Operation::CreateDbCluster => Some(Self::Cluster),
            Operation::CreateGlobalDatabaseNetwork => Some(Self::Network),
            _ => None,
        }
    }

    /// Whether the call that creates one names what every record of it names too: its disks, its pair or group, its cluster.
    pub(super) const fn names_its_origin(self) -> bool {
        matches!(self, Self::Pair | Self::Drill | Self::Network)
    }
}

/// The names of an exchange.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Names that the exchange ties together.
    pub(super) joined: Vec<String>,
    /// Sets of names that it mentions side by side: the ids asked for, and of each record of a list those in it.
    pub(super) apart: Vec<Vec<String>>,
}

/// The operation of an exchange, if it is modelled.
pub(super) fn operation_of(exchange: &Exchange) -> Option<Operation> {
    exchange::operation_of(&exchange.version, &exchange.action)
}

/// The kind of resource that an operation lists, each record to be judged by itself.
pub(super) const fn lists(operation: Operation) -> Option<Kind> {
    match operation {
        Operation::DescribeDiskReplicaPairs => Some(Kind::Pair),
        Operation::DescribeDiskReplicaGroups => Some(Kind::Group),
        Operation::DescribeDbClusters => Some(Kind::Cluster),
        _ => None,
    }
}

/// Whether an operation only looks.
pub(super) const fn only_looks(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::DescribeDiskReplicaPairs
            | Operation::DescribeDiskReplicaGroups
            | Operation::DescribeDbClusters
            | Operation::DescribeDbClustersZonal
            | Operation::DescribeDiskReplicaPairProgress
            | Operation::DescribePairDrills
            | Operation::DescribeReplicaGroupDrills
            | Operation::DescribeDbClusterAttribute
            | Operation::DescribeDbClusterAttributeZonal
            | Operation::DescribeDbClusterEndpoints
            | Operation::DescribeDbClusterEndpointsZonal
            | Operation::DescribeGlobalDatabaseNetwork
            | Operation::DescribeHaLogs
            | Operation::ListTagResources
    )
}

/// The ids that a list asks for.
pub(super) fn asked_for(exchange: &Exchange) -> Vec<String> {
    let mut ids = Vec::new();
    for name in ["PairIds", "GroupIds", "DBClusterIds", "DBNodeIds", "ReplicaGroupId"] {
        let text = exchange.parameters.get(name).map_or("", String::as_str);
        ids.extend(text.split(',').map(str::trim).filter(|id| !matches!(*id, "" | "-")).map(str::to_owned));
    }
    ids
}

/// A disk is named within its account.
fn disk(account: &AccountId, id: &str) -> String {
    format!("disk {account} {id}")
}

/// The names of what an observation is about, all of one component.
pub(super) fn names_of(observation: &Observation) -> Vec<String> {
    let one = |id: &str| Vec::from([id.to_owned()]);
    match observation {
        Observation::Disk { account, disk: id, .. } => Vec::from([disk(account, id.as_str())]),
        Observation::PairInvalid { pair, .. } => one(pair.as_str()),
        Observation::GroupInvalid { group, .. } => one(group.as_str()),
        Observation::Node { node, .. } | Observation::NodeMeasured { node, .. } => one(node.as_str()),
        Observation::Nodes { nodes, .. } => nodes.iter().map(|node| node.as_str().to_owned()).collect(),
        Observation::ClusterBusy { cluster, .. } | Observation::ClusterRemoved { cluster } => {
            one(cluster.as_str())
        }
    }
}

impl Names {
    /// The names of a request.
    pub(super) fn of_request(exchange: &Exchange, operation: Operation) -> Self {
        let mut names = Self::default();
        if lists(operation).is_some() {
            names.apart.extend(asked_for(exchange).into_iter().map(|id| Vec::from([id])));
        } else {
            names.of_parameters(exchange, operation);
        }
        names
    }

    /// The names of a request and its answer.
    pub(super) fn of(exchange: &Exchange, operation: Operation) -> Self {
        let mut names = Self::of_request(exchange, operation);
        if let Some(answer) = exchange.answer.as_ref().filter(|answer| answer.status == 200) {
            names.of_answer(exchange, operation, &answer.body);
        }
        names
    }

    fn of_parameters(&mut self, exchange: &Exchange, operation: Operation) {
        for (name, value) in exchange.parameters.iter().filter(|(_, value)| !value.is_empty()) {
            if has_id(name) {
                self.joined.push(value.clone());
            } else if matches!(name.as_str(), "DiskId" | "DestinationDiskId") {
                self.joined.push(disk(&exchange.account, value));
            } else if name == "ClientToken" && operation.takes_token() {
                self.joined.push(format!("token {} {} {value}", exchange.account, exchange.version));
            }
        }
    }

    fn of_answer(&mut self, exchange: &Exchange, operation: Operation, body: &Value) {
        let before = self.joined.len();
        self.joined.extend(Kind::ALL.into_iter().filter_map(|kind| id_of(kind, body)).map(str::to_owned));
        self.joined.extend(texts(body.pointer("/DBNodeIds/DBNodeId")));
        let members = body.get("DBClusters").and_then(Value::as_array).into_iter().flatten();
        self.joined
            .extend(members.filter_map(|member| Some(member.get("DBClusterId")?.as_str()?.to_owned())));
        for (kind, record) in records(body) {
            let named = named_by(exchange, kind, record);
            if lists(operation).is_some() {
                self.apart.push(named);
            } else {
                self.joined.extend(named);
            }
        }
        self.joined.extend(nodes(body).map(str::to_owned));
        if is_about_endpoints(operation) {
            self.joined.extend(behind_endpoints(body).map(|(node, _)| node.to_owned()));
        }
        if lists(operation).is_some() {
            self.joined.truncate(before);
        }
    }
}

/// The texts of a list, each perhaps several with commas between.
fn texts(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    items.flat_map(|text| text.split(',')).map(|text| text.trim().to_owned()).collect()
}

/// The records of resources in an answer.
pub(super) fn records(body: &Value) -> impl Iterator<Item = (Kind, &Value)> {
    const LISTS: [(&str, Kind); 4] = [
        ("/ReplicaPairs", Kind::Pair),
        ("/ReplicaGroups", Kind::Group),
        ("/Drills", Kind::Drill),
        ("/Items/DBCluster", Kind::Cluster),
    ];
    LISTS.into_iter().flat_map(move |(at, kind)| {
        let list = body.pointer(at).and_then(Value::as_array);
        list.into_iter().flatten().map(move |record| (kind, record))
    })
}

/// The id of a record.
pub(super) fn id_of(kind: Kind, record: &Value) -> Option<&str> {
    record.get(kind.field()).and_then(Value::as_str)
}

/// The nodes in the answer of the attribute call, or in a record of a list of clusters.
pub(super) fn node_records(body: &Value) -> impl Iterator<Item = &Value> {
    let list = body.get("DBNodes").map(|nodes| nodes.get("DBNode").unwrap_or(nodes));
    list.and_then(Value::as_array).into_iter().flatten()
}

/// Their ids.
pub(super) fn nodes(body: &Value) -> impl Iterator<Item = &str> {
    node_records(body).filter_map(|node| node.get("DBNodeId").and_then(Value::as_str))
}

/// Whether an operation tells the endpoints of a cluster.
pub(super) const fn is_about_endpoints(operation: Operation) -> bool {
    matches!(operation, Operation::DescribeDbClusterEndpoints | Operation::DescribeDbClusterEndpointsZonal)
}

/// The nodes behind the endpoints of a cluster, and whether each is the writer, which is alone behind the primary endpoint.
pub(super) fn behind_endpoints(body: &Value) -> impl Iterator<Item = (&str, bool)> {
    let list = body.get("Items").and_then(Value::as_array).into_iter().flatten();
    list.flat_map(|endpoint| {
        let text = |name: &str| endpoint.get(name).and_then(Value::as_str).unwrap_or_default();
        let primary = text("EndpointType") == EndpointKind::Primary.as_str();
        let nodes = text("Nodes").split(',').map(str::trim).filter(|node| !node.is_empty());
        nodes.map(move |node| (node, primary))
    })
}

fn named_by(exchange: &Exchange, kind: Kind, record: &Value) -> Vec<String> {
    let text = |name: &str| record.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut named: Vec<String> = id_of(kind, record).map(str::to_owned).into_iter().collect();
    match kind {
        Kind::Pair => {
            named.extend(text("ReplicaGroupId").map(str::to_owned));
            let disks = [text("SourceDiskId"), text("DestinationDiskId")];
            named.extend(disks.into_iter().flatten().map(|id| disk(&exchange.account, id)));
        }
        Kind::Group => named.extend(texts(record.get("PairIds"))),
        Kind::Drill => named.extend(text("GroupId").map(str::to_owned)),
        Kind::Cluster => named.extend(nodes(record).map(str::to_owned)),
        Kind::Network => {}
    }
    named
}

/// Which names belong together: each name has a number, each number a representative.
#[derive(Debug, Default)]
pub(super) struct Together {
    numbers: BTreeMap<String, usize>,
    parents: Vec<usize>,
}

impl Together {
    /// The number of a name.
    pub(super) fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.parents.len();
        self.parents.push(number);
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// Joins the components of these names.
    pub(super) fn join(&mut self, names: &[String]) {
        let mut first = None;
        for name in names {
            let number = self.number(name);
            let root = self.root(number);
            let with = *first.get_or_insert(root);
            if let Some(parent) = self.parents.get_mut(root) {
                *parent = with;
            }
        }
    }

    /// The representative of a number.
    fn root(&mut self, mut at: usize) -> usize {
        loop {
            let parent = self.parents.get(at).copied().unwrap_or(at);
            if parent == at {
                return at;
            }
            // Paths are halved as they are walked.
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(entry) = self.parents.get_mut(at) {
                *entry = above;
            }
            at = above;
        }
    }

    /// The representative of a name, if it is known.
    pub(super) fn component(&self, name: &str) -> Option<usize> {
        Some(self.component_of(*self.numbers.get(name)?))
    }

    /// The representative of a number.
    pub(super) fn component_of(&self, mut at: usize) -> usize {
        loop {
            let parent = self.parents.get(at).copied().unwrap_or(at);
            if parent == at {
                return at;
            }
            at = parent;
        }
    }
}
