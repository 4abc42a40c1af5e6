//! Refused and replayed calls allocate nothing beyond what the reply itself holds.

use allocation_counter::measure;
use failover_model::ebs::{
    CreateDiskReplicaPair, FailoverDiskReplicaPair, PairCreated, PairSettings, StartDiskReplicaPair,
};
use failover_model::{Call, ClientToken, ControlPlane, PairId, Policy, RegionId, Timestamp};

fn call(region: &str, token: Option<&str>) -> Call {
    Call {
        now: Timestamp::from_millis(1_000),
        account: "1234567890123456".parse().unwrap(),
        region: region.parse().unwrap(),
        token: token.and_then(|token| ClientToken::parse(token).unwrap()),
    }
}

fn pair() -> PairId {
    "pair-cn-00000000001".parse().unwrap()
}

fn plane() -> ControlPlane {
    let mut plane = ControlPlane::new(Policy::default());
    let request = CreateDiskReplicaPair {
        source_zone: "cn-beijing-a".parse().unwrap(),
        source_disk: "d-1".parse().unwrap(),
        destination_region: "cn-shanghai".parse::<RegionId>().unwrap(),
        destination_zone: "cn-shanghai-b".parse().unwrap(),
        destination_disk: "d-2".parse().unwrap(),
        settings: PairSettings::default(),
    };
    let fresh = PairCreated { pair: pair(), order: "1".parse().unwrap() };
    assert!(
        plane.create_disk_replica_pair(&call("cn-beijing", None), &request, fresh).unwrap().result.is_ok()
    );
    plane
}

const TOKEN: &str = "123e4567-e89b-12d3-a456-426655440000";

#[test]
fn a_replayed_call_allocates_nothing() {
    let mut plane = plane();
    let call = call("cn-shanghai", Some(TOKEN));
    let request = FailoverDiskReplicaPair { pair: pair() };
    assert!(plane.failover_disk_replica_pair(&call, &request).result.is_ok());
    let info = measure(|| assert!(plane.failover_disk_replica_pair(&call, &request).replayed));
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn a_call_refused_for_its_token_allocates_nothing() {
    let mut plane = plane();
    let call = call("cn-shanghai", Some(TOKEN));
    assert!(
        plane.failover_disk_replica_pair(&call, &FailoverDiskReplicaPair { pair: pair() }).result.is_ok()
    );
    let other = FailoverDiskReplicaPair { pair: "pair-cn-00000000002".parse().unwrap() };
    let info = measure(|| assert!(plane.failover_disk_replica_pair(&call, &other).result.is_err()));
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn a_call_refused_for_status_or_region_allocates_nothing() {
    let mut plane = plane();
    let start = StartDiskReplicaPair { pair: pair(), one_shot: false };
    let failover = FailoverDiskReplicaPair { pair: pair() };
    for token in [None, Some(TOKEN)] {
        let (here, there) = (call("cn-beijing", token), call("cn-shanghai", token));
        let info = measure(|| assert!(plane.start_disk_replica_pair(&here, &start).result.is_err()));
        assert_eq!(info.count_total, 0, "status, {token:?}: {info:?}");
        let info = measure(|| assert!(plane.failover_disk_replica_pair(&here, &failover).result.is_err()));
        assert_eq!(info.count_total, 0, "region, {token:?}: {info:?}");
        assert!(plane.failover_disk_replica_pair(&there, &failover).result.is_ok());
        plane = self::plane();
    }
}

#[test]
fn a_call_on_an_unknown_pair_allocates_only_the_id_that_the_refusal_holds() {
    let mut plane = plane();
    let call = call("cn-shanghai", Some(TOKEN));
    let unknown = FailoverDiskReplicaPair { pair: "pair-cn-00000000002".parse().unwrap() };
    let info = measure(|| assert!(plane.failover_disk_replica_pair(&call, &unknown).result.is_err()));
    assert_eq!(info.count_total, 1, "{info:?}");
}

#[test]
fn an_accepted_call_is_seen_to_allocate() {
    let mut plane = plane();
    let call = call("cn-shanghai", None);
    let info = measure(|| {
        assert!(
            plane.failover_disk_replica_pair(&call, &FailoverDiskReplicaPair { pair: pair() }).result.is_ok()
        );
    });
    assert!(info.count_total > 0, "the counter counts nothing: {info:?}");
}
