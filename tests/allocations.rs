//! Refused and replayed calls allocate nothing beyond what the reply itself holds.

use allocation_counter::measure;
use failover_model::ebs::{
    CreateDiskReplicaPair, FailoverDiskReplicaPair, PairCreated, StartDiskReplicaPair, StopDiskReplicaPair,
};
use failover_model::{
    Call, ClientToken, ControlPlane, Outcome, PairId, Policy, RegionId, Report, Span, Step, Timestamp,
};

fn call(region: &str, token: Option<&str>) -> Call {
    Call {
        now: Timestamp::from_millis(1_000),
        account: "1234567890123456".parse().unwrap(),
        region: region.parse().unwrap(),
        token: token.and_then(|token| ClientToken::parse(token).unwrap()),
    }
}

fn numbered(number: u32) -> PairId {
    format!("pair-cn-{number:011}").parse().unwrap()
}

fn pair() -> PairId {
    numbered(1)
}

fn create(plane: &mut ControlPlane, number: u32) -> Step {
    let request = CreateDiskReplicaPair::new(
        ("cn-beijing-a".parse().unwrap(), format!("d-{number}").parse().unwrap()),
        (
            "cn-shanghai".parse::<RegionId>().unwrap(),
            "cn-shanghai-b".parse().unwrap(),
            format!("t-{number}").parse().unwrap(),
        ),
    );
    let fresh = PairCreated { pair: numbered(number), order: "1".parse().unwrap() };
    let reply = plane.create_disk_replica_pair(&call("cn-beijing", None), &request, fresh).unwrap();
    assert!(reply.result.is_ok());
    reply.step
}

fn plane() -> ControlPlane {
    let mut plane = ControlPlane::new(Policy::default());
    let _ = create(&mut plane, 1);
    plane
}

/// What was asked for is done.
fn succeed(plane: &mut ControlPlane, step: &Step) {
    for effect in &step.effects {
        let outcome = Report::Outcome { id: effect.id, outcome: Outcome::Succeeded };
        let _ = plane.report(call("cn-beijing", None).now, &outcome).unwrap();
    }
}

fn start(plane: &mut ControlPlane, number: u32) {
    let request = StartDiskReplicaPair::new(numbered(number));
    assert!(plane.start_disk_replica_pair(&call("cn-beijing", None), &request).result.is_ok());
}

/// A plane on which so many pairs replicate.
fn replicating(pairs: u32) -> ControlPlane {
    let mut plane = ControlPlane::new(Policy::default());
    for number in 1..=pairs {
        let step = create(&mut plane, number);
        succeed(&mut plane, &step);
        start(&mut plane, number);
    }
    plane
}

/// A moment later, the second pair, whose deadline is not the first, is stopped and started again.
fn restart(plane: &mut ControlPlane) {
    let now = plane.clock().after(Span::from_millis(1));
    let stop = StopDiskReplicaPair::new(numbered(2));
    let reply = plane.stop_disk_replica_pair(&Call { now, ..call("cn-beijing", None) }, &stop);
    assert!(reply.result.is_ok());
    succeed(plane, &reply.step);
    start(plane, 2);
}

const TOKEN: &str = "123e4567-e89b-12d3-a456-426655440000";

#[test]
fn a_replayed_call_allocates_nothing() {
    let mut plane = plane();
    let call = call("cn-shanghai", Some(TOKEN));
    let request = FailoverDiskReplicaPair::new(pair());
    assert!(plane.failover_disk_replica_pair(&call, &request).result.is_ok());
    let info = measure(|| assert!(plane.failover_disk_replica_pair(&call, &request).replayed));
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn a_call_refused_for_its_token_allocates_nothing() {
    let mut plane = plane();
    let call = call("cn-shanghai", Some(TOKEN));
    assert!(plane.failover_disk_replica_pair(&call, &FailoverDiskReplicaPair::new(pair())).result.is_ok());
    let other = FailoverDiskReplicaPair::new("pair-cn-00000000002".parse().unwrap());
    let info = measure(|| assert!(plane.failover_disk_replica_pair(&call, &other).result.is_err()));
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn a_call_refused_for_status_or_region_allocates_nothing() {
    let mut plane = plane();
    let start = StartDiskReplicaPair::new(pair());
    let failover = FailoverDiskReplicaPair::new(pair());
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
    let unknown = FailoverDiskReplicaPair::new("pair-cn-00000000002".parse().unwrap());
    let info = measure(|| assert!(plane.failover_disk_replica_pair(&call, &unknown).result.is_err()));
    assert_eq!(info.count_total, 1, "{info:?}");
}

#[test]
fn an_accepted_call_is_seen_to_allocate() {
    let mut plane = plane();
    let call = call("cn-shanghai", None);
    let info = measure(|| {
        assert!(
            plane.failover_disk_replica_pair(&call, &FailoverDiskReplicaPair::new(pair())).result.is_ok()
        );
    });
    assert!(info.count_total > 0, "the counter counts nothing: {info:?}");
}

/// A deadline that stands no more is left where it is until it is found, but not for ever.
#[test]
fn a_pair_that_is_stopped_and_started_over_and_over_leaves_nothing_behind() {
    let mut plane = replicating(2);
    (0..200).for_each(|_| restart(&mut plane));
    let info = measure(|| (0..1_000).for_each(|_| restart(&mut plane)));
    assert_eq!(info.bytes_current, 0, "{info:?}");
}

/// Nor are all the deadlines gone through whenever one stands no more.
#[test]
fn stopping_and_starting_a_pair_costs_no_more_beside_many_than_beside_one() {
    let cost = |pairs| {
        let mut plane = replicating(pairs);
        measure(|| (0..100).for_each(|_| restart(&mut plane))).bytes_total
    };
    assert!(cost(400) <= cost(2), "{} and {}", cost(400), cost(2));
}
