//! The sites at which a group is called.

use super::*;

#[test]
fn every_group_call_belongs_to_one_site() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Stopped);
    let start = StartDiskReplicaGroup::new(group_id(1));
    let add = AddDiskReplicaPair::new(group_id(1), pair_id(1));
    let remove = RemoveDiskReplicaPair::new(group_id(1), pair_id(1));
    let modify = ModifyDiskReplicaGroup::new(group_id(1));
    let denied = (403, "OperationDenied".to_owned(), "G-622");
    assert_eq!(answer(world.call(DESTINATION, start.clone())), denied);
    assert_eq!(answer(world.call(DESTINATION, add)), denied);
    assert_eq!(answer(world.call(DESTINATION, remove)), denied);
    let listed = (403, "OperationDenied.OperateNotAllowedForStandby".to_owned(), "G-622");
    assert_eq!(answer(world.call(DESTINATION, modify)), listed);
    assert_eq!(answer(world.call(ELSEWHERE, start.clone())), (404, "NoSuchResource".into(), "G-620"));
    let unknown = StartDiskReplicaGroup::new(group_id(9));
    assert_eq!(rule(world.call(SOURCE, unknown)), "G-610");
    let other = world.apply("2002", SOURCE, None, start.into(), Fresh::None).unwrap();
    assert_eq!(rule(other.result.unwrap()), "G-610");
}

#[test]
fn after_a_reverse_policy_tells_which_site_is_the_production_site() {
    for (site, fits, misses) in
        [(ProductionSite::Initial, SOURCE, DESTINATION), (ProductionSite::Current, DESTINATION, SOURCE)]
    {
        let mut world = World::with(|policy| policy.ebs.production_site = site);
        world.bring_group_to(GroupStatus::Failedover).reprotect_group(true).unwrap();
        world.group_succeeds();
        let start = StartDiskReplicaGroup::new(group_id(1));
        assert_eq!(rule(world.call(misses, start.clone())), "G-622");
        world.call(fits, start).unwrap();
        for (region, seen) in [(fits, Site::Production), (misses, Site::Backup)] {
            assert_eq!(listed(&mut world, region, seen), (1, 2), "G-695");
            let other = if seen == Site::Production { Site::Backup } else { Site::Production };
            assert_eq!(listed(&mut world, region, other), (0, 0));
        }
    }
}
