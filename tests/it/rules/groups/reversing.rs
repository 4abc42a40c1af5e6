//! Reverses, cancelled failovers, and the disks meanwhile.

use super::*;

#[test]
fn a_reverse_swaps_the_group_and_its_members_and_a_cancel_does_not() {
    for reverse in [true, false] {
        let mut world = World::default();
        world.bring_group_to(GroupStatus::Failedover);
        let point = world.group(1).last_recover_point;
        world.reprotect_group(reverse).unwrap();
        assert_eq!(statuses(&world, 2), ["reprotecting"; 2]);
        world.group_succeeds();
        assert_eq!((world.shows(), statuses(&world, 2)), (GroupStatus::Stopped, vec!["stopped"; 2]));
        let source = if reverse { DESTINATION } else { SOURCE };
        assert_eq!(world.group(1).group.source().region.as_str(), source, "G-640");
        assert_eq!(world.pair(2).source().region.as_str(), source);
        assert_eq!(world.group(1).last_recover_point, if reverse { None } else { point });
        assert_eq!(world.group(1).group.primary().region.as_str(), SOURCE, "the sites stay");
        world.start_group(false).expect("called at the production site, which stays");
        let expected = if reverse { "initial_syncing" } else { "syncing" };
        assert_eq!(statuses(&world, 2), [expected; 2]);
        world.copies_succeed();
        // The next failover belongs to the other side.
        let wrong = world.call(source, FailoverDiskReplicaGroup::new(group_id(1)));
        assert_eq!(answer(wrong), (403, "OperationDenied.OperateNotAllowedForPrimary".into(), "G-621"));
        world.failover_group().unwrap();
    }
}

/// G-623: failover and reprotect at the source of a reversed group, and a change of settings where the production site
/// moved with it.
#[test]
fn by_policy_a_refusal_of_a_reversed_group_is_named_after_the_place() {
    for (reading, at_standby, at_primary) in [
        (SiteCodes::Role, ("Primary", "G-621"), ("Standby", "G-622")),
        (SiteCodes::Place, ("Standby", "G-623"), ("Primary", "G-623")),
    ] {
        let mut world = World::with(|policy| {
            policy.ebs.site_codes = reading;
            policy.ebs.production_site = ProductionSite::Current;
        });
        world.bring_group_to(GroupStatus::Failedover).reprotect_group(true).unwrap();
        world.group_succeeds();
        let group = || group_id(1);
        let answer = |result, (site, rule): (&str, &'static str)| {
            let code = format!("OperationDenied.OperateNotAllowedFor{site}");
            assert_eq!(crate::kit::answer(result), (403, code, rule), "{reading:?}");
        };
        answer(world.call(DESTINATION, FailoverDiskReplicaGroup::new(group())), at_standby);
        let change = ModifyDiskReplicaGroup::new(group());
        answer(world.call(SOURCE, change.clone()), at_primary);
        world.call(DESTINATION, change).unwrap();
        let start = StartDiskReplicaGroup::new(group());
        assert_eq!(crate::kit::answer(world.call(SOURCE, start)), (403, "OperationDenied".into(), "G-622"));
    }
}

#[test]
fn a_reverse_needs_old_primaries_that_nobody_writes_to() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Failedover).disk("s-2", DiskChange::Attached(true));
    assert_eq!(
        rule(world.reprotect_group(true)),
        "G-632",
        "a rule of its own, by analogy with a pair's (E-632)"
    );
    world.clone().reprotect_group(false).unwrap();
    world.disk("s-2", DiskChange::Up(false));
    world.reprotect_group(true).unwrap();
}

#[test]
fn the_old_primaries_are_read_only_while_a_group_is_being_reversed() {
    for (reverse, access) in [(true, "read_only"), (false, "read_write")] {
        let mut world = World::default();
        world.bring_group_to(GroupStatus::Failedover).reprotect_group(reverse).unwrap();
        assert_eq!(world.pair(2).source_access().as_str(), access, "E-672");
        world.group_fails();
        assert_eq!(world.pair(2).source_access().as_str(), "read_write");
    }
}

#[test]
fn a_failed_reprotect_of_a_group_has_no_way_out_unless_policy_gives_one() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::ReprotectFailed);
    assert_eq!(rule(world.reprotect_group(true)), "G-231");
    assert_eq!(rule(world.failover_group()), "G-213");
    assert_eq!(rule(world.start_group(false)), "G-112");
    assert_eq!(rule(world.remove(1)), "G-291");
    let mut world = World::with(|policy| policy.ebs.reprotect_failed_group = ReprotectFailedGroup::Repeat);
    world.bring_group_to(GroupStatus::ReprotectFailed);
    let mut again = world.clone();
    again.reprotect_group(true).unwrap();
    again.group_succeeds();
    assert_eq!(again.shows(), GroupStatus::Stopped);
    world.failover_group().unwrap();
    world.group_succeeds();
    assert_eq!(statuses(&world, 2), ["failovered"; 2]);
}
