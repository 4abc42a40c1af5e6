use super::*;
use failover_model::{Breach, NotAdopted, Violation};

#[test]
fn a_cluster_is_adopted_only_with_exactly_one_writer_of_an_ordinary_kind() {
    let spoils: [fn(&mut ClusterSeed); 4] = [
        |seed| seed.nodes.clear(),
        |seed| seed.nodes[0].role = Role::Reader,
        |seed| seed.nodes[1].role = Role::Writer,
        |seed| seed.nodes[0].kind = NodeKind::ColumnStore,
    ];
    for spoil in spoils {
        let mut world = World::default();
        let mut seed = seed(&[("a", 1)]);
        spoil(&mut seed);
        let before = world.plane.clone();
        world.now = 0;
        let taken = world.plane.adopt_cluster(at(world.now), &id(OWNER), seed);
        let broken = taken.unwrap_err();
        assert!(
            matches!(
                broken,
                NotAdopted::Violation(Violation::Resource { why: Breach::Writers | Breach::WriterKind, .. })
            ),
            "{broken}"
        );
        assert_eq!(world.plane, before);
    }
}

#[test]
fn nothing_that_is_adopted_was_made_later_than_now() {
    let later = at(kit::START + 5);
    let world = seeded(|seed| (seed.created_at, seed.nodes[1].created_at) = (later, later));
    let made = [world.db().created_at(), world.db().nodes()[1].created_at, world.db().nodes()[0].created_at];
    assert_eq!(made, [at(kit::START), at(kit::START), at(0)]);
}

#[test]
fn a_cluster_can_be_adopted_in_every_status() {
    for (status, pending) in [
        (ClusterStatus::Creating, 1),
        (ClusterStatus::Running, 0),
        (ClusterStatus::Deleting, 1),
        (ClusterStatus::Busy(message("ClassChanging")), 0),
    ] {
        let mut world = World::default();
        let step = world.adopt(ClusterSeed { status: status.clone(), ..seed(&[("a", 1)]) });
        assert_eq!((world.db().status(), step.effects.len()), (status, pending));
    }
    // Which node it was switching to is not known.
    let world = seeded(|seed| seed.status = ClusterStatus::Switching);
    assert_eq!(world.db_status(), "Running");
}
