//! Groups that are adopted, with pairs that fit.

use super::*;

#[test]
fn a_group_is_adopted_with_pairs_that_fit_it() {
    let adopt = |world: &mut World, seed: GroupSeed| {
        let before = world.plane.clone();
        let adopted = world.plane.adopt_group(at(world.now), &id(OWNER), &id(SOURCE), seed);
        world.plane.check().unwrap();
        if adopted.is_err() {
            let mut before = before;
            kit::look(&mut before, at(world.now));
            assert_eq!(before, world.plane);
        }
        adopted
    };
    let mut world = World::default();
    world.bring_to(PairStatus::Normal);
    let mut idle = world.clone();
    assert!(matches!(
        adopt(&mut world, group_seed(GroupStatus::Stopped, &[1])),
        Err(NotAdopted::Violation(_))
    ));
    assert!(matches!(
        adopt(&mut world, group_seed(GroupStatus::Normal, &[1, 1])),
        Err(NotAdopted::IdInUse(_))
    ));
    assert!(matches!(adopt(&mut world, group_seed(GroupStatus::Normal, &[9])), Err(NotAdopted::Refused(_))));
    assert!(matches!(adopt(&mut world, group_seed(GroupStatus::Normal, &[])), Err(NotAdopted::Violation(_))));
    assert!(adopt(&mut world, group_seed(GroupStatus::Normal, &[1])).unwrap().effects.is_empty());
    assert_eq!((world.shows(), world.pair(1).due()), (GroupStatus::Normal, None));
    assert_eq!(world.advance(RPO_MS).effects.len(), 1, "the next round is one RPO ahead");
    assert!(matches!(adopt(&mut world, group_seed(GroupStatus::Normal, &[])), Err(NotAdopted::IdInUse(_))));
    // What a pair waited for is its group's.
    idle.failover(DESTINATION).unwrap();
    let lost = idle.pending(1);
    let step = adopt(&mut idle, group_seed(GroupStatus::Failingover, &[1])).unwrap();
    assert_eq!(asked(&step), [("failover_group", vec!["pair-1".to_owned()])]);
    assert!(idle.outcome(lost, Outcome::Succeeded).is_err());
    idle.group_succeeds();
    assert_eq!(idle.status(1), PairStatus::Failedover);
}

#[test]
fn a_group_that_is_adopted_keeps_its_description_and_when_it_was_created() {
    for (told, kept) in [(7, 7), (u64::MAX, START)] {
        let mut world = World::default();
        let description = Description::parse("of orders").ok();
        let settings = with!(GroupSettings::default(), description = description.clone());
        let request = create_group_request().settings(settings);
        let seed = GroupSeed { created_at: at(told), request, ..group_seed(GroupStatus::Created, &[]) };
        world.plane.adopt_group(at(START), &id(OWNER), &id(SOURCE), seed).unwrap();
        let group = world.group(1).group;
        assert_eq!((group.created_at(), group.description()), (at(kept), description.as_ref()));
    }
}
