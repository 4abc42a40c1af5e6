//! The simulated world: what is planned and how it strikes, and which worlds are not restored.

mod common;

use failover_model::ebs::{FailoverDiskReplicaGroup, GroupStatus, PairStatus, ReprotectDiskReplicaGroup};
use failover_model::simulation::{
    BadWorld, Fault, GroupStage, LatencyProfile, PairStage, Selector, Simulation, Transitions,
};
use failover_model::{Call, ControlPlane, Policy, Request};
use serde_json::{Value, json};

use common::{DESTINATION, OWNER, START, World, at, group_id, id, pair_id};

/// An empty world.
fn world() -> Simulation {
    Simulation::new(ControlPlane::new(Policy::default()), 1, Transitions::Timed, LatencyProfile::QUICK)
}

fn hold(effect: &str) -> Fault {
    Fault::Hold { effect: effect.into(), resource: Selector::any() }
}

#[test]
fn a_fault_number_is_given_once_and_withdraws_its_fault_alone() {
    let mut world = world();
    let numbers = [world.plan(hold("copy"), None), world.number_fault(), world.plan(hold("stop_pair"), None)];
    assert_eq!(numbers, [1, 2, 3]);
    assert!(!world.withdraw(2), "it struck at once and was never planned");
    assert!(world.withdraw(1) && !world.withdraw(1));
    assert_eq!(world.faults().iter().map(|planned| planned.id).collect::<Vec<_>>(), [3]);
    world.withdraw_all();
    assert!(world.faults().is_empty());
    assert_eq!(world.number_fault(), 4, "no number is given again");
}

/// The world of one as data, changed.
fn restored(world: &Simulation, change: impl FnOnce(&mut Value)) -> Result<Simulation, BadWorld> {
    let mut data = serde_json::to_value(world.world()).unwrap();
    change(&mut data);
    let plane = ControlPlane::restore(world.plane().snapshot()).unwrap();
    Simulation::restore(plane, serde_json::from_value(data).unwrap())
}

#[test]
fn faults_are_restored_only_in_the_order_of_their_numbers_and_if_those_were_given() {
    let mut world = world();
    world.plan(hold("copy"), None);
    world.plan(hold("stop_pair"), None);
    assert_eq!(restored(&world, |_| ()).unwrap().faults(), world.faults());
    for (first, second, next, wrong) in [(2, 1, 2, 1), (1, 1, 2, 1), (0, 1, 2, 0), (1, 2, 1, 2)] {
        let faults = restored(&world, |data| {
            data["faults"]["planned"][0]["id"] = json!(first);
            data["faults"]["planned"][1]["id"] = json!(second);
            data["faults"]["next"] = json!(next);
        });
        assert_eq!(faults.unwrap_err(), BadWorld::FaultOrder(wrong), "{first}, {second} of {next}");
    }
}

#[test]
fn a_count_of_ids_is_restored_up_to_the_highest_that_its_numbers_allow() {
    let counted = |count: u64| restored(&world(), |data| data["minted"]["pair-cn-"] = json!(count));
    assert!(counted(u64::MAX / 128).is_ok());
    assert_eq!(counted(u64::MAX / 128 + 1).unwrap_err(), BadWorld::Minted("pair-cn-".into()));
}

mod groups {
    use super::*;

    /// A group in this status, in a world that does everything at once.
    fn group(status: GroupStatus) -> Simulation {
        let mut world = World::default();
        world.bring_group_to(status);
        Simulation::new(world.plane, 1, Transitions::Immediate, LatencyProfile::QUICK)
    }

    fn call(world: &mut Simulation, request: impl Into<Request>) -> GroupStatus {
        let call = Call { now: at(START), account: id(OWNER), region: id(DESTINATION), token: None };
        let (output, _) = world.call(&call, &request.into());
        output.result.unwrap().unwrap();
        world.plane().group(&group_id(1)).unwrap().status
    }

    #[test]
    fn a_fault_of_a_group_strikes_that_group_and_that_effect_alone() {
        let fail_over = |group: &str, fails| {
            let mut world = self::group(GroupStatus::Normal);
            world.plan(Fault::Group { group: Selector(group.into()), fails }, None);
            call(&mut world, FailoverDiskReplicaGroup { group: group_id(1) })
        };
        assert_eq!(fail_over("group-1", GroupStage::Failover), GroupStatus::FailoverFailed);
        assert_eq!(fail_over("*", GroupStage::Failover), GroupStatus::FailoverFailed);
        assert_eq!(fail_over("group-2", GroupStage::Failover), GroupStatus::Failedover);
        assert_eq!(fail_over("group-1", GroupStage::Stop), GroupStatus::Failedover);
    }

    /// G-431.
    #[test]
    fn one_member_that_cannot_be_reprotected_fails_the_whole_group() {
        let mut world = group(GroupStatus::Failedover);
        let (pair, fails) = (Some(Selector("pair-2".into())), PairStage::Reprotect);
        world.plan(Fault::Pair { pair, disk: None, fails, message: None }, None);
        let request = ReprotectDiskReplicaGroup { group: group_id(1), reverse_replicate: true };
        assert_eq!(call(&mut world, request), GroupStatus::ReprotectFailed);
        let members = [1, 2].map(|number| world.plane().pair(&pair_id(number)).unwrap().status());
        assert_eq!(members, [PairStatus::ReprotectFailed; 2]);
    }
}
