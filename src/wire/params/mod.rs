//! Parameters to typed requests.
//!
//! Every operation reads its parameters in the order of the vendor's own list, so of several bad ones the first there
//! is named (`W-025`), after `RegionId`; parameters that only newer SDKs know follow at the end. No source says in which order the vendor
//! looks. What an operation does not define is ignored (`W-026`), and so are, for the list of clusters, the filters that
//! the model holds nothing for: `ConnectionString`, `DescribeType`, `Expired` and the two `Recent…Interval`; of the
//! endpoints' `DescribeType` likewise.
//!
//! Of the token only the format is looked at here (`T-010`), and only where the operation defines it; the alphabet that
//! the policy admits is the control plane's business.

mod cursor;
mod drills;
mod ebs;
mod groups;
mod nodes;
mod polardb;
mod reader;

use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::control_plane::{Refusal, Request};
use crate::ebs::{
    DeleteDiskReplicaGroup, DeleteDiskReplicaPair, FailoverDiskReplicaGroup, FailoverDiskReplicaPair,
    StopDiskReplicaGroup, StopDiskReplicaPair,
};
use crate::ids::RegionId;
use crate::operation::Operation;
use crate::polardb::{DeleteDbCluster, DescribeDbClusterAttribute, FailoverDbClusterZonal};
use crate::token::ClientToken;

use super::gateway::{self, WireRefusal};
pub(super) use cursor::{encode as encode_cursor, page_fields};
use reader::Reader;

/// The parameters of a call: the union of query and form.
///
/// A name given twice with one value counts once; with two values it is contradictory, whatever the order (`W-020`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters(BTreeMap<String, Option<String>>);

/// What is known of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Not given, or empty (`W-021`).
    Absent,
    /// Given.
    Is(&'a str),
    /// Given with two values.
    Contradictory,
}

impl Parameters {
    /// Adds a parameter, its percent encoding undone.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let value = value.into();
        let entry = self.0.entry(name.into()).or_insert_with(|| Some(value.clone()));
        if entry.as_deref() != Some(value.as_str()) {
            *entry = None;
        }
    }

    /// The value of a parameter, unless it is absent, empty or contradictory.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.value(name) {
            Value::Is(text) => Some(text),
            Value::Absent | Value::Contradictory => None,
        }
    }

    pub(super) fn value(&self, name: &str) -> Value<'_> {
        match self.0.get(name) {
            None => Value::Absent,
            Some(None) => Value::Contradictory,
            Some(Some(text)) if text.is_empty() => Value::Absent,
            Some(Some(text)) => Value::Is(text),
        }
    }

    /// The names that begin so, in bytewise order.
    fn names<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let from = self.0.range::<str, _>((core::ops::Bound::Included(prefix), core::ops::Bound::Unbounded));
        from.map(|(name, _)| name.as_str()).take_while(move |name| name.starts_with(prefix))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut parameters = Self::default();
        parameters.extend(pairs);
        parameters
    }
}

impl<N: Into<String>, V: Into<String>> Extend<(N, V)> for Parameters {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, pairs: I) {
        pairs.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}

/// A call as far as its parameters say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What is asked.
    pub request: Request,
    /// `RegionId`, where the operation defines it (`W-024`). Where it does not, the endpoint's region scopes the token.
    pub region: Option<RegionId>,
    /// `ClientToken`, where the operation defines it.
    pub token: Option<ClientToken>,
}

/// Reads a call. `action` and `version` are what the headers say; the parameters `Action` and `Version` count too.
///
/// # Errors
///
/// [`WireRefusal`], which the same parameters always give again.
pub fn parse(
    action: Option<&str>,
    version: Option<&str>,
    parameters: &Parameters,
) -> Result<Parsed, WireRefusal> {
    let operation = gateway::operation(action, version, parameters)?;
    let mut reader = Reader::new(operation, parameters);
    let region =
        if operation.takes_region() { Some(reader.required("RegionId", RegionId::parse)?) } else { None };
    let request = request(operation, &mut reader)?;
    Ok(Parsed { request, region, token: reader.into_token() })
}

/// Every operation by name, so that a new one does not compile until it is read.
fn request(operation: Operation, reader: &mut Reader<'_>) -> Result<Request, Refusal> {
    Ok(match operation {
        Operation::CreateDiskReplicaPair => ebs::create(reader)?.into(),
        Operation::StartDiskReplicaPair => ebs::start(reader)?.into(),
        Operation::StopDiskReplicaPair => StopDiskReplicaPair { pair: ebs::pair(reader)? }.into(),
        Operation::FailoverDiskReplicaPair => FailoverDiskReplicaPair { pair: ebs::pair(reader)? }.into(),
        Operation::ReprotectDiskReplicaPair => ebs::reprotect(reader)?.into(),
        Operation::DeleteDiskReplicaPair => DeleteDiskReplicaPair { pair: ebs::pair(reader)? }.into(),
        Operation::DescribeDiskReplicaPairs => ebs::describe(reader)?.into(),
        Operation::ModifyDiskReplicaPair => ebs::modify(reader)?.into(),
        Operation::DescribeDiskReplicaPairProgress => ebs::progress(reader)?.into(),
        Operation::TagResources => ebs::tags::tag(reader)?.into(),
        Operation::UntagResources => ebs::tags::untag(reader)?.into(),
        Operation::ListTagResources => ebs::tags::list(reader)?.into(),
        Operation::ChangeResourceGroup => ebs::tags::change_group(reader)?.into(),
        Operation::CreateDiskReplicaGroup => groups::create(reader)?.into(),
        Operation::ModifyDiskReplicaGroup => groups::modify(reader)?.into(),
        Operation::StartDiskReplicaGroup => groups::start(reader)?.into(),
        Operation::StopDiskReplicaGroup => StopDiskReplicaGroup { group: groups::group(reader)? }.into(),
        Operation::FailoverDiskReplicaGroup => {
            FailoverDiskReplicaGroup { group: groups::group(reader)? }.into()
        }
        Operation::ReprotectDiskReplicaGroup => groups::reprotect(reader)?.into(),
        Operation::DeleteDiskReplicaGroup => DeleteDiskReplicaGroup { group: groups::group(reader)? }.into(),
        Operation::DescribeDiskReplicaGroups => groups::describe(reader)?.into(),
        Operation::AddDiskReplicaPair => groups::add(reader)?.into(),
        Operation::RemoveDiskReplicaPair => groups::remove(reader)?.into(),
        Operation::StartPairDrill => drills::start_pair(reader)?.into(),
        Operation::ClearPairDrill => drills::clear_pair(reader)?.into(),
        Operation::DescribePairDrills => drills::describe_pair(reader)?.into(),
        Operation::StartReplicaGroupDrill => drills::start_group(reader)?.into(),
        Operation::ClearReplicaGroupDrill => drills::clear_group(reader)?.into(),
        Operation::DescribeReplicaGroupDrills => drills::describe_group(reader)?.into(),
        Operation::CreateDbCluster => polardb::create(reader)?.into(),
        Operation::DeleteDbCluster => DeleteDbCluster { cluster: polardb::cluster(reader)? }.into(),
        Operation::ModifyDbNodeConfig => polardb::node_config(reader)?.into(),
        Operation::FailoverDbCluster => polardb::failover(reader)?.into(),
        Operation::FailoverDbClusterZonal => FailoverDbClusterZonal(polardb::failover(reader)?).into(),
        Operation::CreateDbNodes => nodes::create(reader)?.into(),
        Operation::DeleteDbNodes => nodes::delete(reader)?.into(),
        Operation::ModifyDbNodeClass => nodes::class(reader)?.into(),
        Operation::ModifyDbNodesClass => nodes::classes(reader)?.into(),
        Operation::RestartDbNode => nodes::restart(reader)?.into(),
        Operation::ModifyDbNodeHotReplicaMode => nodes::hot_replica(reader)?.into(),
        Operation::ModifyDbClusterPrimaryZone => nodes::zone(reader)?.into(),
        Operation::ModifyDbClusterDeletion => nodes::lock(reader)?.into(),
        Operation::DescribeDbClusters => polardb::describe(reader)?.into(),
        Operation::DescribeDbClusterAttribute => {
            DescribeDbClusterAttribute { cluster: polardb::cluster(reader)? }.into()
        }
        Operation::DescribeDbClusterEndpoints => polardb::endpoints(reader)?.into(),
        Operation::DescribeHaLogs => polardb::ha_logs(reader)?.into(),
    })
}
