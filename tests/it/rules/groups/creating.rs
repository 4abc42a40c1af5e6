//! Creation of groups, and the end of an account.

use super::*;

#[test]
fn a_group_is_created_empty_and_shows_creating() {
    let mut world = World::default();
    let step = world.create_group(1);
    assert_eq!(rules(&step), ["G-014"]);
    assert_eq!(asked(&step), [("create_group", vec![])]);
    assert_eq!(world.shows(), GroupStatus::Creating);
    world.group_succeeds();
    assert_eq!(world.shows(), GroupStatus::Created);
    assert!(world.group(1).pairs.is_empty());
    let again = Fresh::Group(failover_model::ebs::GroupCreated { group: group_id(1) });
    let misused = world.apply(OWNER, SOURCE, None, create_group_request().into(), again);
    assert_eq!(misused.unwrap_err(), Misuse::BadFreshId);
}

#[test]
fn the_sites_of_a_group_lie_apart_in_regions_that_have_the_feature() {
    let mut world = World::default();
    let mut close = create_group_request();
    close.destination_region = id(SOURCE);
    close.destination_zone = close.source_zone.clone();
    assert_eq!(rule(world.call(SOURCE, close)), "E-011");
    let mut world = World::with(|policy| policy.ebs.regions = Some([id(SOURCE)].into()));
    assert_eq!(rule(world.call(SOURCE, create_group_request())), "E-010");
}

#[test]
fn forgetting_an_account_forgets_its_groups_and_drills() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Normal).start_group_drill(1).unwrap();
    world.plane.forget_account(&id(OWNER));
    world.plane.check().unwrap();
    assert_eq!((world.plane.groups().count(), world.plane.drills().count()), (0, 0));
    assert_eq!(world.plane.outstanding().count(), 0);
}
