//! What a recording that has no whole answers says of an answer.
//!
//! A record of what was done, unlike one of what was sent, may leave out the body of an answer, or hold a code and no status.
//! What is known is used and nothing is made up: an accepted call whose id is not told is one whose answer was lost.

use serde_json::{Map, Value, json};

use crate::operation::Operation;
use crate::trace::exchange::{Answer, operation_of};

/// What is known of the answer of a call.
pub(super) enum Told {
    /// All of it that means something.
    Whole(Answer),
    /// That the call was accepted, and not what it made: as if the answer had been lost.
    Accepted(&'static str),
    /// Nothing that could be held against the model.
    Nothing(&'static str),
}

/// The answer of a call that was accepted, as far as `body` has it.
pub(super) fn accepted(version: &str, action: &str, body: Option<Value>) -> Told {
    let body = body.filter(Value::is_object).unwrap_or_else(|| Value::Object(Map::new()));
    match operation_of(version, action).map(tells) {
        Some(Tells::Made(field)) if body.get(field).is_none() => Told::Accepted(field),
        Some(Tells::Shown(field)) if body.get(field).is_none() => Told::Nothing(field),
        _ => Told::Whole(Answer { status: 200, body }),
    }
}

/// The answer of a call that was refused with this code.
pub(super) fn refused(version: &str, action: &str, code: &str, message: Option<&str>) -> Answer {
    let status = status_of(operation_of(version, action), code);
    Answer { status, body: json!({ "Code": code, "Message": message.unwrap_or_default() }) }
}

/// The field without which an answer is not whole.
enum Tells {
    /// The id of what the call made.
    Made(&'static str),
    /// What was asked to be shown.
    Shown(&'static str),
    /// An answer to this operation says no more than that it was accepted.
    NoMore,
}

const fn tells(operation: Operation) -> Tells {
    match operation {
        Operation::CreateDiskReplicaPair => Tells::Made("ReplicaPairId"),
        Operation::CreateDiskReplicaGroup => Tells::Made("ReplicaGroupId"),
        Operation::StartPairDrill | Operation::StartReplicaGroupDrill => Tells::Made("DrillId"),
        Operation::CreateDbCluster => Tells::Made("DBClusterId"),
        Operation::CreateDbNodes => Tells::Made("DBNodeIds"),
        Operation::CreateGlobalDatabaseNetwork => Tells::Made("GDNId"),
        Operation::DescribeDiskReplicaPairs => Tells::Shown("ReplicaPairs"),
        Operation::DescribeDiskReplicaGroups => Tells::Shown("ReplicaGroups"),
        Operation::DescribeDiskReplicaPairProgress => Tells::Shown("Progress"),
        Operation::DescribePairDrills | Operation::DescribeReplicaGroupDrills => Tells::Shown("Drills"),
        Operation::ListTagResources => Tells::Shown("TagResources"),
        Operation::DescribeDbClusterAttribute | Operation::DescribeDbClusterAttributeZonal => {
            Tells::Shown("DBNodes")
        }
        Operation::DescribeDbClusters
        | Operation::DescribeDbClustersZonal
        | Operation::DescribeDbClusterEndpoints
        | Operation::DescribeDbClusterEndpointsZonal
        | Operation::DescribeGlobalDatabaseNetworks => Tells::Shown("Items"),
        Operation::DescribeGlobalDatabaseNetwork => Tells::Shown("DBClusters"),
        Operation::DescribeHaLogs => Tells::Shown("HaLogItems"),
        Operation::DescribeEbsRegions | Operation::DescribePolarDbRegions => Tells::Shown("Regions"),
        _ => Tells::NoMore,
    }
}

/// The HTTP status of a code, by the vendor's metadata of the two products (`docs/facts/`, error codes); 400 for a code that
/// they do not list.
fn status_of(operation: Option<Operation>, code: &str) -> u16 {
    use Operation::{
        AddDiskReplicaPair, CreateDiskReplicaGroup, CreateDiskReplicaPair, DescribeDbClusterAttribute,
        DescribeDbClusterAttributeZonal, DescribeDbClusters, DescribeDbClustersZonal,
        DescribeGlobalDatabaseNetwork, DescribeHaLogs,
    };
    let among = |list: &[Operation]| operation.is_some_and(|operation| list.contains(&operation));
    match code {
        "InternalError" => 500,
        "ServiceUnavailable" => 503,
        "RequestTimeout" => 504,
        // The same code under two statuses.
        "OperationDenied.QuotaExceed" => {
            let pairs = [CreateDiskReplicaPair, CreateDiskReplicaGroup, AddDiskReplicaPair];
            if among(&pairs) { 403 } else { 400 }
        }
        "InvalidDBClusterId.Malformed" => {
            let attribute = [DescribeDbClusterAttribute, DescribeDbClusterAttributeZonal, DescribeHaLogs];
            if among(&attribute) { 400 } else { 404 }
        }
        "DBTypeOrDBVersion.Malformed" => {
            let lists = [DescribeDbClusters, DescribeDbClustersZonal];
            if among(&lists) { 404 } else { 400 }
        }
        "GDN.NotFound" => {
            if among(&[DescribeGlobalDatabaseNetwork]) {
                400
            } else {
                404
            }
        }
        "OperationDenied.StandbyDeviceAttached" => 400,
        "NoSuchResource"
        | "InvalidParam"
        | "InvalidEditType"
        | "InsufficientResource"
        | "MissingParameter.ResourceType"
        | "MissingParameter.ResourceGroup" => 404,
        "LastTokenProcessing"
        | "InvalidAccountStatus.NotEnoughBalance"
        | "ActionUnauthorized"
        | "IncorrectDBInstance"
        | "IncorrectDBInstanceType" => 403,
        _ if code.ends_with("WithStrictConsistencyOn") => 400,
        _ if code.ends_with(".NotFound") => 404,
        _ if ["OperationDenied", "Forbidden", "NoPermission", "InvalidParam."]
            .iter()
            .any(|begins| code.starts_with(begins)) =>
        {
            403
        }
        _ => 400,
    }
}

/// Every text in a document, fields and items alike.
pub(super) fn texts<'a>(value: &'a Value, found: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) => found(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use alloc::string::String;

    use super::*;

    /// The vendor's metadata says the status of every code of its lists.
    #[test]
    fn a_status_is_that_of_the_metadata() -> Result<(), serde_json::Error> {
        let listed: BTreeMap<String, BTreeMap<String, (u16, String)>> =
            serde_json::from_str(include_str!("../../../tests/fixtures/error-codes.json"))?;
        let mut seen = 0;
        for (name, codes) in &listed {
            let named = |operation: &&Operation| {
                operation.as_str() == name || alloc::format!("{operation:?}") == *name
            };
            let operation = Operation::ALL.iter().find(named).copied();
            assert!(operation.is_some(), "{name}");
            for (code, (status, _)) in codes {
                assert_eq!(status_of(operation, code), *status, "{name} {code}");
                seen += 1;
            }
        }
        assert!(seen > 400, "{seen}");
        Ok(())
    }
}
