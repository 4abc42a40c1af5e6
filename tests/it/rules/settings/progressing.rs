use super::*;

/// E-695, E-650, E-652.
#[test]
fn progress_is_zero_while_a_copy_is_shown_and_a_hundred_once_it_completed() {
    let mut world = at_status(S::Created);
    let seen = |world: &mut World| {
        let found = progress(world, DESTINATION).unwrap();
        assert_eq!(progress(world, SOURCE).unwrap(), found, "both ends see the same");
        (found.percent, found.recover_point)
    };
    assert_eq!(seen(&mut world), (0, None), "nothing was copied yet");
    world.start(SOURCE, false).unwrap();
    assert_eq!(seen(&mut world), (0, None));
    world.later(7).pair_succeeds(1);
    let first = at(world.now);
    assert_eq!(seen(&mut world), (100, Some(first)));
    world.advance(RPO_MS);
    assert_eq!((world.status(1), seen(&mut world)), (S::Syncing, (0, Some(first))));
    world.pair_fails(1);
    assert_eq!(seen(&mut world), (0, Some(first)), "the next cycle tries again");
    world.stop(SOURCE).unwrap();
    assert_eq!(seen(&mut world), (100, Some(first)));
}

#[test]
fn every_status_but_a_tombstone_has_progress() {
    for status in S::ALL.iter().copied() {
        let mut world = at_status(status);
        match progress(&mut world, SOURCE) {
            Err(refusal) => assert_eq!((status, refusal.rule().as_str()), (S::Deleted, "E-610")),
            Ok(found) => {
                assert_ne!(status, S::Deleted);
                let copying = [S::InitialSyncing, S::ManualSyncing, S::Syncing].contains(&status);
                let done = !copying && world.pair(1).last_recover_point().is_some();
                assert_eq!(found.percent, if done { 100 } else { 0 }, "{status}");
            }
        }
    }
    let mut world = at_status(S::Normal);
    assert_eq!(rule(progress(&mut world, ELSEWHERE)), "E-620");
}

/// E-696.
#[test]
fn the_simulation_tells_how_much_of_a_copys_time_has_passed() {
    let mut world = World::default();
    world.create(1);
    let mut simulation = Simulation::new(world.plane, 1, Transitions::Timed, LatencyProfile::QUICK);
    let mut now = kit::START + 2_000;
    let mut call = |simulation: &mut Simulation, later: u64, request: Request| {
        now += later;
        let call = Call { now: at(now), account: id(OWNER), region: id(SOURCE), token: None };
        simulation.call(&call, &request).0.result.unwrap().unwrap()
    };
    let ask = || Request::from(DescribeDiskReplicaPairProgress::new(pair_id(1)));
    let start = || Request::from(failover_model::ebs::StartDiskReplicaPair::new(pair_id(1)).one_shot(true));
    let percent = |response: Response| match response {
        Response::PairProgress(progress) => progress.percent,
        other => panic!("{other:?}"),
    };
    call(&mut simulation, 0, start());
    let seen = [0, 1, 48, 2_451, 2_499, 1].map(|later| percent(call(&mut simulation, later, ask())));
    assert_eq!(seen, [0, 0, 0, 50, 99, 100], "five seconds a copy");
    // What is held has no end that could be told.
    simulation.plan(Fault::Hold { effect: "copy".into(), resource: Selector::any() }, None);
    call(&mut simulation, 450_001, start());
    assert_eq!(percent(call(&mut simulation, 60_000, ask())), 0);
}
