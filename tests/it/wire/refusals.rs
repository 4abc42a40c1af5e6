//! Codes, statuses and templates against the vendor's own error lists.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use failover_model::Refusal;
use failover_model::Span;
use failover_model::ebs::{DrillReason, DrillStatus, EbsReason, GroupReason, GroupStatus, PairStatus};
use failover_model::polardb::{NetworkStatus, PolarDbReason, PolarDbRefusal};
use failover_model::token::TokenRefusal;
use failover_model::{Basis, RuleId};

use super::*;

use failover_model::Operation as O;

type Codes = BTreeMap<String, BTreeMap<String, (u16, String)>>;

fn metadata() -> Codes {
    serde_json::from_str(include_str!("../../fixtures/error-codes.json")).unwrap()
}

/// The name of an operation in data, which tells apart what two products call alike.
fn key(operation: Operation) -> String {
    serde_json::from_value(serde_json::to_value(operation).unwrap()).unwrap()
}

fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().unwrap()
}

/// Every refusal that an operation's product has.
fn every(operation: Operation) -> Vec<Refusal> {
    let rule = RuleId::new("X");
    let parameter: Cow<'static, str> = "RegionId".into();
    let why: Cow<'static, str> = "".into();
    let wait = Span::from_secs(1);
    let mut all: Vec<Refusal> = Vec::new();
    match operation.product() {
        Product::Ebs => {
            let (pair, region, disk) = (|| id("pair-1"), || id("cn-shanghai"), || id("d-1"));
            all.extend(
                TokenRefusal::ALL.iter().map(|&refusal| EbsReason::Token { refusal }.of(operation).into()),
            );
            let rest = [
                EbsReason::MissingParameter { parameter: parameter.clone() }.of(operation),
                EbsReason::InvalidParameter { parameter, why }.of(operation),
                EbsReason::NoSuchResource { resource: "pair-1".into(), region: region(), rule }.of(operation),
                EbsReason::InvalidStatus { pair: pair(), status: PairStatus::Invalid, rule }.of(operation),
                EbsReason::OperateNotAllowedForPrimary { pair: pair(), region: region() }.of(operation),
                EbsReason::OperateNotAllowedForStandby { pair: pair(), region: region() }.of(operation),
                EbsReason::UnfitCharge { parameter: "Period".into(), rule }.of(operation),
                EbsReason::NotAtSource { pair: pair(), region: region() }.of(operation),
                EbsReason::StandbyDeviceAttached { pair: pair(), disk: disk() }.of(operation),
                EbsReason::PrimaryDeviceAttached { pair: pair(), disk: disk() }.of(operation),
                EbsReason::ManualSyncLimit { pair: pair(), wait }.of(operation),
                EbsReason::NoRecoverPoint { pair: pair() }.of(operation),
                EbsReason::DiskInUse { disk: disk(), pair: pair() }.of(operation),
                EbsReason::TooClose { rule }.of(operation),
                EbsReason::RegionNotSupported { region: region() }.of(operation),
            ];
            all.extend(rest.map(Refusal::from));
            if matches!(
                operation,
                O::TagResources | O::UntagResources | O::ListTagResources | O::ChangeResourceGroup
            ) {
                let given: Cow<'static, str> = "x".into();
                let resource = || given.clone();
                let tags = [
                    EbsReason::MissingParameter { parameter: "ResourceType".into() }.of(operation),
                    EbsReason::MissingParameter { parameter: "NewResourceGroupId".into() }.of(operation),
                    EbsReason::UnknownResourceType { given: given.clone() }.of(operation),
                    EbsReason::ResourceNotFound { resource: resource() }.of(operation),
                    EbsReason::TooManyResources.of(operation),
                    EbsReason::TooManyTags.of(operation),
                    EbsReason::DuplicateTagKey.of(operation),
                    EbsReason::TagQuota { resource: resource() }.of(operation),
                    EbsReason::TagValueAlone { parameter: "Tag.1.Value".into() }.of(operation),
                ];
                all.extend(tags.map(Refusal::from));
            }
            let (group, status) = (|| id("pg-1"), GroupStatus::Invalid);
            let of_pair = PairStatus::Invalid;
            let of_group = [
                GroupReason::PairInGroup(pair()),
                GroupReason::NotAtDestination(region()),
                GroupReason::NotAtProduction(region()),
                GroupReason::CalledAtStandby(region()),
                GroupReason::CalledAtPrimary(region()),
                GroupReason::InvalidStatus { status, rule },
                GroupReason::Empty(rule),
                GroupReason::HasPair,
                GroupReason::NoRecoverPoint(pair()),
                GroupReason::ManualSyncLimit(wait),
                GroupReason::InAnotherGroup { pair: pair(), other: group(), rule },
                GroupReason::NotInGroup(pair()),
                GroupReason::CannotAdd { status, rule },
                GroupReason::CannotRemove { status, rule },
                GroupReason::PairInitializing { pair: pair(), status: of_pair },
                GroupReason::PairCannotJoin { pair: pair(), status: of_pair, rule },
                GroupReason::PairCannotLeave { pair: pair(), status: of_pair },
                GroupReason::StatusConflict { pair: pair(), status: of_pair },
                GroupReason::ZoneConflict(pair()),
                GroupReason::Full,
            ];
            all.extend(of_group.map(|why| why.of(operation, group()).into()));
            let of_drill = [
                DrillReason::NotAtDestination(region()),
                DrillReason::NoRecoverPoint,
                DrillReason::OwnerDeleted,
                DrillReason::InvalidStatus { drill: id("drill-1"), status: DrillStatus::Executing },
            ];
            all.extend(of_drill.map(|why| why.of(operation).into()));
        }
        Product::PolarDb => {
            let (cluster, node, network) = (|| id("pc-1"), || id("pi-1"), || id("gdn-1"));
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
                "BackupRetentionPolicyOnClusterDeletion",
                "LowerCaseTableNames",
                "DefaultTimeZone",
                "RecentCreationInterval",
                "RecentExpirationInterval",
            ];
            all.extend(names.map(|name| {
                PolarDbReason::Malformed { parameter: name.into(), why: why.clone() }.of(operation).into()
            }));
            all.extend(
                TokenRefusal::ALL
                    .iter()
                    .map(|&refusal| PolarDbReason::Token { refusal }.of(operation).into()),
            );
            let rest = [
                PolarDbReason::MissingParameter { parameter }.of(operation),
                PolarDbReason::EngineVersion.of(operation),
                PolarDbReason::TooManyTags.of(operation),
                PolarDbReason::ClusterNotFound { cluster: cluster() }.of(operation),
                PolarDbReason::NodeNotFound { cluster: cluster(), node: node() }.of(operation),
                PolarDbReason::ClusterCategory { cluster: cluster() }.of(operation),
                PolarDbReason::NoHaLog { cluster: cluster() }.of(operation),
                PolarDbReason::NodeUnknown { node: node() }.of(operation),
                PolarDbReason::NodeNumber { cluster: cluster(), rule }.of(operation),
                PolarDbReason::NodeList { cluster: cluster(), rule }.of(operation),
                PolarDbReason::NodeRole { node: node(), rule }.of(operation),
                PolarDbReason::NodeRefused { cluster: cluster(), node: node(), rule }.of(operation),
                PolarDbReason::RoEqualSpec { cluster: cluster() }.of(operation),
                PolarDbReason::HotReplicaClass { node: node(), rule }.of(operation),
                PolarDbReason::Engine { cluster: cluster() }.of(operation),
                PolarDbReason::SameZone { cluster: cluster() }.of(operation),
                PolarDbReason::ClusterStatus { cluster: cluster() }.of(operation),
                PolarDbReason::TargetRequired { cluster: cluster() }.of(operation),
                PolarDbReason::TargetIsWriter { cluster: cluster(), node: node() }.of(operation),
                PolarDbReason::NodeKind { node: node() }.of(operation),
                PolarDbReason::HaStatus { cluster: cluster(), rule }.of(operation),
                PolarDbReason::UnhealthyReplication { cluster: cluster() }.of(operation),
                PolarDbReason::TooFrequent { cluster: cluster(), wait }.of(operation),
                PolarDbReason::NotRunning { cluster: cluster() }.of(operation),
                PolarDbReason::DeletionLock { cluster: cluster() }.of(operation),
                PolarDbReason::PayType { cluster: cluster() }.of(operation),
                PolarDbReason::FeatureEngine { cluster: cluster() }.of(operation),
                PolarDbReason::SingleNodeEdition { cluster: cluster() }.of(operation),
                PolarDbReason::EditionWithout { cluster: cluster() }.of(operation),
                PolarDbReason::NoStandby { cluster: cluster() }.of(operation),
                PolarDbReason::NoChange { cluster: cluster() }.of(operation),
                PolarDbReason::DrillNodes { cluster: cluster() }.of(operation),
                PolarDbReason::StandbyTurnedOn { cluster: cluster() }.of(operation),
                PolarDbReason::ServerlessNodes { cluster: cluster() }.of(operation),
                PolarDbReason::StrictConsistency { cluster: cluster() }.of(operation),
                PolarDbReason::ForeignZone { zone: id("cn-beijing-a") }.of(operation),
                PolarDbReason::NetworkNotFound { network: network() }.of(operation),
                PolarDbReason::MemberExists { cluster: cluster() }.of(operation),
                PolarDbReason::NetworkEngine { cluster: cluster() }.of(operation),
                PolarDbReason::NetworkRequired.of(operation),
                PolarDbReason::OtherEngine { network: network() }.of(operation),
                PolarDbReason::MemberNumber { network: network(), rule }.of(operation),
                PolarDbReason::MemberRole { network: network(), cluster: cluster(), rule }.of(operation),
                PolarDbReason::NoForcedSwitch { network: network() }.of(operation),
                PolarDbReason::SecondaryBroken { cluster: cluster() }.of(operation),
                PolarDbReason::NetworkStatus { network: network(), status: NetworkStatus::Locked }
                    .of(operation),
                PolarDbReason::MemberStatus { cluster: cluster(), rule }.of(operation),
                PolarDbReason::Locked { network: network() }.of(operation),
                PolarDbReason::InNetwork { network: network() }.of(operation),
            ];
            all.extend(rest.map(Refusal::from));
            if matches!(operation, O::RemoveDbClusterFromGdn | O::SwitchOverGlobalDatabaseNetwork) {
                let reason = PolarDbReason::NotMember { network: network(), cluster: cluster() };
                all.push(reason.of(operation).into());
            }
        }
    }
    all
}

#[test]
fn the_lists_are_the_metadatas() {
    let metadata = metadata();
    let outside = ["Forbidden", "Forbidden.Action", "Forbidden.RAM", "InternalError", "RequestTimeout"];
    for operation in Operation::ALL {
        let listed: Vec<&str> = operation.listed_codes().map(|(code, _)| code).collect();
        let distinct: BTreeSet<&str> = listed.iter().copied().collect();
        assert_eq!(distinct.len(), listed.len(), "{operation}");
        let of_pages = operation.listed_codes().filter(|(_, page)| page.is_some()).map(|(code, _)| code);
        let of_pages: BTreeSet<&str> = of_pages.collect();
        let found = metadata.get(&key(*operation)).into_iter().flat_map(|codes| codes.keys());
        let found = found.map(String::as_str).filter(|code| !outside.contains(code));
        assert_eq!(distinct, found.chain(of_pages).collect(), "{operation}");
        for (code, page) in operation.listed_codes() {
            let found = metadata.get(&key(*operation)).is_some_and(|codes| codes.contains_key(code));
            assert_ne!(found, page.is_some(), "{operation} {code}");
            assert!(page.is_none_or(|page| page.contains(" page, ")), "{operation} {code}");
        }
    }
    let from_pages =
        |operation: &Operation| operation.listed_codes().filter(|(_, page)| page.is_some()).count();
    assert_eq!(Operation::ALL.iter().map(from_pages).sum::<usize>(), 16);
}

#[test]
fn a_refusal_is_documented_iff_listed_and_then_has_the_listed_status_and_template() {
    let metadata = metadata();
    let mut listed_ones = BTreeSet::new();
    for &operation in Operation::ALL {
        let listed: Vec<&str> = operation.listed_codes().map(|(code, _)| code).collect();
        for refusal in every(operation) {
            let wire = refusal.wire();
            let code = &*wire.code;
            let basis = if listed.contains(&code) { Basis::Documented } else { Basis::Inferred };
            assert_eq!(wire.basis, basis, "{operation} {code}");
            if let Some((status, template)) = metadata.get(&key(operation)).and_then(|codes| codes.get(code))
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
    assert_eq!(listed_ones.len(), 269, "as many codes are given of those that are listed");
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
    assert_eq!(refusal.rule(), RuleId::new("E-600"));
    let refusal = call(Operation::FailoverDbCluster, &[("DBClusterId", "?")]).unwrap_err();
    assert_eq!(refusal.rule(), RuleId::new("P-601"));
    assert!(matches!(
        refusal,
        WireRefusal::Refused(Refusal::PolarDb(PolarDbRefusal { why: PolarDbReason::Malformed { .. }, .. }))
    ));
}

/// The stored form of a refusal names the reason, then the operation as a field of it; it restores to the same refusal.
#[test]
fn a_refusal_is_restored_from_its_stored_form() {
    let any = failover_model::catalogue::rules()[0].id;
    for &operation in Operation::ALL {
        for refusal in every(operation) {
            let mut stored = serde_json::to_value(&refusal).unwrap();
            let product = stored.as_object_mut().unwrap().values_mut().next().unwrap();
            let reason = product.as_object_mut().unwrap().values_mut().next().unwrap();
            assert_eq!(reason["operation"], key(operation), "{refusal:?}");
            let text = stored.to_string().replace("\"X\"", &format!("\"{any}\""));
            let restored: Refusal = serde_json::from_str(&text).unwrap();
            let stored: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_value(&restored).unwrap(), stored);
        }
    }
}
