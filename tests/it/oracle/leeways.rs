//! What a system may declare: timers that follow the clock, effects and deadlines that it does not show. With its word for it, it
//! conforms; without, it is reported.

use failover_model::testing::view::{Answer, Leeway, View};
use failover_model::testing::{Aspect, Drive, Driven, Reference, ReferenceSubject, Subject, strategies};
use failover_model::{ControlPlane, Input, Outcome, Policy, Report};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::oracle::step::OWNER;

/// A system that declares this leeway, or keeps it to itself.
struct Declares<S> {
    system: S,
    leeway: Leeway,
}

impl<S: Subject> Subject for Declares<S> {
    fn apply(&mut self, input: &Input) -> Answer {
        self.system.apply(input)
    }

    fn view(&self) -> View {
        self.system.view()
    }

    fn leeway(&self) -> Leeway {
        self.leeway
    }
}

/// Random sequences, each on a new system.
fn driven<S: Subject>(number: usize, system: impl Fn() -> S) -> Driven {
    let mut runner = TestRunner::deterministic();
    (0..number).try_for_each(|_| {
        let steps = strategies::steps(30..80).new_tree(&mut runner).unwrap().current();
        Drive::new(Reference::new(Policy::default()), system())?.run(&steps)
    })
}

/// The control plane behind a loop that lets time pass before every input.
struct Ticking(ControlPlane);

impl Subject for Ticking {
    fn apply(&mut self, input: &Input) -> Answer {
        if let Input::Call(failover_model::Call { now, .. }, ..) | Input::Report(now, _) = input {
            let _ = self.0.advance(*now);
        }
        Subject::apply(&mut self.0, input)
    }

    fn view(&self) -> View {
        Subject::view(&self.0)
    }
}

#[test]
fn timers_that_follow_the_clock_conform_if_they_are_declared() {
    let ticking = || Ticking(ControlPlane::new(Policy::default()));
    let leeway = Leeway { timers_follow_clock: true, ..Leeway::default() };
    driven(40, || Declares { system: ticking(), leeway }).unwrap();
    driven(10, || ReferenceSubject::new(Reference::new(Policy::default()), None).with_timers()).unwrap();
    driven(40, ticking).expect_err("the timers are not ours");
}

/// The control plane without its inside. It is told of outcomes by the numbers of the reference, which count alike here.
struct Closed(ControlPlane);

impl Subject for Closed {
    fn apply(&mut self, input: &Input) -> Answer {
        Subject::apply(&mut self.0, input)
    }

    fn view(&self) -> View {
        View { effects: Vec::new(), next_deadline: None, ..Subject::view(&self.0) }
    }
}

#[test]
fn a_system_that_shows_no_deadline_conforms_if_it_says_so() {
    struct Timeless(ControlPlane);
    impl Subject for Timeless {
        fn apply(&mut self, input: &Input) -> Answer {
            Subject::apply(&mut self.0, input)
        }

        fn view(&self) -> View {
            View { next_deadline: None, ..Subject::view(&self.0) }
        }
    }
    let leeway = Leeway { hides_deadlines: true, ..Leeway::default() };
    let timeless = || Timeless(ControlPlane::new(Policy::default()));
    driven(40, || Declares { system: timeless(), leeway }).unwrap();
    assert_eq!(driven(40, timeless).expect_err("a deadline is missing").aspect, Aspect::Deadline);
}

/// One pair from its creation to a failover, by calls and outcomes alone.
#[test]
fn a_system_that_shows_no_effects_is_told_of_outcomes_by_number() {
    use failover_model::testing::steps::{CallRegion, Completion, ReplicaCall, StepKind, TestStep, Timing};
    let now = |kind| TestStep { timing: Timing::Now, kind };
    let create = StepKind::CreatePair {
        origin: OWNER,
        id: 1,
        disks: (0, 1),
        destination: CallRegion::Destination,
        months: None,
    };
    let steps = [
        now(create),
        now(StepKind::Ended(0, Completion::Success(0))),
        now(StepKind::Pair(OWNER, Some(0), ReplicaCall::Failover)),
        now(StepKind::Ended(0, Completion::Success(0))),
    ];
    let leeway = Leeway { hides_effects: true, hides_deadlines: true, ..Leeway::default() };
    let closed = || Closed(ControlPlane::new(Policy::default()));
    let mut drive =
        Drive::new(Reference::new(Policy::default()), Declares { system: closed(), leeway }).unwrap();
    drive.run(&steps).unwrap();
    assert_eq!(drive.subject().view().pairs[0].status, "failovered");
    let plain = Drive::new(Reference::new(Policy::default()), closed());
    let told = plain.and_then(|mut drive| drive.run(&steps)).expect_err("effects are missing");
    assert_eq!(told.aspect, Aspect::Effects);
    // A report about a number that was never given is stale for both.
    let report = Report::Outcome { id: failover_model::EffectId(77), outcome: Outcome::Succeeded };
    drive.input(&Input::Report(drive.reference().clock(), report)).unwrap();
}
