use super::*;

#[test]
fn a_failover_supersedes_what_is_under_way_and_the_late_outcome_changes_nothing() {
    for (status, number) in
        [(S::Creating, "E-215"), (S::Stopping, "E-214"), (S::Reprotecting, "E-215"), (S::Deleting, "E-215")]
    {
        for late_success in [true, false] {
            let mut world = at_status(status);
            let late = world.pending(1);
            let step = world.later(1_000).failover(DESTINATION).unwrap();
            assert_eq!(step.events[0].rule.as_str(), number);
            let Fact::Pair { fact: PairFact::Status(StatusChange { superseded, .. }), .. } =
                &step.events[0].fact
            else {
                panic!("a status event comes first");
            };
            assert_eq!(*superseded, Some(late), "{status}");
            let report = |world: &mut World| {
                let failed =
                    Outcome::Failed { failure: failover_model::polardb::Failure::Other, message: None };
                world.outcome(late, if late_success { Outcome::Succeeded } else { failed })
            };
            // Before the failover ends, and after.
            assert_eq!(report(&mut world), Err(Misuse::Stale(late)), "{status}");
            assert_eq!(world.status(1), S::Failingover);
            world.pair_succeeds(1);
            assert_eq!(report(&mut world), Err(Misuse::Stale(late)), "{status}");
            assert_eq!(world.status(1), S::Failedover);
        }
    }
}

/// E-361, then E-252.
#[test]
fn a_failed_deletion_is_repeated() {
    let mut world = at_status(S::Deleting);
    assert_eq!(rules(&world.pair_fails(1)), ["E-361"]);
    assert_eq!(rules(&world.delete(SOURCE).unwrap()), ["E-252"]);
    world.pair_succeeds(1);
    assert_eq!(world.status(1), S::Deleted);
}

#[test]
fn a_late_copy_neither_moves_the_recover_point_nor_the_status() {
    let mut world = at_status(S::Syncing);
    let (late, point) = (world.pending(1), world.pair(1).last_recover_point());
    world.failover(DESTINATION).unwrap();
    assert_eq!(world.later(5_000).outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
    assert_eq!(world.pair(1).last_recover_point(), point);
}

#[test]
fn a_superseded_deletion_frees_no_disk() {
    let mut world = at_status(S::Deleting);
    let late = world.pending(1);
    world.failover(DESTINATION).unwrap();
    assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
    let fresh = Fresh::Pair(PairCreated { pair: pair_id(2), order: id("o-2") });
    let again = world.apply(OWNER, SOURCE, None, create_request(1).into(), fresh).unwrap();
    assert_eq!(again.result.unwrap().unwrap_err().rule().as_str(), "E-012");
}

#[test]
fn a_stop_supersedes_a_copy() {
    let mut world = at_status(S::Syncing);
    let late = world.pending(1);
    world.stop(SOURCE).unwrap();
    assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
}

#[test]
fn an_outcome_is_taken_once() {
    let mut world = at_status(S::Failingover);
    let once = world.pending(1);
    world.succeed(once);
    assert_eq!(world.outcome(once, Outcome::Succeeded), Err(Misuse::Stale(once)));
}

#[test]
fn a_choice_is_no_outcome_of_a_pair() {
    let mut world = at_status(S::Failingover);
    let pending = world.pending(1);
    assert_eq!(world.outcome(pending, Outcome::Chosen(id("r"))), Err(Misuse::WrongOutcome(pending)));
    world.succeed(pending);
}

/// E-211, E-212.
#[test]
fn a_repeated_failover_joins_the_running_one_and_a_finished_one_stays() {
    let mut world = at_status(S::Failingover);
    let running = world.pending(1);
    assert!(world.later(1_000).failover(DESTINATION).unwrap().is_empty());
    assert_eq!(world.pending(1), running);
    world.succeed(running);
    assert!(world.failover(DESTINATION).unwrap().is_empty());
    assert_eq!(world.status(1), S::Failedover);
}
