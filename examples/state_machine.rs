//! A property test of your own system with `proptest-state-machine`: `cargo run --example state_machine --features testing`.
//!
//! The reference is the abstract state machine, your system the concrete one. Steps are drawn by the crate's own strategies and
//! shrink. In a test file, `prop_state_machine!` makes a test of [`Conforms`]; here the same is run by hand, once for a system
//! that follows the rules and once for one that does not, whose shortest failing script is printed.

use failover_model::testing::steps::TestStep;
use failover_model::testing::{Bug, Drive, Reference, ReferenceSubject, Subject, strategies};
use failover_model::{Input, Policy};
use proptest::strategy::{BoxedStrategy, Just, Strategy};
use proptest::test_runner::{Config, TestError, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

/// The abstract machine: the rules.
struct Rules;

impl ReferenceStateMachine for Rules {
    type State = ReferenceSubject;
    type Transition = TestStep;

    fn init_state() -> BoxedStrategy<ReferenceSubject> {
        Just(ReferenceSubject::new(Reference::new(Policy::default()), None)).boxed()
    }

    /// Any step. One that names a resource picks it among those that exist when it is made.
    fn transitions(_: &ReferenceSubject) -> BoxedStrategy<TestStep> {
        strategies::step().boxed()
    }

    fn apply(mut rules: ReferenceSubject, step: &TestStep) -> ReferenceSubject {
        let input: Input = step.resolve(rules.reference());
        let _ = rules.apply(&input);
        rules
    }
}

/// The concrete machine: a system of yours. This one stands in for it.
struct Conforms<const BUG: bool>;

impl<const BUG: bool> StateMachineTest for Conforms<BUG> {
    type SystemUnderTest = Drive<ReferenceSubject>;
    type Reference = Rules;

    fn init_test(_: &ReferenceSubject) -> Self::SystemUnderTest {
        let reference = Reference::new(Policy::default());
        let mine = ReferenceSubject::new(reference.clone(), BUG.then_some(Bug::AllowlistForPairs));
        Drive::new(reference, mine).expect("both begin empty")
    }

    fn apply(
        mut drive: Self::SystemUnderTest,
        _: &ReferenceSubject,
        step: TestStep,
    ) -> Self::SystemUnderTest {
        // The drive answers with what no rule allows, in words.
        if let Err(divergence) = drive.step(&step) {
            panic!("{divergence}");
        }
        drive
    }
}

/// Runs so many cases; what fails, shrunk.
fn check<const BUG: bool>(cases: u32) -> Result<(), (String, usize)> {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(
        config.clone(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let scripts = Rules::sequential_strategy(1..60);
    let run = |(state, steps, seen)| {
        Conforms::<BUG>::test_sequential(config.clone(), state, steps, seen);
        Ok(())
    };
    match runner.run(&scripts, run) {
        Ok(()) => Ok(()),
        Err(TestError::Fail(why, (_, steps, _))) => Err((why.to_string(), steps.len())),
        Err(TestError::Abort(why)) => Err((why.to_string(), 0)),
    }
}

fn main() {
    assert_eq!(check::<false>(64), Ok(()));
    println!("64 scripts: every answer and every state is one that the rules allow");
    // Failed cases are expected here, and their panics are not printed.
    std::panic::set_hook(Box::new(|_| {}));
    let (why, steps) = check::<true>(1_000).expect_err("the mistake is found");
    println!("a mistake, in a script of {steps} steps:\n{why}");
}
