//! A failover alone: what can follow what in it is the table, and nothing else moves it.

use std::collections::{BTreeSet, HashSet};

use failover_model::polardb::{
    Context, DbNode, Electorate, FAILOVER_TRANSITIONS, Failover, FailoverInput as On, FailoverState as State,
    Next, NoCandidate, OnExhaustion, Stage, Start, Transition,
};
use failover_model::policy::PolarDbPolicy;
use failover_model::{EffectId, NotTaken};

use super::*;

fn state(failover: &Failover) -> State {
    match failover.stage() {
        None => State::Over,
        Some(Stage::Choosing { .. }) => State::Choosing,
        Some(Stage::Switching { .. }) => State::Switching,
    }
}

/// What is met on the way: from, on, to, by which rule.
type Met = BTreeSet<(State, On, State, String)>;

fn nodes(readers: &[(&str, u8)]) -> Vec<DbNode> {
    let readers = readers.iter().map(|(name, number)| kit::node(name, Role::Reader, *number));
    std::iter::once(kit::node("w", Role::Writer, 1)).chain(readers).collect()
}

fn context(policy: &PolarDbPolicy, effect: u64) -> Context<'_> {
    Context { now: at(effect), effect: EffectId(effect), policy }
}

fn start(target: Option<&str>) -> Start {
    Start { requested: target.map(id), ..Start::elected(Cause::Manual, Electorate::default()) }
}

/// Everything that can be asked of a failover, step by step, to this depth.
fn walk(failover: &Failover, nodes: &[DbNode], policy: &PolarDbPolicy, depth: u64, met: &mut Met) {
    if depth == 0 {
        return;
    }
    let at = context(policy, 100 - depth);
    let from = state(failover);
    let mut taken = |on: On, after: &Failover, rule: &str, nodes: &[DbNode]| {
        met.insert((from, on, state(after), rule.to_owned()));
        if after.pending().is_some() && after != failover {
            assert_eq!(after.check(nodes), Ok(()), "{after:?}");
            walk(after, nodes, policy, depth - 1, met);
        }
    };
    let Some(pending) = failover.pending() else { return };
    for node in nodes {
        let mut after = failover.clone();
        let offered = failover.offered().is_some_and(|(_, tier)| tier.contains(&node.id));
        match after.choose(pending, &node.id, at) {
            Ok(Transition { rule, next }) => {
                assert!(offered && next == Next::Promote(node.id.clone()));
                taken(On::Chosen, &after, rule.as_str(), nodes);
            }
            Err(why) => {
                assert_eq!(&after, failover, "a choice that is not taken changes nothing");
                if why == NotTaken::NotOffered {
                    assert!(!offered);
                    taken(On::ChosenOther, &after, "P-152", nodes);
                }
            }
        }
    }
    let mut after = failover.clone();
    if let Ok(node) = after.promoted(pending) {
        assert_eq!(Some(&node), failover.switching());
        assert_eq!(after.fail(pending, nodes, at, OnExhaustion::End), Err(NotTaken::Stale), "it is over");
        taken(On::Promoted, &after, "P-160", nodes);
    }
    let mut after = failover.clone();
    if let Ok(Transition { rule, .. }) = after.fail(pending, nodes, at, OnExhaustion::End) {
        taken(On::Failed, &after, rule.as_str(), nodes);
    }
    let changed = |change: &dyn Fn(usize, &mut DbNode)| {
        let mut changed = nodes.to_vec();
        changed.iter_mut().enumerate().for_each(|(index, node)| change(index, node));
        changed
    };
    let each = (1..nodes.len()).flat_map(|meant| {
        let turned = changed(&|index, node| node.up ^= index == meant);
        let raised = changed(&|index, node| {
            if index == meant {
                node.priority = priority(9);
            }
        });
        [turned, raised]
    });
    for changed in each.chain([changed(&|_, node| node.up = false)]) {
        let mut after = failover.clone();
        let lost = failover.has_lost(&changed);
        match after.nodes_changed(&changed, at, OnExhaustion::End) {
            Some(Transition { rule, .. }) => {
                let on = if lost { On::Failed } else { On::NodesChanged };
                taken(on, &after, rule.as_str(), &changed);
            }
            None => assert_eq!(&after, failover),
        }
    }
}

#[test]
fn what_follows_what_is_the_table() {
    let mut met = Met::new();
    let elects = PolarDbPolicy { explicit_target_fails: ExplicitTargetFails::Elect, ..Default::default() };
    let worlds: [&[(&str, u8)]; 4] =
        [&[], &[("a", 5), ("b", 3)], &[("a", 5), ("b", 5)], &[("a", 5), ("b", 5), ("c", 5)]];
    for policy in [PolarDbPolicy::default(), elects] {
        for readers in worlds {
            let nodes = nodes(readers);
            for target in [None, Some("a")] {
                match Failover::begin(start(target), &nodes, context(&policy, 1), OnExhaustion::End) {
                    Ok((failover, Transition { rule, .. })) => {
                        met.insert((State::Idle, On::Begin, state(&failover), rule.to_string()));
                        walk(&failover, &nodes, &policy, 3, &mut met);
                    }
                    Err(why) => {
                        assert_eq!(why, NoCandidate::NoNode);
                        met.insert((State::Idle, On::Begin, State::Idle, "P-143".into()));
                    }
                }
            }
        }
    }
    let row = |row: &failover_model::polardb::FailoverTransition| {
        (row.from, row.on, row.to, row.rule.as_str().to_owned())
    };
    // That its cluster is gone nobody tells a failover: it is dropped (P-171).
    let rows = FAILOVER_TRANSITIONS.iter().filter(|row| row.on != On::ClusterGone);
    assert_eq!(met, rows.map(row).collect());
    let distinct: HashSet<_> = FAILOVER_TRANSITIONS.iter().map(|row| (row.from, row.on, row.when)).collect();
    assert_eq!(distinct.len(), FAILOVER_TRANSITIONS.len());
}

/// P-140: neither the writer nor a node of elsewhere is promoted by being named.
#[test]
fn a_target_that_is_no_reader_of_the_cluster_begins_nothing() {
    let (policy, nodes) = (PolarDbPolicy::default(), nodes(&[("a", 5)]));
    for target in ["w", "elsewhere"] {
        let begun = Failover::begin(start(Some(target)), &nodes, context(&policy, 1), OnExhaustion::End);
        assert_eq!(begun.map(|_| ()), Err(NoCandidate::NoNode), "{target}");
    }
}

/// Each outcome belongs to the effect that is pending, and to its kind.
#[test]
fn an_outcome_of_another_effect_changes_nothing() {
    let (policy, nodes) = (PolarDbPolicy::default(), nodes(&[("a", 5), ("b", 5)]));
    let begun = Failover::begin(start(None), &nodes, context(&policy, 1), OnExhaustion::End);
    let (mut failover, _) = begun.unwrap();
    let before = failover.clone();
    let (a, other) = (id("a"), EffectId(2));
    assert_eq!(failover.choose(other, &a, context(&policy, 3)), Err(NotTaken::Stale));
    assert_eq!(failover.promoted(EffectId(1)), Err(NotTaken::WrongOutcome));
    let failed = failover.fail(EffectId(1), &nodes, context(&policy, 3), OnExhaustion::End);
    assert_eq!(failed, Err(NotTaken::WrongOutcome));
    assert_eq!(failover, before);
    let _ = failover.choose(EffectId(1), &a, context(&policy, 3)).unwrap();
    let before = failover.clone();
    assert_eq!(failover.choose(EffectId(3), &id("b"), context(&policy, 4)), Err(NotTaken::WrongOutcome));
    assert_eq!(failover.promoted(EffectId(1)), Err(NotTaken::Stale));
    assert_eq!(failover, before);
    assert_eq!(failover.promoted(EffectId(3)), Ok(a));
    assert_eq!(failover.promoted(EffectId(3)), Err(NotTaken::Stale));
    assert!(failover.nodes_changed(&nodes, context(&policy, 5), OnExhaustion::End).is_none());
}

/// P-161: a node that leaves while it is being promoted is lost.
#[test]
fn a_node_that_leaves_while_it_is_promoted_is_lost() {
    let (policy, mut nodes) = (PolarDbPolicy::default(), nodes(&[("a", 5), ("b", 3)]));
    let begun = Failover::begin(start(None), &nodes, context(&policy, 1), OnExhaustion::End);
    let (mut failover, _) = begun.unwrap();
    nodes.retain(|node| node.id != id("a"));
    failover.forget(&[id("a")]);
    let after = failover.nodes_changed(&nodes, context(&policy, 2), OnExhaustion::End);
    assert_eq!(after.map(|after| after.next), Some(Next::Promote(id("b"))));
    assert_eq!((failover.attempts(), failover.check(&nodes)), (2, Ok(())));
}
