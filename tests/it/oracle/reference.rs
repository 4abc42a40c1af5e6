//! The control plane against the naive reference, input by input.
//!
//! The two share the types of requests and the policy and nothing else: no table, ranking, token cache or index. The
//! sequences are those of `proptest-state-machine`: the reference, minting ids of its own, is the model that they are
//! drawn for; the system under test is the control plane beside a reference that learns the control plane's ids.

use std::collections::BTreeSet;

use failover_model::ebs::{DrillStatus, GroupStatus, PairStatus};
use failover_model::testing::steps::TestStep;
use failover_model::testing::strategies::{self, World};
use failover_model::testing::view::{Answer, Leeway, View};
use failover_model::testing::{Aspect, Divergence, Drive, Reference, ReferenceSubject, Subject, Summary};
use failover_model::{ControlPlane, EffectId, Input, Policy};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use super::stories;
use super::stories::machine::{Model, Naive};
use crate::kit::{START, at};

/// The control plane beside a reference that learns its ids.
struct Against;

impl StateMachineTest for Against {
    type SystemUnderTest = Drive<ControlPlane>;
    type Reference = Naive;

    fn init_test(model: &Model) -> Drive<ControlPlane> {
        drive(&model.world)
    }

    fn apply(mut drive: Drive<ControlPlane>, _: &Model, step: TestStep) -> Drive<ControlPlane> {
        agree(drive.step(&step));
        drive
    }

    /// The two references, one with the control plane's ids and one with its own, are in one state.
    fn check_invariants(drive: &Drive<ControlPlane>, model: &Model) {
        assert_eq!(drive.subject().check(), Ok(()));
        assert_eq!(unnamed(drive.reference().view()), unnamed(model.system.view()));
        assert_eq!(drive.reference().clock(), drive.subject().clock());
    }
}

fn unnamed(mut view: View) -> View {
    view.effects.iter_mut().for_each(|asked| asked.id = EffectId(0));
    view
}

fn drive(world: &World) -> Drive<ControlPlane> {
    agree(Drive::new(Reference::of(world, at(START)), world.plane(at(START))))
}

/// A divergence is told as it is told to a user.
#[track_caller]
fn agree<T>(result: Result<T, Box<Divergence>>) -> T {
    result.unwrap_or_else(|divergence| panic!("{divergence}"))
}

prop_state_machine! {
    #![proptest_config(suite!("reference", 256))]

    #[test]
    fn the_control_plane_answers_as_the_naive_reference_allows(sequential 1..60 => Against);
}

proptest! {
    #![proptest_config(suite!("reference", 16))]

    /// From nothing and under the defaults, long enough for tokens and tombstones to come round.
    #[test]
    fn a_long_life_under_the_default_policy_is_the_same_in_both(steps in strategies::steps(80..160)) {
        let reference = Reference::new(Policy::default());
        let mut drive = agree(Drive::new(reference, ControlPlane::new(Policy::default())));
        agree(drive.run(&steps));
    }

    /// A group of three under any readings, whose members break seldom enough for rounds and reverses to end.
    #[test]
    fn the_life_of_a_group_is_the_same_in_both(policy in strategies::policy(), steps in stories::life::steps()) {
        let world = stories::bare(|known| known.ebs = Reference::readings(&policy).ebs);
        let mut drive = drive(&world);
        agree(drive.run(&steps));
        prop_assert_eq!(drive.subject().check(), Ok(()));
    }

    /// Whoever elects by itself, or names another of several faults, is right as long as it says so.
    #[test]
    fn a_system_with_leeway_is_not_blamed(world in strategies::world(), steps in strategies::steps(0..60)) {
        let reference = Reference::of(&stories::known(world), at(START));
        let system = ReferenceSubject::new(reference.clone(), None);
        for system in [system.clone().electing_the_first(), system.naming_the_last_fault()] {
            let mut drive = agree(Drive::new(reference.clone(), system));
            agree(drive.run(&steps));
        }
    }
}

/// The fixed-case twins, and proof that they do what they tell: every rule that a story is about decides in it.
#[test]
fn the_stories_are_the_same_in_both() {
    let mut total = Summary::default();
    for story in stories::all() {
        let drive = agree(Drive::new(Reference::of(&story.world, at(START)), story.world.plane(at(START))));
        match story.play(drive) {
            Ok(summary) => total.extend(&summary),
            Err(divergence) => panic!("{}: {divergence}", story.name),
        }
    }
    let decided: BTreeSet<&str> = total.rules.iter().map(|rule| rule.as_str()).collect();
    for rule in [
        "C-040", "D-110", "D-111", "D-113", "D-120", "D-121", "D-130", "D-131", "D-132", "D-140", "D-141",
        "D-610", "D-611", "D-620", "D-621", "D-633", "D-690", "E-010", "E-012", "E-013", "E-014", "E-015",
        "E-110", "E-111", "E-115", "E-130", "E-131", "E-210", "E-211", "E-212", "E-213", "E-216", "E-230",
        "E-250", "E-310", "E-320", "E-321", "E-322", "E-323", "E-330", "E-331", "E-340", "E-341", "E-350",
        "E-351", "E-360", "E-410", "E-411", "E-510", "E-621", "E-622", "E-623", "E-624", "E-630", "E-631",
        "E-632", "E-660", "E-680", "E-692", "P-010", "P-101", "P-103", "P-181", "P-201", "P-601", "P-021",
        "P-023", "P-025", "P-102", "P-104", "P-105", "P-106", "P-112", "P-114", "P-122", "P-140", "P-141",
        "P-142", "P-150", "P-151", "P-152", "P-160", "P-161", "P-162", "P-170", "P-180", "P-303", "P-304",
        "P-310", "P-018", "P-187", "P-188", "P-189", "P-191", "P-202", "P-203", "P-610", "P-611", "P-612",
        "P-614", "P-026", "E-270", "E-271", "E-695", "E-701", "E-705", "E-706", "E-707", "E-709", "E-712",
        "T-080", "T-090", "T-180", "G-014", "G-110", "G-111", "G-112", "G-115", "G-116", "G-117", "G-130",
        "G-131", "G-132", "G-133", "G-210", "G-211", "G-212", "G-213", "G-214", "G-230", "G-231", "G-232",
        "G-250", "G-251", "G-252", "G-270", "G-271", "G-280", "G-281", "G-290", "G-291", "G-310", "G-311",
        "G-320", "G-321", "G-322", "G-323", "G-330", "G-331", "G-340", "G-341", "G-350", "G-351", "G-360",
        "G-361", "G-410", "G-411", "G-510", "G-511", "G-520", "G-610", "G-620", "G-621", "G-622", "G-623",
        "G-630", "G-631", "G-632", "G-633", "G-641", "G-642", "G-670", "G-671", "G-680", "G-681", "G-682",
        "G-684", "G-685", "G-686", "G-690", "G-691", "G-692", "G-693", "G-696", "G-697",
    ] {
        assert!(decided.contains(rule), "no story is decided by {rule}: {decided:?}");
    }
    assert!(total.accepted * 2 > total.calls, "{total:?}");
}

/// A story under another reading goes otherwise than under the default one.
#[test]
fn each_other_reading_decides_its_story() {
    for story in stories::readings::all() {
        let default = World { policy: Policy::default(), ..story.world.clone() };
        let drive = agree(Drive::new(Reference::of(&story.world, at(START)), default.plane(at(START))));
        let divergence = story.play(drive).expect_err(story.name);
        assert_eq!(divergence.aspect, Aspect::Answer, "{}: {divergence}", story.name);
    }
}

/// The sequences are not vacuous: how much of what they do is accepted, and how many rules they reach.
#[test]
fn the_sequences_do_enough_of_everything() {
    let mut runner = TestRunner::deterministic();
    let mut total = Summary::default();
    let (mut statuses, mut shown, mut drilled) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut most = 0;
    for _ in 0..80 {
        let (model, steps, _) = Naive::sequential_strategy(30..60).new_tree(&mut runner).unwrap().current();
        let mut drive = drive(&model.world);
        for step in &steps {
            agree(drive.step(step));
            statuses.extend(drive.subject().pairs().map(|pair| pair.status().as_str()));
            shown.extend(drive.subject().groups().map(|group| group.status.as_str()));
            drilled.extend(drive.subject().drills().map(|drill| drill.status().as_str()));
            most = most.max(drive.subject().groups().map(|group| group.pairs.len()).max().unwrap_or(0));
        }
        total.extend(drive.summary());
    }
    let share = total.accepted as f64 / total.calls as f64;
    println!(
        "{} inputs, {} calls of which {:.1} % are accepted and {} answered by a token, {} misused, {} rules decide",
        total.inputs,
        total.calls,
        share * 100.0,
        total.replayed,
        total.misused,
        total.rules.len()
    );
    // Rules that come in without the reference would dilute what its agreement says.
    let of_rules = total.rules.len() as f64 / failover_model::catalogue::rules().len() as f64;
    println!("{:.1} % of the rules decide", of_rules * 100.0);
    assert!(of_rules >= 0.427, "{of_rules} of the rules decide: {total:?}");
    assert!(share > 0.35, "{share} of the calls are accepted: {total:?}");
    assert!(total.replayed >= 25, "{total:?}");
    assert!(total.misused >= 200, "{total:?}");
    assert!(total.rules.len() >= 155, "{total:?}");
    assert_eq!(statuses.len(), PairStatus::ALL.len(), "{statuses:?}");
    assert_eq!(shown.len(), GroupStatus::ALL.len(), "{shown:?}");
    assert_eq!(drilled.len(), DrillStatus::ALL.len(), "{drilled:?}");
    assert!(most >= 2, "no group has two members");
}

/// Plays a story with a system that has leeway, and says so or does not.
fn play(
    name: &str,
    system: fn(ReferenceSubject) -> ReferenceSubject,
    says_so: bool,
) -> Result<Summary, Box<Divergence>> {
    let stories = stories::all();
    let story = stories.iter().find(|story| story.name == name).expect("there is such a story");
    let reference = Reference::of(&story.world, at(START));
    let system = system(ReferenceSubject::new(reference.clone(), None));
    story.play(agree(Drive::new(reference, Liberal { system, says_so })))
}

/// A system with leeway, which it may keep to itself.
struct Liberal {
    system: ReferenceSubject,
    says_so: bool,
}

impl Subject for Liberal {
    fn apply(&mut self, input: &Input) -> Answer {
        self.system.apply(input)
    }

    fn view(&self) -> View {
        self.system.view()
    }

    fn leeway(&self) -> Leeway {
        if self.says_so { self.system.leeway() } else { Leeway::default() }
    }
}

/// Each election by itself is legal; that they all go one way shows only over many.
#[test]
fn an_election_that_always_takes_the_first_is_legal_and_its_bias_shows() {
    let elect =
        |says_so| play("a tie that one elects by itself", ReferenceSubject::electing_the_first, says_so);
    let mut total = Summary::default();
    for _ in 0..20 {
        total.extend(&agree(elect(true)));
    }
    assert_eq!(total.elections, [(2, 0); 20]);
    assert_eq!(total.bias(20), Some((2, 0)));
    assert_eq!(total.bias(21), None, "too few to tell");
    total.extend(&Summary { elections: vec![(2, 1)], ..Summary::default() });
    assert_eq!(total.bias(20), None, "another one was taken once");
    let unsaid = elect(false).unwrap_err();
    assert_eq!((unsaid.aspect, unsaid.rule.as_str()), (Aspect::Effects, "P-142"), "{unsaid}");
}

/// The order of checks is ours; whoever has another and says so may name any of the faults.
#[test]
fn of_two_faults_the_second_may_be_named_by_who_says_so() {
    let name = |says_so| play("two faults at once", ReferenceSubject::naming_the_last_fault, says_so);
    assert_eq!(agree(name(true)).calls, 2);
    let unsaid = name(false).unwrap_err();
    assert_eq!((unsaid.aspect, unsaid.rule.as_str()), (Aspect::Answer, "E-621"), "{unsaid}");
    assert_eq!(unsaid.allowed, "refused, OperationDenied.OperateNotAllowedForPrimary (E-621)");
    assert_eq!(unsaid.shown, "refused, OperationDenied.InvalidStatus (E-210)");
    assert_eq!(unsaid.resource, "FailoverDiskReplicaPair");
}

/// A system that begins in another state is told so before the first input.
#[test]
fn a_system_that_begins_elsewhere_is_told_so() {
    let stories = stories::all();
    let story = stories.iter().find(|story| !story.world.pairs.is_empty()).unwrap();
    let empty = ControlPlane::new(Policy::default());
    let divergence = Drive::new(Reference::of(&story.world, at(START)), empty).unwrap_err();
    assert_eq!((divergence.number, divergence.aspect, divergence.input), (0, Aspect::Existence, None));
}

/// A divergence reads as a sentence, with the rule spelled out.
#[test]
fn a_divergence_is_told_in_words() {
    let unsaid =
        play("a tie that one elects by itself", ReferenceSubject::electing_the_first, false).unwrap_err();
    let told = unsaid.to_string();
    let said = "what is asked of the outside is: promote a (pc-1); allowed is: choose one of a and b (pc-1) (P-142: Several \
                nodes of the highest priority are offered for a choice.)";
    assert!(told.starts_with("input 1, Call(") && told.ends_with(said), "{told}");
    let unsaid = play("two faults at once", ReferenceSubject::naming_the_last_fault, false).unwrap_err();
    let said = "the answer to FailoverDiskReplicaPair is: refused, OperationDenied.InvalidStatus (E-210); allowed is: refused, \
                OperationDenied.OperateNotAllowedForPrimary (E-621) (E-621: Failover and reprotect are called at the \
                current destination.)";
    assert!(unsaid.to_string().ends_with(said), "{unsaid}");
}
