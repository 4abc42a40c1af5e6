//! Codes, statuses and templates against the vendor's own error lists.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use failover_model::control_plane::Refusal;
use failover_model::ebs::{DrillRefusal, EbsRefusal, GroupRefusal, PairStatus};
use failover_model::polardb::PolarDbRefusal;
use failover_model::rule::{Basis, RuleId};
use failover_model::time::Span;
use failover_model::token::TokenRefusal;
use failover_model::{ebs, polardb};

use super::*;

use failover_model::Operation as O;

type Codes = BTreeMap<String, BTreeMap<String, (u16, String)>>;

fn metadata() -> Codes {
    serde_json::from_str(include_str!("../../fixtures/error-codes.json")).unwrap()
}

fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().unwrap()
}

/// Every refusal that an operation's product has.
fn every(operation: Operation) -> Vec<Refusal> {
    let rule = RuleId("X");
    let parameter: Cow<'static, str> = "RegionId".into();
    let why: Cow<'static, str> = "".into();
    let wait = Span::from_secs(1);
    let mut all: Vec<Refusal> = Vec::new();
    match operation.product() {
        Product::Ebs => {
            let (pair, region, disk) = (|| id("pair-1"), || id("cn-shanghai"), || id("d-1"));
            all.extend(
                TokenRefusal::ALL.iter().map(|&refusal| EbsRefusal::Token { operation, refusal }.into()),
            );
            let rest = [
                EbsRefusal::MissingParameter { operation, parameter: parameter.clone() },
                EbsRefusal::InvalidParameter { operation, parameter, why },
                EbsRefusal::NoSuchResource { operation, resource: "pair-1".into(), region: region(), rule },
                EbsRefusal::InvalidStatus { operation, pair: pair(), status: PairStatus::Invalid, rule },
                EbsRefusal::OperateNotAllowedForPrimary { operation, pair: pair(), region: region() },
                EbsRefusal::NotAtSource { operation, pair: pair(), region: region() },
                EbsRefusal::StandbyDeviceAttached { operation, pair: pair(), disk: disk() },
                EbsRefusal::PrimaryDeviceAttached { operation, pair: pair(), disk: disk() },
                EbsRefusal::ManualSyncLimit { operation, pair: pair(), wait },
                EbsRefusal::NoRecoverPoint { operation, pair: pair() },
                EbsRefusal::DiskInUse { operation, disk: disk(), pair: pair() },
                EbsRefusal::TooClose { operation, rule },
                EbsRefusal::RegionNotSupported { operation, region: region() },
            ];
            all.extend(rest.map(Refusal::from));
            if matches!(
                operation,
                O::TagResources | O::UntagResources | O::ListTagResources | O::ChangeResourceGroup
            ) {
                let given: Cow<'static, str> = "x".into();
                let resource = || given.clone();
                let tags = [
                    EbsRefusal::MissingParameter { operation, parameter: "ResourceType".into() },
                    EbsRefusal::MissingParameter { operation, parameter: "NewResourceGroupId".into() },
                    EbsRefusal::UnknownResourceType { operation, given: given.clone() },
                    EbsRefusal::ResourceNotFound { operation, resource: resource() },
                    EbsRefusal::TooManyResources { operation },
                    EbsRefusal::TooManyTags { operation },
                    EbsRefusal::DuplicateTagKey { operation },
                    EbsRefusal::TagQuota { operation, resource: resource() },
                    EbsRefusal::TagValueAlone { operation, parameter: "Tag.1.Value".into() },
                ];
                all.extend(tags.map(Refusal::from));
            }
            let (group, status) = (|| id("pg-1"), ebs::GroupStatus::Invalid);
            let of_pair = PairStatus::Invalid;
            let of_group = [
                GroupRefusal::PairInGroup(pair()),
                GroupRefusal::NotAtDestination(region()),
                GroupRefusal::NotAtProduction(region()),
                GroupRefusal::InvalidStatus { status, rule },
                GroupRefusal::Empty(rule),
                GroupRefusal::HasPair,
                GroupRefusal::NoRecoverPoint(pair()),
                GroupRefusal::ManualSyncLimit(wait),
                GroupRefusal::InAnotherGroup { pair: pair(), other: group(), rule },
                GroupRefusal::NotInGroup(pair()),
                GroupRefusal::CannotAdd { status, rule },
                GroupRefusal::CannotRemove { status, rule },
                GroupRefusal::PairInitializing { pair: pair(), status: of_pair },
                GroupRefusal::PairCannotJoin { pair: pair(), status: of_pair, rule },
                GroupRefusal::PairCannotLeave { pair: pair(), status: of_pair },
                GroupRefusal::StatusConflict { pair: pair(), status: of_pair },
                GroupRefusal::ZoneConflict(pair()),
                GroupRefusal::Full,
            ];
            all.extend(of_group.map(|why| why.of(operation, group()).into()));
            let of_drill = [
                DrillRefusal::NotAtDestination(region()),
                DrillRefusal::NoRecoverPoint,
                DrillRefusal::OwnerDeleted,
                DrillRefusal::InvalidStatus { drill: id("drill-1"), status: ebs::DrillStatus::Executing },
            ];
            all.extend(of_drill.map(|why| why.of(operation).into()));
        }
        Product::PolarDb => {
            let (cluster, node) = (|| id("pc-1"), || id("pi-1"));
            let names = [
                "DBClusterId",
                "DBNodeId",
                "DBNode",
                "TargetDBNodeId",
                "DBType",
                "RegionId",
                "PageSize",
                "PageNumber",
                "ZoneId",
                "ModifyType",
            ];
            all.extend(names.map(|name| {
                PolarDbRefusal::Malformed { operation, parameter: name.into(), why: why.clone() }.into()
            }));
            all.extend(
                TokenRefusal::ALL.iter().map(|&refusal| PolarDbRefusal::Token { operation, refusal }.into()),
            );
            let rest = [
                PolarDbRefusal::MissingParameter { operation, parameter },
                PolarDbRefusal::EngineVersion { operation },
                PolarDbRefusal::TooManyTags { operation },
                PolarDbRefusal::ClusterNotFound { operation, cluster: cluster() },
                PolarDbRefusal::NodeNotFound { operation, cluster: cluster(), node: node() },
                PolarDbRefusal::ClusterCategory { operation, cluster: cluster() },
                PolarDbRefusal::NoHaLog { operation, cluster: cluster() },
                PolarDbRefusal::NodeUnknown { operation, node: node() },
                PolarDbRefusal::NodeNumber { operation, cluster: cluster(), rule },
                PolarDbRefusal::NodeList { operation, cluster: cluster(), rule },
                PolarDbRefusal::NodeRole { operation, node: node(), rule },
                PolarDbRefusal::NodeRefused { operation, cluster: cluster(), node: node(), rule },
                PolarDbRefusal::RoEqualSpec { operation, cluster: cluster() },
                PolarDbRefusal::HotReplicaClass { operation, node: node(), rule },
                PolarDbRefusal::Engine { operation, cluster: cluster() },
                PolarDbRefusal::SameZone { operation, cluster: cluster() },
                PolarDbRefusal::ClusterStatus { operation, cluster: cluster() },
                PolarDbRefusal::TargetRequired { operation, cluster: cluster() },
                PolarDbRefusal::TargetIsWriter { operation, cluster: cluster(), node: node() },
                PolarDbRefusal::NodeKind { operation, node: node() },
                PolarDbRefusal::HaStatus { operation, cluster: cluster(), rule },
                PolarDbRefusal::UnhealthyReplication { operation, cluster: cluster() },
                PolarDbRefusal::TooFrequent { operation, cluster: cluster(), wait },
                PolarDbRefusal::NotRunning { operation, cluster: cluster() },
                PolarDbRefusal::DeletionLock { operation, cluster: cluster() },
                PolarDbRefusal::PayType { operation, cluster: cluster() },
            ];
            all.extend(rest.map(Refusal::from));
        }
    }
    all
}

#[test]
fn the_lists_are_the_metadatas() {
    let metadata = metadata();
    let outside = ["Forbidden", "Forbidden.Action", "InternalError", "RequestTimeout"];
    let of_ebs = || ebs::refusal::LISTED.iter();
    for (operation, listed) in of_ebs() {
        let found = metadata[operation.as_str()].keys().map(String::as_str);
        let found: BTreeSet<&str> = found.filter(|code| !outside.contains(code)).collect();
        assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), found, "{operation}");
    }
    let ebs_operations = Operation::ALL.iter().filter(|operation| operation.product() == Product::Ebs);
    assert_eq!(of_ebs().count(), ebs_operations.count());
    let from_pages = |operation: Operation, code: &str| {
        let mut pages = polardb::refusal::FROM_PAGES.iter();
        pages.any(|(paged, page_code, _)| *paged == operation && *page_code == code)
    };
    for (operation, listed) in polardb::refusal::LISTED {
        for code in *listed {
            let found = metadata.get(operation.as_str()).is_some_and(|codes| codes.contains_key(*code));
            assert_ne!(found, from_pages(*operation, code), "{operation} {code}");
        }
    }
    for (operation, code, _) in polardb::refusal::FROM_PAGES {
        let (_, listed) = polardb::refusal::LISTED.iter().find(|(listed, _)| listed == operation).unwrap();
        assert!(listed.contains(code), "{operation} {code}");
    }
}

#[test]
fn a_refusal_is_documented_iff_listed_and_then_has_the_listed_status_and_template() {
    let metadata = metadata();
    let mut listed_ones = BTreeSet::new();
    for &operation in Operation::ALL {
        let of_ebs = ebs::refusal::LISTED.iter();
        let lists = of_ebs.chain(polardb::refusal::LISTED);
        let listed: Vec<&str> = lists
            .filter(|(listed, _)| *listed == operation)
            .flat_map(|(_, codes)| codes.iter().copied())
            .collect();
        for refusal in every(operation) {
            let wire = refusal.wire();
            let code = &*wire.code;
            let basis = if listed.contains(&code) { Basis::Documented } else { Basis::Inferred };
            assert_eq!(wire.basis, basis, "{operation} {code}");
            if let Some((status, template)) =
                metadata.get(operation.as_str()).and_then(|codes| codes.get(code))
            {
                let (before, after) = template.split_once("%s").unwrap_or((template, ""));
                let fits = match template.contains("%s") {
                    true => wire.message.starts_with(before) && wire.message.ends_with(after),
                    false => wire.message == *template,
                };
                assert!(wire.status == *status && fits, "{operation} {code}: {wire:?}");
                assert!(listed.contains(&code), "{operation} {code} is in the metadata and not listed");
                listed_ones.insert((operation, String::from(code)));
            }
        }
    }
    assert_eq!(listed_ones.len(), 223, "as many codes are given of those that are listed");
}

#[test]
fn every_code_that_polardb_lists_is_one_that_some_refusal_gives() {
    for (operation, codes) in polardb::refusal::LISTED {
        let given: Vec<_> = every(*operation).iter().map(|refusal| refusal.wire().code).collect();
        for code in *codes {
            assert!(given.iter().any(|found| found == code), "{operation} {code}");
        }
    }
}

#[test]
fn refusals_of_parameters_speak_their_product() {
    let missing = |operation, parameter: &str| refused(operation, &without(operation, parameter));
    let (.., message) = missing(Operation::FailoverDiskReplicaPair, "ReplicaPairId");
    let expected =
        "The input parameter ReplicaPairId that is mandatory for processing this request is not supplied.";
    assert_eq!(message, expected);
    let (.., message) = missing(Operation::FailoverDbCluster, "DBClusterId");
    let expected =
        "The input parameter \"DBClusterId\" that is mandatory for processing this request is not supplied.";
    assert_eq!(message, expected);
    let refusal = call(Operation::FailoverDiskReplicaPair, &[]).unwrap_err();
    assert_eq!(refusal.rule(), RuleId("E-600"));
    let refusal = call(Operation::FailoverDbCluster, &[("DBClusterId", "?")]).unwrap_err();
    assert_eq!(refusal.rule(), RuleId("P-601"));
    assert!(matches!(refusal, WireRefusal::Refused(Refusal::PolarDb(PolarDbRefusal::Malformed { .. }))));
}
