use super::*;

#[test]
fn a_pair_is_not_found_from_a_region_that_is_neither_of_its_ends() {
    let mut world = at_status(S::Failedover);
    for result in [
        world.start(ELSEWHERE, false),
        world.stop(ELSEWHERE),
        world.failover(ELSEWHERE),
        world.reprotect(ELSEWHERE, true),
        world.delete(ELSEWHERE),
    ] {
        assert_eq!(result.as_ref().unwrap_err().wire().code, "NoSuchResource");
        assert_eq!(rule(result), "E-620");
    }
}

#[test]
fn failover_and_reprotect_are_refused_at_the_source() {
    let mut world = at_status(S::Normal);
    assert_eq!(rule(world.failover(SOURCE)), "E-621");
    world.failover(DESTINATION).unwrap();
    world.pair_succeeds(1);
    // The roles do not move at failover: the source is where it was.
    assert_eq!(rule(world.reprotect(SOURCE, true)), "E-621");
    assert_eq!(rule(world.reprotect(SOURCE, false)), "E-621");
    world.reprotect(DESTINATION, true).unwrap();
}

#[test]
fn delete_is_refused_at_the_destination() {
    let mut world = at_status(S::Stopped);
    let refusal = world.delete(DESTINATION).unwrap_err();
    assert_eq!((refusal.rule().as_str(), refusal.wire().code.as_ref()), ("E-622", "OperationDenied"));
    world.delete(SOURCE).unwrap();
}

#[test]
fn start_and_stop_are_accepted_at_either_end() {
    for region in [SOURCE, DESTINATION] {
        let mut world = at_status(S::Created);
        world.start(region, false).unwrap();
        world.stop(region).unwrap();
    }
}

#[test]
fn after_a_reverse_each_call_belongs_to_the_other_end() {
    let mut world = reversed();
    assert_eq!(rule(world.failover(DESTINATION)), "E-621");
    assert_eq!(rule(world.delete(SOURCE)), "E-622");
    world.failover(SOURCE).unwrap();
    world.pair_succeeds(1);
    assert_eq!(rule(world.reprotect(DESTINATION, false)), "E-621");
    world.reprotect(SOURCE, true).unwrap();
    world.pair_succeeds(1);
    // Twice reversed is as created.
    assert_eq!(world.pair(1).source(), world.pair(1).primary());
    world.delete(SOURCE).unwrap();
}

#[test]
fn a_reverse_that_fails_or_is_superseded_leaves_the_calls_where_they_were() {
    let mut world = at_status(S::Reprotecting);
    assert_eq!(rule(world.failover(SOURCE)), "E-621");
    world.failover(DESTINATION).unwrap();
    world.pair_fails(1);
    assert_eq!(rule(world.failover(SOURCE)), "E-621");
    assert_eq!(world.pair(1).source().region.as_str(), SOURCE);
}

#[test]
fn the_region_is_checked_before_the_status() {
    let mut world = at_status(S::Invalid);
    assert_eq!(rule(world.failover(ELSEWHERE)), "E-620");
    assert_eq!(rule(world.failover(SOURCE)), "E-621");
    assert_eq!(rule(world.failover(DESTINATION)), "E-210");
}

/// E-624: the roles moved, the places did not.
#[test]
fn by_policy_a_refusal_at_the_source_is_named_after_the_place() {
    for (reading, code, number) in [
        (SiteCodes::Role, "OperationDenied.OperateNotAllowedForPrimary", "E-621"),
        (SiteCodes::Place, "OperationDenied.OperateNotAllowedForStandby", "E-624"),
    ] {
        let mut world = World::with(|policy| policy.ebs.site_codes = reading);
        world.bring_to(S::Failedover);
        // Before a reverse, role and place are one.
        assert_eq!(rule(world.reprotect(SOURCE, true)), "E-621");
        world.reprotect(DESTINATION, true).unwrap();
        world.pair_succeeds(1);
        let refused = (403, code.to_owned(), number);
        assert_eq!(kit::answer(world.failover(DESTINATION)), refused);
        world.failover(SOURCE).unwrap();
        world.pair_succeeds(1);
        assert_eq!(kit::answer(world.reprotect(DESTINATION, true)), refused);
        world.reprotect(SOURCE, true).unwrap();
    }
}

/// C-050, E-610.
#[test]
fn existence_and_ownership_are_checked_before_the_region() {
    let mut world = at_status(S::Normal);
    let request = failover_model::ebs::FailoverDiskReplicaPair::new(pair_id(1));
    let of_another = world.apply("2002", ELSEWHERE, None, request.into(), Fresh::None).unwrap();
    assert_eq!(of_another.result.unwrap().unwrap_err().rule().as_str(), "E-610");
    let unknown = failover_model::ebs::FailoverDiskReplicaPair::new(pair_id(9));
    assert_eq!(rule(world.call(DESTINATION, unknown)), "E-610");
}

#[test]
fn within_one_region_every_call_is_at_both_ends() {
    let mut world = World::default();
    let request =
        with!(create_request(1), destination_region = id(SOURCE), destination_zone = id("cn-shanghai-b"));
    let fresh = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-1") });
    world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap().result.unwrap().unwrap();
    world.pair_succeeds(1);
    world.failover(SOURCE).unwrap();
    world.pair_succeeds(1);
    world.reprotect(SOURCE, true).unwrap();
    world.pair_succeeds(1);
    world.delete(SOURCE).unwrap();
}
