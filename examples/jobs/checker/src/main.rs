//! A script of your own, checked against every way that the cloud can behave, with `stateright`:
//! `cargo run --manifest-path examples/jobs/Cargo.toml --package job-checker`.
//!
//! The control plane is a value that can be cloned, compared and hashed, so a checker can walk all of its states. Here a
//! disaster-recovery script fails a pair over and then reverses it. The hasty one does not wait for the failover to end: the
//! checker finds the shortest way in which it is refused. The patient one looks first, and there is none.

use failover_model::ebs::{
    CreateDiskReplicaPair, FailoverDiskReplicaPair, PairCreated, PairStatus, ReprotectDiskReplicaPair,
};
use failover_model::polardb::Failure;
use failover_model::{Call, ControlPlane, Fresh, Input, Outcome, Policy, Report, Request, Timestamp};
use stateright::{Checker, Model, Property};

const PAIR: &str = "pair-1";

/// The script: how it goes on after its failover was accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// It reverses at once.
    Hasty,
    /// It waits until the pair shows `failovered`, and calls again where the failover failed.
    Patient,
}

/// The cloud, and how far the script is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    plane: ControlPlane,
    called: u8,
    refused: bool,
}

/// What can happen next.
#[derive(Clone, Debug, PartialEq)]
enum Happens {
    /// The script makes its next call.
    Call,
    /// Work that is under way ends, well or not.
    Ends(Box<Input>),
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("well formed")
}

fn call(region: &str, request: impl Into<Request>, fresh: Fresh) -> Input {
    let call = Call { now: Timestamp::default(), account: id("1001"), region: id(region), token: None };
    Input::Call(call, request.into(), fresh)
}

fn status(plane: &ControlPlane) -> PairStatus {
    plane.pair(&id(PAIR)).expect("the pair is there").status()
}

impl Script {
    /// The next call, if the script makes one now.
    fn next(self, world: &World) -> Option<Request> {
        let failover = || Some(FailoverDiskReplicaPair::new(id(PAIR)).into());
        let reverse = || Some(ReprotectDiskReplicaPair::new(id(PAIR)).reverse_replicate(true).into());
        match (self, world.called, status(&world.plane)) {
            (_, 0, _) => failover(),
            (Self::Hasty, 1, _) | (Self::Patient, 1, PairStatus::Failedover) => reverse(),
            (Self::Patient, 1, PairStatus::FailoverFailed) => failover(),
            _ => None,
        }
    }
}

impl Model for Script {
    type State = World;
    type Action = Happens;

    fn init_states(&self) -> Vec<World> {
        let mut plane = ControlPlane::new(Policy::default());
        let create = CreateDiskReplicaPair::new(
            (id("cn-beijing-a"), id("d-1")),
            (id("cn-shanghai"), id("cn-shanghai-b"), id("d-2")),
        );
        let fresh = Fresh::Pair(PairCreated { pair: id(PAIR), order: id("order-1") });
        let step = plane.apply(&call("cn-beijing", create, fresh)).expect("it is created").step;
        for effect in step.effects {
            let report = Report::Outcome { id: effect.id, outcome: Outcome::Succeeded };
            let _ = plane.report(Timestamp::default(), &report).expect("it is under way");
        }
        vec![World { plane, called: 0, refused: false }]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Happens>) {
        actions.extend(self.next(world).map(|_| Happens::Call));
        for effect in world.plane.outstanding() {
            for outcome in [Outcome::Succeeded, Outcome::Failed { failure: Failure::Network, message: None }]
            {
                let report = Report::Outcome { id: effect.id, outcome };
                actions.push(Happens::Ends(Input::Report(Timestamp::default(), report).into()));
            }
        }
    }

    fn next_state(&self, world: &World, happens: Happens) -> Option<World> {
        let mut next = world.clone();
        match happens {
            Happens::Ends(input) => drop(next.plane.apply(&input).ok()?),
            Happens::Call => {
                let request = self.next(world)?;
                let again = matches!(&request, Request::FailoverDiskReplicaPair(_)) && world.called == 1;
                let output = next.plane.apply(&call("cn-shanghai", request, Fresh::None)).ok()?;
                next.refused |= matches!(output.result, Some(Err(_)));
                next.called += u8::from(!again);
            }
        }
        Some(next)
    }

    fn within_boundary(&self, world: &World) -> bool {
        // Failovers that fail again and again differ in the number of their effect alone.
        world.plane.outstanding().all(|effect| effect.id.0 < 6)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("the script is never refused", |_, world: &World| !world.refused),
            Property::sometimes("the pair is reversed", |_, world: &World| {
                world.called == 2 && !world.refused && status(&world.plane) == PairStatus::Stopped
            }),
        ]
    }
}

fn main() {
    let hasty = Script::Hasty.checker().spawn_bfs().join();
    let path = hasty.discovery("the script is never refused").expect("it is refused somewhere");
    println!(
        "the hasty script, {} states: refused in {} steps",
        hasty.unique_state_count(),
        path.into_actions().len()
    );
    let patient = Script::Patient.checker().spawn_bfs().join();
    patient.assert_properties();
    println!(
        "the patient script, {} states: never refused, and the pair can be reversed",
        patient.unique_state_count()
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hasty_script_is_refused_and_the_patient_one_is_not() {
        super::main();
    }
}
