//! Worlds that are wrong in one respect each, and what is found of it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::ControlFlow;

use super::known::{Digests, Whole};
use super::walk::Walk;
use super::{Explored, Refuted, Renaming, Sometimes, State, Transition, World, explore, explore_with};
use crate::control_plane::{Call, ControlPlane, Fresh, Input, Outcome, Report};
use crate::ebs::{CreateDiskReplicaPair, FailoverDiskReplicaPair, PairCreated, PairSettings, PairStatus};
use crate::polardb::Failure;
use crate::policy::Policy;
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
    let call = Call { now, account: "1001".parse().unwrap(), region: region.parse().unwrap(), token: None };
    Input::Call(call, request.into(), fresh)
}

fn name(kind: &str, number: u8) -> String {
    format!("{kind}-{number}")
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
                source_zone: "cn-shanghai-a".parse().unwrap(),
                source_disk: name("s", number).parse().unwrap(),
                destination_region: "cn-beijing".parse().unwrap(),
                destination_zone: "cn-beijing-b".parse().unwrap(),
                destination_disk: name("t", number).parse().unwrap(),
                settings: PairSettings::default(),
            };
            let pair = name("pair", number).parse().unwrap();
            let fresh = PairCreated { pair, order: "order-1".parse().unwrap() };
            inputs.push(call("cn-shanghai", request, Fresh::Pair(fresh)));
            let request = FailoverDiskReplicaPair { pair: name("pair", number).parse().unwrap() };
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

#[test]
fn a_broken_law_is_found_on_the_shortest_way_and_played_again() {
    let Refuted::Law(way) = refuted(Toy { law: Some(1), ..ONE }) else { panic!("a law is broken") };
    // Created, failed over while that was under way, and once more.
    assert_eq!((way.inputs.len(), way.why.as_str()), (4, "2 failovers"));
    let mut plane = way.start.clone();
    for input in &way.inputs {
        let _ = plane.apply(input).unwrap();
    }
    assert_eq!(plane.pairs().next().unwrap().status(), PairStatus::Failingover);
    assert!(way.to_string().starts_with("2 failovers, after 4 inputs\n  Call("));
}

#[cfg(feature = "wire")]
#[test]
fn a_counterexample_is_a_scenario() {
    let Refuted::Law(way) = refuted(Toy { law: Some(1), ..ONE }) else { panic!("a law is broken") };
    let text = way.scenario();
    assert!(text.starts_with("# 2 failovers\n\nrestore {\"version\":1,"), "{text}");
    assert!(text.contains("\nreport 2 failed network\n----\n[0s] E-"), "{text}");
    assert!(text.trim_end().ends_with("asks effect 3: failover_pair pair-1"), "{text}");
    assert_eq!(crate::scenario::replay(&text).as_ref(), Ok(&text));
}

#[test]
fn a_law_of_states_is_asserted_of_each() {
    let Refuted::Law(way) = refuted(Toy { state_law: true, ..ONE }) else { panic!("a law is broken") };
    assert_eq!((way.inputs.len(), way.why.as_str()), (2, "one failover is one too many"));
}

#[test]
fn a_state_from_which_nothing_leads_to_rest_is_found() {
    let Refuted::Stuck(way) = refuted(Toy { stuck: true, ..ONE }) else { panic!("it is stuck") };
    assert_eq!(way.inputs.len(), 1);
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
fn states_that_differ_by_a_renaming_are_one() {
    let states = |renames| explore(&Toy { pairs: 2, renames, ..ONE }).unwrap().states;
    let [all, orders, pairs] = [Alike::None, Alike::Orders, Alike::Pairs].map(states);
    // A state that is its own mirror image stays one: fewer than half cannot be left.
    assert!(pairs * 2 >= orders && orders * 2 >= all, "{all}, {orders}, {pairs}");
    assert_eq!((explore(&ONE).unwrap().states, all, orders, pairs), (13, 187, 106, 58));
}

/// No two states of these worlds have the same 128 bits.
#[test]
fn digests_take_no_two_states_for_one() {
    for toy in [ONE, Toy { pairs: 2, ..ONE }, Toy { pairs: 2, renames: Alike::Pairs, ..ONE }] {
        let go = |_| ControlFlow::Continue(());
        let digests: Explored = Walk::<_, Digests>::new(&toy).unwrap().run(go).unwrap();
        assert_eq!(digests, Walk::<_, Whole>::new(&toy).unwrap().run(go).unwrap());
    }
}
