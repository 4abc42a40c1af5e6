use super::*;

fn refused(world: &mut World, region: &str, request: CreateDiskReplicaPair) -> Refusal {
    let fresh = Fresh::Pair(PairCreated { pair: pair_id(9), order: id("o-9") });
    world.apply(OWNER, region, None, request.into(), fresh).unwrap().result.unwrap().unwrap_err()
}

/// E-014.
#[test]
fn create_records_the_relation_and_asks_for_it_to_be_made() {
    let mut world = World::default();
    let step = world.create(1);
    assert_eq!(rules(&step), ["E-014", "E-671"]);
    assert_eq!(step.effects[0].kind.name(), "create_pair");
    let pair = world.pair(1);
    assert_eq!((pair.status(), pair.created_at()), (S::Creating, at(world.now)));
    assert_eq!((pair.primary().region.as_str(), pair.standby().region.as_str()), (SOURCE, DESTINATION));
    assert_eq!(pair.last_recover_point(), None);
}

/// E-010.
#[test]
fn the_feature_exists_everywhere_or_where_the_policy_says() {
    World::default().create(1);
    let mut world = World::with(|policy| {
        policy.ebs.regions = Some(FOUNDING_REGIONS.iter().map(|region| id(region)).collect());
    });
    world.create(1);
    let far = with!(create_request(2), destination_region = id("cn-hangzhou"));
    assert_eq!(refused(&mut world, SOURCE, far.clone()).rule().as_str(), "E-010");
    assert_eq!(refused(&mut world, "cn-hangzhou", create_request(2)).rule().as_str(), "E-010");
    // A pair that stands is not judged again: a failover is possible wherever it is.
    world.pair_succeeds(1);
    let narrower = Some([id("cn-chengdu")].into_iter().collect());
    let mut policy = world.plane.policy().clone();
    policy.ebs.regions = narrower;
    world.plane.set_policy(policy).unwrap();
    world.failover(DESTINATION).unwrap();
}

/// E-011.
#[test]
fn source_and_destination_lie_in_different_zones_and_are_different_disks() {
    let mut world = World::default();
    let one_disk = with!(create_request(1), destination_disk = id("s-1"));
    assert_eq!(refused(&mut world, SOURCE, one_disk).rule().as_str(), "E-011");
    let one_zone =
        with!(create_request(1), destination_region = id(SOURCE), destination_zone = id("cn-shanghai-a"));
    assert_eq!(refused(&mut world, SOURCE, one_zone).rule().as_str(), "E-011");
    let two_zones =
        with!(create_request(1), destination_region = id(SOURCE), destination_zone = id("cn-shanghai-b"));
    let mut strict = World::with(|policy| policy.ebs.same_region_pairs = SameRegionPairs::Refuse);
    assert_eq!(refused(&mut strict, SOURCE, two_zones).rule().as_str(), "E-011");
    strict.create(1);
}

/// E-012, E-013.
#[test]
fn a_disk_is_part_of_one_pair_and_a_removed_disk_of_none() {
    let mut world = World::default();
    world.create(1);
    for busy in [
        with!(create_request(2), source_disk = id("s-1")),
        with!(create_request(2), source_disk = id("t-1")),
        with!(create_request(2), destination_disk = id("s-1")),
        with!(create_request(2), destination_disk = id("t-1")),
    ] {
        assert_eq!(refused(&mut world, SOURCE, busy).rule().as_str(), "E-012");
    }
    world.disk("s-3", DiskChange::Removed);
    assert_eq!(refused(&mut world, SOURCE, create_request(3)).rule().as_str(), "E-013");
    // A disk that is down or attached can be part of a pair.
    world.disk("s-2", DiskChange::Up(false));
    world.disk("t-2", DiskChange::Attached(true));
    world.create(2);
}

#[test]
fn another_accounts_disk_of_the_same_name_is_another_disk() {
    let mut world = World::default();
    world.create(1);
    let fresh = Fresh::Pair(PairCreated { pair: pair_id(2), order: id("o-2") });
    world.apply("2002", SOURCE, None, create_request(1).into(), fresh).unwrap().result.unwrap().unwrap();
    let change = DiskChange::Removed;
    world.observe(Observation::Disk { account: id("2002"), disk: id("s-1"), change });
    assert_eq!((world.status(1), world.status(2)), (S::Creating, S::Invalid));
}

#[test]
fn the_checks_of_create_come_in_the_order_regions_distance_existence_use() {
    let mut world = World::with(|policy| {
        policy.ebs.regions = Some([SOURCE, DESTINATION].iter().map(|region| id(region)).collect());
    });
    world.create(1);
    world.disk("x", DiskChange::Removed);
    let all_wrong = with!(
        create_request(2),
        source_disk = id("x"),
        destination_disk = id("x"),
        destination_region = id(ELSEWHERE)
    );
    assert_eq!(refused(&mut world, SOURCE, all_wrong.clone()).rule().as_str(), "E-010");
    let one_disk = with!(all_wrong, destination_region = id(DESTINATION));
    assert_eq!(refused(&mut world, SOURCE, one_disk.clone()).rule().as_str(), "E-011");
    let removed = with!(one_disk, destination_disk = id("t-1"));
    assert_eq!(refused(&mut world, SOURCE, removed.clone()).rule().as_str(), "E-013");
    let in_use = with!(removed, source_disk = id("s-2"));
    assert_eq!(refused(&mut world, SOURCE, in_use).rule().as_str(), "E-012");
}

#[test]
fn fresh_ids_that_are_missing_or_in_use_are_the_embedders_fault_and_only_if_the_call_is_good() {
    let mut world = World::default();
    world.create(1);
    let taken = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-2") });
    for fresh in [taken.clone(), Fresh::None] {
        let misuse = world.apply(OWNER, SOURCE, None, create_request(2).into(), fresh);
        assert_eq!(misuse.unwrap_err(), Misuse::BadFreshId);
    }
    let refused = world.apply(OWNER, SOURCE, None, create_request(1).into(), taken).unwrap();
    assert_eq!(refused.result.unwrap().unwrap_err().rule().as_str(), "E-012");
}

/// E-311: the message is shown in `create_failed` and goes with the next status.
#[test]
fn a_failed_creation_shows_its_message_until_the_status_changes() {
    let mut world = at_status(S::Creating);
    let outcome = Outcome::Failed {
        failure: failover_model::polardb::Failure::Other,
        message: Some(message("OperationDenied.QuotaExceed")),
    };
    world.outcome(world.pending(1), outcome).unwrap();
    assert_eq!(world.pair(1).status_message().unwrap().as_str(), "OperationDenied.QuotaExceed");
    world.delete(SOURCE).unwrap();
    assert_eq!(world.pair(1).status_message(), None);
}

/// E-601: a typed request can still hold a period that nobody sells.
#[test]
fn a_period_that_is_not_sold_is_refused() {
    let mut world = World::default();
    let charge = |period, unit| Charge::PrePay { bandwidth: Bandwidth::Kbps10240, period, unit };
    let paid = |charge| create_request(1).settings(PairSettings::default().charge(charge));
    for (period, unit) in [(0, PeriodUnit::Month), (10, PeriodUnit::Month), (5, PeriodUnit::Week)] {
        let request = paid(charge(period, unit));
        assert_eq!(refused(&mut world, SOURCE, request).rule().as_str(), "E-601");
    }
    let request = paid(charge(9, PeriodUnit::Month));
    let fresh = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-1") });
    world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap().result.unwrap().unwrap();
}
