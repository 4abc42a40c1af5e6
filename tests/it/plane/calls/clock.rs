use super::*;

/// C-030.
#[test]
fn the_clock_never_goes_back() {
    let mut world = at_status(S::Created);
    let seen = world.plane.clock();
    world.now = 5;
    world.start(SOURCE, false).unwrap();
    assert_eq!(world.plane.clock(), seen);
    assert_eq!(world.pair(1).pending().unwrap().since, seen, "an earlier time counts as the time seen");
    world.pair_succeeds(1);
    assert_eq!(world.pair(1).last_recover_point(), Some(seen));
    assert!(world.plane.advance(at(0)).is_empty());
    assert_eq!(world.plane.clock(), seen);
}

#[test]
fn a_refused_call_and_a_misused_report_move_the_clock_and_nothing_else() {
    let mut world = World::default();
    let empty = world.plane.clone();
    world.later(77);
    kit::rule(world.failover(SOURCE));
    assert_eq!(world.plane.clock(), at(START + 77));
    world.later(1).outcome(EffectId(1), Outcome::Succeeded).unwrap_err();
    assert_eq!(world.plane.clock(), at(START + 78));
    let mut expected = empty;
    expected.advance(at(START + 78));
    assert_eq!(world.plane, expected);
}

#[test]
fn time_may_come_to_its_end() {
    let mut world = at_status(S::Normal);
    world.bring_second();
    let step = world.plane.advance(at(u64::MAX));
    assert_eq!(step.effects.len(), 1);
    world.plane.check().unwrap();
    world.now = u64::MAX;
    world.pair_succeeds(1);
    world.stop(SOURCE).unwrap();
    world.pair_succeeds(1);
    world.start(SOURCE, false).unwrap();
    world.plane.advance(at(u64::MAX));
    world.plane.check().unwrap();
}

#[test]
fn deadlines_fire_in_the_order_of_due_time_and_then_of_creation() {
    let mut world = World::default();
    for number in [3, 1, 2] {
        world.create(number);
        world.pair_succeeds(number);
    }
    for number in [2, 3] {
        world.call(SOURCE, StartDiskReplicaPair::new(pair_id(number))).unwrap();
        world.pair_succeeds(number);
    }
    world.later(1);
    world.start(SOURCE, false).unwrap();
    world.pair_succeeds(1);
    let step = world.advance(kit::RPO_MS + 5);
    let order: Vec<&str> = step.effects.iter().map(|effect| effect.kind.resource()).collect();
    assert_eq!(order, ["pair-3", "pair-2", "pair-1"]);
    assert!(step.events.windows(2).all(|two| two[0].at <= two[1].at));
    assert_eq!(step.events[2].at, at(START + 1 + kit::RPO_MS));
}

/// What is due next says of which kind it is, for pairs (E-410, E-660) and groups (G-410, G-697) alike.
#[test]
fn the_next_deadline_tells_a_cycle_from_the_end_of_a_tombstone() {
    let pair = |status| {
        let world = at_status(status);
        let next = world.plane.next_deadline().unwrap();
        assert_eq!(world.pair(1).due(), Some(next.at));
        (next.kind, next.resource)
    };
    let id = ResourceId::Pair(pair_id(1));
    assert_eq!(pair(S::Normal), (DeadlineKind::CopyCycle, id.clone()));
    assert_eq!(pair(S::Deleted), (DeadlineKind::TombstoneEnd, id));
    let group = |status| {
        let mut world = World::default();
        let next = world.bring_group_to(status).plane.next_deadline().unwrap();
        assert_eq!(world.group(1).group.due(), Some(next.at));
        (next.kind, next.resource)
    };
    let id = ResourceId::Group(kit::group_id(1));
    assert_eq!(group(GroupStatus::Normal), (DeadlineKind::CopyCycle, id.clone()));
    assert_eq!(group(GroupStatus::Deleted), (DeadlineKind::TombstoneEnd, id));
}

#[test]
fn times_and_spans_are_shown_in_milliseconds() {
    let (start, end) = (at(1_500), at(4_000));
    assert_eq!(format!("{start}, {} later", end.since(start)), "1500 ms, 2500 ms later");
}

impl World {
    /// A second pair, deleted: its tombstone falls due.
    fn bring_second(&mut self) {
        self.create(2);
        self.pair_succeeds(2);
        self.call(SOURCE, DeleteDiskReplicaPair::new(pair_id(2))).unwrap();
        self.pair_succeeds(2);
    }
}
