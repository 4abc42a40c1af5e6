//! Worlds that are wrong in one respect each, and what is found of it.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use super::known::{Digests, Whole};
use super::walk::Walk;
use super::{
    Counterexample, Explored, Refuted, Renaming, Sometimes, State, Transition, World, explore, explore_with,
};
use crate::control_plane::{Call, ControlPlane, Fresh, Input, Outcome, Report};
use crate::ebs::{
    CreateDiskReplicaPair, FailoverDiskReplicaPair, PairCreated, PairSettings, PairStatus, ReplicaPair,
};
use crate::ids::Unknown;
use crate::polardb::Failure;
use crate::policy::Policy;
use crate::testing::steps::id;
use crate::time::Timestamp;

/// Pairs that are created and failed over, each at most once. What is wrong is a field.
#[derive(Clone, Copy, Default)]
struct Toy {
    pairs: u8,
    /// How many failovers break the law.
    law: Option<u8>,
    /// Creation ends in no state: its outcome is never reported.
    stuck: bool,
    never_seen: bool,
    never_decides: bool,
    /// Every state is worse than the law of states allows.
    state_law: bool,
    renames: Alike,
}

/// Which states are alike.
#[derive(Clone, Copy, Default, PartialEq)]
enum Alike {
    #[default]
    None,
    /// Those that differ in the order of creation.
    Orders,
    /// Those that differ in which pair is which, too.
    Pairs,
}

fn call(region: &str, request: impl Into<crate::Request>, fresh: Fresh) -> Input {
    let now = Timestamp::default();
    let call = Call { now, account: id("1001"), region: id(region), token: None };
    Input::Call(call, request.into(), fresh)
}

fn name<T: Unknown>(kind: &str, number: u8) -> T {
    id(&format!("{kind}-{number}"))
}

impl World for Toy {
    /// How many failovers were accepted.
    type Memory = u8;

    fn start(&self) -> State<u8> {
        State { plane: ControlPlane::new(Policy::default()), memory: 0 }
    }

    fn inputs(&self, state: &State<u8>, inputs: &mut Vec<Input>) {
        for number in 1..=self.pairs {
            let request = CreateDiskReplicaPair {
                source_zone: id("cn-shanghai-a"),
                source_disk: name("s", number),
                destination_region: id("cn-beijing"),
                destination_zone: id("cn-beijing-b"),
                destination_disk: name("t", number),
                settings: PairSettings::default(),
            };
            let pair = name("pair", number);
            let fresh = PairCreated { pair, order: id("order-1") };
            inputs.push(call("cn-shanghai", request, Fresh::Pair(fresh)));
            let request = FailoverDiskReplicaPair { pair: name("pair", number) };
            inputs.push(call("cn-beijing", request, Fresh::None));
        }
        for effect in state.plane.outstanding().filter(|_| !self.stuck) {
            for outcome in [Outcome::Succeeded, Outcome::Failed { failure: Failure::Network, message: None }]
            {
                inputs.push(Input::Report(Timestamp::default(), Report::Outcome { id: effect.id, outcome }));
            }
        }
    }

    fn observe(&self, transition: &Transition<'_, u8>) -> Result<Option<u8>, String> {
        let began = |pair: &crate::ebs::ReplicaPair| pair.status() == PairStatus::Failingover;
        let asked = transition.result.as_ref().is_ok_and(|output| !output.step.effects.is_empty());
        if !asked || !transition.after.pairs().any(began) {
            return Ok(None);
        }
        let begun = transition.before.memory.saturating_add(1).min(3);
        match self.law {
            Some(most) if begun > most => Err(format!("{begun} failovers")),
            _ => Ok((begun != transition.before.memory).then_some(begun)),
        }
    }

    fn holds(&self, state: &State<u8>) -> Result<(), String> {
        if self.state_law && state.memory == 1 { Err("one failover is one too many".into()) } else { Ok(()) }
    }

    fn sometimes(&self) -> Vec<Sometimes<Self>> {
        let mut seen: Vec<Sometimes<Self>> = vec![("failed over", |_, state| {
            state.plane.pairs().any(|pair| pair.status() == PairStatus::Failedover)
        })];
        if self.never_seen {
            seen.push(("ten pairs", |_, state| state.plane.pairs().count() == 10));
        }
        seen
    }

    fn decides(&self) -> Vec<&'static str> {
        if self.never_decides { vec!["E-014", "E-660"] } else { vec!["E-014"] }
    }

    fn at_rest(&self, state: &State<u8>) -> bool {
        state.plane.outstanding().next().is_none()
    }

    fn renamings(&self) -> Vec<Renaming> {
        let names = [("pair-1", "pair-2"), ("s-1", "s-2"), ("t-1", "t-2")];
        match self.renames {
            Alike::None => Vec::new(),
            Alike::Orders => vec![Renaming::default()],
            Alike::Pairs => vec![Renaming::exchange(names)],
        }
    }
}

const ONE: Toy = Toy {
    pairs: 1,
    law: None,
    stuck: false,
    never_seen: false,
    never_decides: false,
    state_law: false,
    renames: Alike::None,
};

fn refuted(toy: Toy) -> Refuted {
    explore(&toy).expect_err("it is wrong")
}

/// The way to what breaks a law.
fn breaks_a_law(toy: Toy) -> Result<Box<Counterexample>, Refuted> {
    match refuted(toy) {
        Refuted::Law(way) => Ok(way),
        other => Err(other),
    }
}

#[test]
fn a_broken_law_is_found_on_the_shortest_way_and_played_again() -> Result<(), Refuted> {
    let way = breaks_a_law(Toy { law: Some(1), ..ONE })?;
    // Created, failed over while that was under way, and once more.
    assert_eq!((way.inputs.len(), way.why.as_str()), (4, "2 failovers"));
    let mut plane = way.start.clone();
    for input in &way.inputs {
        assert!(plane.apply(input).is_ok());
    }
    assert_eq!(plane.pairs().next().map(ReplicaPair::status), Some(PairStatus::Failingover));
    assert!(way.to_string().starts_with("2 failovers, after 4 inputs\n  Call("));
    Ok(())
}

#[cfg(feature = "wire")]
#[test]
fn a_counterexample_is_a_scenario() -> Result<(), Refuted> {
    let way = breaks_a_law(Toy { law: Some(1), ..ONE })?;
    let text = way.scenario();
    assert!(text.starts_with("# 2 failovers\n\nrestore {\"version\":1,"), "{text}");
    assert!(text.contains("\nreport 2 failed network\n----\n[0s] E-"), "{text}");
    assert!(text.trim_end().ends_with("asks effect 3: failover_pair pair-1"), "{text}");
    assert_eq!(crate::scenario::replay(&text).as_ref(), Ok(&text));
    Ok(())
}

#[test]
fn a_law_of_states_is_asserted_of_each() -> Result<(), Refuted> {
    let way = breaks_a_law(Toy { state_law: true, ..ONE })?;
    assert_eq!((way.inputs.len(), way.why.as_str()), (2, "one failover is one too many"));
    Ok(())
}

#[test]
fn a_state_from_which_nothing_leads_to_rest_is_found() {
    let found = refuted(Toy { stuck: true, ..ONE });
    assert!(matches!(&found, Refuted::Stuck(way) if way.inputs.len() == 1), "{found}");
}

#[test]
fn what_never_happens_is_told() {
    assert_eq!(refuted(Toy { never_seen: true, ..ONE }), Refuted::NeverSeen("ten pairs"));
    let never = refuted(Toy { never_decides: true, ..ONE });
    assert!(never.to_string().starts_with("E-660 decides nowhere; these do: {"), "{never}");
}

#[test]
fn who_follows_the_progress_may_stop() {
    let stopped = explore_with(&ONE, |_| ControlFlow::Break(())).expect_err("it was stopped");
    assert!(matches!(stopped, Refuted::Stopped(progress) if progress.states > 4), "{stopped:?}");
}

#[test]
fn states_that_differ_by_a_renaming_are_one() -> Result<(), Refuted> {
    let states = |renames| explore(&Toy { pairs: 2, renames, ..ONE }).map(|explored| explored.states);
    let (all, orders, pairs) = (states(Alike::None)?, states(Alike::Orders)?, states(Alike::Pairs)?);
    // A state that is its own mirror image stays one: fewer than half cannot be left.
    assert!(pairs * 2 >= orders && orders * 2 >= all, "{all}, {orders}, {pairs}");
    assert_eq!((explore(&ONE)?.states, all, orders, pairs), (13, 187, 106, 58));
    Ok(())
}

/// No two states of these worlds have the same 128 bits.
#[test]
fn digests_take_no_two_states_for_one() -> Result<(), Refuted> {
    for toy in [ONE, Toy { pairs: 2, ..ONE }, Toy { pairs: 2, renames: Alike::Pairs, ..ONE }] {
        let go = |_| ControlFlow::Continue(());
        let digests: Explored = Walk::<_, Digests>::new(&toy)?.run(go)?;
        assert_eq!(digests, Walk::<_, Whole>::new(&toy)?.run(go)?);
    }
    Ok(())
}
