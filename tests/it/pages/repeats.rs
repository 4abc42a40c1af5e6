//! The page of repeats and overlaps: one failover, and a second call about the same resource, at each moment of the first.
//!
//! Each cell is a world of its own. The emulator is held to the same page over HTTP (`examples/emulator/tests/repeats.rs`).

use std::fmt::Write as _;

use failover_model::ebs::{
    FailoverDiskReplicaGroup, FailoverDiskReplicaPair, GroupSeed, GroupStatus, PairSeed, PairStatus,
};
use failover_model::polardb::ClusterEffect;
use failover_model::{EffectKind, Fresh, Outcome, Request};

use super::compare;
use crate::kit::{
    DESTINATION, OWNER, SOURCE, START, World, at, failover_request, group_id, group_seed, id, pair_id,
    pair_seed,
};

/// When the second call arrives.
#[derive(Clone, Copy, PartialEq)]
enum Moment {
    Before,
    Choosing,
    Running,
    Succeeded,
    WindowOver,
    NextDay,
    Failed,
}

use Moment::{Before, Choosing, Failed, NextDay, Running, Succeeded, WindowOver};

impl Moment {
    const fn says(self) -> &'static str {
        match self {
            Before => "the first was lost on its way",
            Choosing => "a choice is pending",
            Running => "it is under way",
            Succeeded => "it succeeded",
            WindowOver => "and the window is over",
            NextDay => "and a day is over",
            Failed => "it failed",
        }
    }
}

type Asked = (&'static str, Request);

/// A resource, the first call on it, and what others ask.
struct Table {
    title: &'static str,
    says: &'static str,
    first: Asked,
    /// In words, and what it is.
    other: (&'static str, Asked),
    /// What comes under the token of the first: another resource, or another target.
    under_its_token: (&'static str, Asked),
    moments: &'static [Moment],
}

fn tables() -> [Table; 4] {
    let pair = |region, number| (region, Request::from(FailoverDiskReplicaPair::new(pair_id(number))));
    let group = |number| (DESTINATION, Request::from(FailoverDiskReplicaGroup::new(group_id(number))));
    let cluster = |target: Option<&str>| (SOURCE, Request::from(failover_request(target)));
    let replica: &[Moment] = &[Before, Running, Succeeded, NextDay, Failed];
    [
        Table {
            title: "Pairs",
            says: "`FailoverDiskReplicaPair` of `pair-1`, which is `normal`, at its destination.",
            first: pair(DESTINATION, 1),
            other: ("at the other site", pair(SOURCE, 1)),
            under_its_token: ("another pair", pair(DESTINATION, 2)),
            moments: replica,
        },
        Table {
            title: "Groups",
            says: "`FailoverDiskReplicaGroup` of `group-1` with two members, which is `normal`, at its destination.",
            first: group(1),
            other: ("a member alone", pair(DESTINATION, 3)),
            under_its_token: ("another group", group(2)),
            moments: replica,
        },
        Table {
            title: "Clusters, without a target",
            says: "`FailoverDBCluster` of `pc-1` with readers a 5, b 5 and c 3; a is chosen.",
            first: cluster(None),
            other: ("c is named", cluster(Some("c"))),
            under_its_token: ("c is named", cluster(Some("c"))),
            moments: &[Before, Choosing, Running, Succeeded, WindowOver, NextDay, Failed],
        },
        Table {
            title: "Clusters, with a named target",
            says: "`FailoverDBCluster` of `pc-1` with `TargetDBNodeId` a.",
            first: cluster(Some("a")),
            other: ("b is named", cluster(Some("b"))),
            under_its_token: ("b is named", cluster(Some("b"))),
            moments: &[Before, Running, Succeeded, WindowOver, NextDay, Failed],
        },
    ]
}

/// Two pairs, two groups of two pairs, and a cluster.
fn world() -> World {
    let mut world = World::default();
    let now = at(START);
    for number in 1..=6 {
        let seed = PairSeed { last_recover_point: Some(at(0)), ..pair_seed(number, PairStatus::Normal) };
        drop(world.plane.adopt_pair(now, &id(OWNER), &id(SOURCE), seed).unwrap());
    }
    for (number, members) in [(1, [3, 4]), (2, [5, 6])] {
        let seed = GroupSeed { id: group_id(number), ..group_seed(GroupStatus::Normal, &members) };
        drop(world.plane.adopt_group(now, &id(OWNER), &id(SOURCE), seed).unwrap());
    }
    world.cluster(&[("a", 5), ("b", 5), ("c", 3)]);
    world
}

/// Ends what is outstanding: of a tier the first is chosen, and the rest ends as told.
fn end(world: &mut World, how: &Outcome) {
    loop {
        let Some(effect) = world.plane.outstanding().next() else { return };
        let outcome = match effect.kind {
            EffectKind::Cluster { effect: ClusterEffect::ChooseNode(tier), .. } => {
                Outcome::Chosen(tier[0].clone())
            }
            _ => how.clone(),
        };
        drop(world.outcome(effect.id, outcome).unwrap());
    }
}

/// Brings the first call to a moment.
fn bring(world: &mut World, moment: Moment) {
    let failed = Outcome::Failed { failure: failover_model::polardb::Failure::Other, message: None };
    match moment {
        Before | Choosing => {}
        Running => {
            if world.db().failover().is_some_and(|failover| failover.switching().is_none()) {
                drop(world.choose("a").unwrap());
            }
        }
        Succeeded => end(world, &Outcome::Succeeded),
        WindowOver => {
            end(world, &Outcome::Succeeded);
            drop(world.advance(600_000));
        }
        NextDay => {
            end(world, &Outcome::Succeeded);
            drop(world.advance(86_400_000));
        }
        Failed => end(world, &failed),
    }
}

fn call(world: &mut World, asked: &Asked, token: Option<&str>) -> String {
    let output = world.apply(OWNER, asked.0, token, asked.1.clone(), Fresh::None).unwrap();
    match output.result.as_ref().expect("a call has a result") {
        Ok(_) => {
            let rule = output.rule.expect("a call that changes something has a rule");
            let what = match (output.replayed, output.step.effects.is_empty()) {
                (true, _) => "as before",
                (false, true) => "nothing new",
                (false, false) => "begins",
            };
            format!("{what} ({rule})")
        }
        Err(refusal) => format!("`{}` ({})", refusal.wire().code, refusal.rule()),
    }
}

/// The second calls of a table: in words, what is asked, and under which token.
fn seconds(table: &Table) -> [(String, &Asked, Option<&'static str>); 5] {
    [
        ("repeated under its token".to_owned(), &table.first, Some("first")),
        ("repeated without a token".to_owned(), &table.first, None),
        ("another caller, the same".to_owned(), &table.first, Some("second")),
        (format!("another caller, {}", table.other.0), &table.other.1, Some("second")),
        (format!("under its token, {}", table.under_its_token.0), &table.under_its_token.1, Some("first")),
    ]
}

fn cell(table: &Table, second: &Asked, token: Option<&str>, moment: Moment) -> String {
    let mut world = world();
    // A caller that repeats without a token had none the first time either.
    let first = token.map(|_| "first");
    if moment != Before {
        assert!(call(&mut world, &table.first, first).starts_with("begins"), "{}", table.title);
    }
    bring(&mut world, moment);
    call(&mut world, second, token)
}

const HEAD: &str = "\
# Repeats and overlaps

A failover is called, and a second call about the same resource arrives: since the reply was lost and the client repeats it, or since
another caller had the same thought. One answer each, at every moment of the first call, by the default [policies](policies.md). *begins*:
a failover begins; *as before*: the token answers, and nothing is done; *nothing new*: accepted, and nothing is done; else the
code of the refusal. In brackets the [rule](rules.md) that decides.

What to take from it:

* **Under its token a repeat is safe for a day**, whatever became of the first call: it is answered as the first was, also after the
  failover failed, when nothing is under way. To fail over again, take another token.
* **Without a token a cluster refuses the repeat of a switch that worked.** A client that repeats by itself, as the older Python SDK
  does with `autoretry`, and that sends no token, sees `HaStatusNotSupport` while the switch is under way, and afterwards
  `UnsupportHighFrequenceSwitchOver`, or `InvalidDBNodeId.Malformed` where it named the node that is the writer by now. None of them
  says that the switch failed: ask for the writer before you believe it. Repeated once the window is over, the call without a target
  switches again, away from the node that the first one elected.
* **Without a token a pair accepts the repeat**, as a group does, and nothing is done twice. After a failover that failed, and after
  a reverse, it is a failover of its own.
* **A second caller never changes what the first is doing.** A cluster refuses it; a pair and a group let it join. No accepted call ends
  with another node than it named.
* **A request that never arrived leaves nothing behind**: whatever comes next is the first call.

The page is made from the library, and `examples/emulator/tests/repeats.rs` goes through each cell again over HTTP.
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for table in tables() {
        write!(page, "\n## {}\n\n{}\n\n| Second call |", table.title, table.says).unwrap();
        table.moments.iter().for_each(|moment| write!(page, " {} |", moment.says()).unwrap());
        page += &format!("\n|---|{}\n", "---|".repeat(table.moments.len()));
        for (name, asked, token) in seconds(&table) {
            let cells = table.moments.iter().map(|moment| cell(&table, asked, token, *moment));
            writeln!(page, "| {name} | {} |", cells.collect::<Vec<_>>().join(" | ")).unwrap();
        }
    }
    page
}

#[test]
fn the_page_of_repeats_is_up_to_date() {
    compare("docs/repeats.md", &page());
}

/// What the page takes from the tables is so: C-020, P-104, P-105, P-106, E-211, E-212, T-080, T-090.
#[test]
fn a_repeat_without_a_token_crosses_a_switch_that_worked() {
    let [pair, group, elected, named] = tables();
    let without = |table: &Table, moment| cell(table, &table.first, None, moment);
    for table in [&elected, &named] {
        assert_eq!(without(table, Running), "`HaStatusNotSupport` (P-105)");
    }
    assert_eq!(without(&elected, Succeeded), "`UnsupportHighFrequenceSwitchOver` (P-106)");
    assert_eq!(without(&named, Succeeded), "`InvalidDBNodeId.Malformed` (P-104)");
    assert_eq!(without(&pair, Running), "nothing new (E-211)");
    assert_eq!(without(&pair, Succeeded), "nothing new (E-212)");
    assert_eq!(without(&group, Running), "nothing new (G-211)");
    for table in [&pair, &group, &elected, &named] {
        for moment in table.moments.iter().filter(|moment| ![Before, NextDay].contains(moment)) {
            assert_eq!(cell(table, &table.first, Some("first"), *moment), "as before (T-080)");
            let other = cell(table, &table.under_its_token.1, Some("first"), *moment);
            assert!(other.ends_with("(T-090)"), "{other}");
        }
        assert!(cell(table, &table.first, None, Before).starts_with("begins"), "{}", table.title);
    }
}
