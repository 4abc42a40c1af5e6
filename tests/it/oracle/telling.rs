//! Counterexamples as stories: short, without what is not needed, and replayed by the scenarios.

use failover_model::testing::steps::{StepKind, TestStep};
use failover_model::testing::{Bug, Drive, Reference, ReferenceSubject, Story, strategies};
use failover_model::{Policy, Product, scenario};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

fn wrong(bug: Bug) -> ReferenceSubject {
    ReferenceSubject::new(Reference::new(Policy::default()), Some(bug))
}

/// The story of the first random sequence that shows the mistake.
fn told(bug: Bug, product: Product) -> Story {
    let mut runner = TestRunner::deterministic();
    let steps = strategies::steps_of(product, 20..60);
    let found = (0..400).find_map(|_| {
        let steps = steps.new_tree(&mut runner).unwrap().current();
        Story::of(&Policy::default(), || wrong(bug), &steps)
    });
    found.unwrap_or_else(|| panic!("no sequence shows {bug:?}"))
}

fn shows_it(bug: Bug, steps: &[TestStep], story: &Story) -> bool {
    let drive = Drive::new(Reference::new(Policy::default()), wrong(bug));
    let Err(divergence) = drive.and_then(|mut drive| drive.run(steps)) else { return false };
    (divergence.aspect, divergence.rule) == (story.divergence().aspect, story.divergence().rule)
}

/// Five mistakes of different kinds, each told in ten lines at the most, of which none can be left out.
#[test]
fn five_mistakes_are_told_in_ten_lines_each() {
    for (bug, product, rule, misused) in [
        (Bug::SourceRegionFailsOver, Product::Ebs, "E-621", 0),
        (Bug::LateCompletionOverwrites, Product::Ebs, "C-040", 1),
        (Bug::DiskInTwoPairs, Product::Ebs, "E-012", 0),
        (Bug::PriorityIgnored, Product::PolarDb, "P-141", 0),
        (Bug::StopsAtFirstFailure, Product::PolarDb, "P-161", 0),
    ] {
        let story = told(bug, product);
        let commands: Vec<&str> = story.commands().collect();
        assert!(commands.len() <= 10, "{bug:?}\n{story}");
        assert_eq!(story.divergence().rule.as_str(), rule, "{bug:?}\n{story}");
        assert!(shows_it(bug, story.steps(), &story));
        for at in 0..story.steps().len() {
            let mut fewer = story.steps().to_vec();
            fewer.remove(at);
            assert!(!shows_it(bug, &fewer, &story), "{bug:?}: step {at} is not needed in\n{story}");
        }
        // It replays: no command is unknown, none is misused but the late report, and a second replay changes nothing.
        let replayed = scenario::replay(story.scenario()).unwrap_or_else(|bad| panic!("{bad}\n{story}"));
        assert_eq!(scenario::replay(&replayed).unwrap(), replayed);
        let told = replayed.lines().filter(|line| line.starts_with("misuse")).count();
        assert_eq!(told, misused, "{bug:?}\n{replayed}");
    }
}

/// A policy is part of the story, by what differs from the default.
#[test]
fn a_story_under_another_reading_begins_with_it() {
    let policy = failover_model::policy::EbsPolicy {
        pair_failover: failover_model::policy::PairFailover::GroupAllowlist,
        ..Default::default()
    };
    let policy = Policy { ebs: policy, ..Policy::default() };
    let system = || ReferenceSubject::new(Reference::new(policy.clone()), Some(Bug::DiskInTwoPairs));
    let mut runner = TestRunner::deterministic();
    let steps = strategies::steps_of(Product::Ebs, 20..60);
    let story =
        (0..100).find_map(|_| Story::of(&policy, system, &steps.new_tree(&mut runner).unwrap().current()));
    let story = story.expect("it is shown soon");
    assert_eq!(story.commands().next(), Some(r#"policy {"ebs":{"pair_failover":"group_allowlist"}}"#));
    scenario::replay(story.scenario()).unwrap();
}

#[test]
fn a_system_without_a_mistake_has_no_story() {
    let mut runner = TestRunner::deterministic();
    for product in [Product::Ebs, Product::PolarDb] {
        let steps = strategies::steps_of(product, 20..60).new_tree(&mut runner).unwrap().current();
        let right = || ReferenceSubject::new(Reference::new(Policy::default()), None);
        assert_eq!(Story::of(&Policy::default(), right, &steps), None);
        let other = |step: &TestStep| step.kind.product().is_some_and(|of| of != product);
        assert!(!steps.iter().any(other) && steps.iter().any(|step| step.kind.product() == Some(product)));
        assert!(steps.iter().any(|step| matches!(step.kind, StepKind::Ended(..))));
    }
}
