use super::*;

/// C-040.
#[test]
fn a_report_about_an_effect_that_is_not_pending_changes_nothing() {
    let mut world = at_status(S::Failingover);
    for number in [0, 1, 2, 999, u64::MAX] {
        let number = EffectId(number);
        assert_eq!(world.outcome(number, Outcome::Succeeded), Err(Misuse::Stale(number)));
    }
    assert_eq!(world.status(1), S::Failingover);
}

#[test]
fn outstanding_effects_are_listed_by_id_and_found_by_it() {
    let mut world = World::default();
    for number in 1..30 {
        world.create(number);
    }
    world.cluster(&[("a", 5), ("b", 5)]);
    world.fail_over(None).unwrap();
    for number in (1..30).step_by(2) {
        world.pair_succeeds(number);
    }
    let all: Vec<_> = world.plane.outstanding().collect();
    assert_eq!(all.len(), 15);
    assert!(all.windows(2).all(|two| two[0].id < two[1].id));
    for effect in all {
        assert_eq!(world.plane.effect(effect.id), Some(effect));
    }
    assert_eq!(world.plane.effect(EffectId(999)), None);
}

#[test]
fn a_refused_call_mints_no_id() {
    let mut world = at_status(S::Stopped);
    kit::rule(world.stop(SOURCE));
    let mut other = at_status(S::Stopped);
    let (one, two) = (world.start(SOURCE, false).unwrap(), other.start(SOURCE, false).unwrap());
    assert_eq!(one.effects[0].id, two.effects[0].id);
}

#[test]
fn observations_of_what_is_not_known_are_misuse_but_any_disk_may_be_observed() {
    let mut world = World::default();
    let unknown = [
        Observation::PairInvalid { pair: pair_id(1), message: kit::message("DeviceRemoved") },
        Observation::Node { node: id("a"), change: failover_model::polardb::NodeChange::Up(false) },
        Observation::ClusterBusy { cluster: id(CLUSTER), status: None },
        Observation::ClusterRemoved { cluster: id(CLUSTER) },
    ];
    for observation in unknown {
        assert_eq!(world.report(Report::Observed(observation)), Err(Misuse::Unknown));
    }
    assert!(!world.disk("s-1", DiskChange::Removed).is_empty());
}
