//! Our rule beside its peers', each an executable statement ([`systems`]), on the same clusters: who is picked, what happens
//! after a pick that failed, and which property tells the two apart. The tables of `docs/peers.md` are made from here.

mod systems;

use failover_model::NodeId;
use failover_model::polardb::{Priority, Tried, next_tier};
use proptest::prelude::*;

use self::systems::{After, Candidate, Key, Never, PEERS, Peer, Picked, Tie, TookOver, candidate, system};
use crate::kit::{id, priority};

/// The rule of the library. A cluster that elects has only priorities that exist; 0 does not (P-120).
fn ours(cluster: &[Candidate], tried: &[String]) -> Picked {
    let number = |node: &Candidate| priority(node.priority.unwrap_or_default().max(1));
    let nodes: Vec<(NodeId, Priority)> = cluster.iter().map(|node| (id(&node.id), number(node))).collect();
    let tried: Tried = tried.iter().map(|name| id(name)).collect();
    let mut tier = Vec::new();
    next_tier(nodes.iter().map(|(node, priority)| (node, *priority)), &tried, &mut tier);
    tier.into_iter().map(ToString::to_string).collect()
}

fn set(names: &[&str]) -> Picked {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The systems whose first picks the page shows side by side.
const SIDE_BY_SIDE: [&str; 8] = [
    "PolarDB",
    "Aurora",
    "Valkey Sentinel",
    "Patroni 4.1.5, unattended",
    "pg_auto_failover",
    "repmgr 5.3.3, promotion fails",
    "Pacemaker 2.1.5",
    "moto",
];

/// A cluster of the page, and what each of them picks of it.
struct Case {
    name: &'static str,
    cluster: Vec<Candidate>,
    picks: [Picked; 8],
}

fn cases() -> Vec<Case> {
    let case = |name, cluster: &[(&str, u8, u8, u8)], picks: [&[&str]; 8]| Case {
        name,
        cluster: cluster
            .iter()
            .map(|(id, priority, size, ahead)| candidate(id, *priority, *size, *ahead))
            .collect(),
        picks: picks.map(set),
    };
    let (a, b, any): (&[&str], &[&str], &[&str]) = (&["a"], &["b"], &["a", "b"]);
    vec![
        case("direction", &[("a", 1, 4, 9), ("b", 15, 4, 9)], [b, a, a, b, b, b, b, a]),
        case("size", &[("a", 5, 8, 9), ("b", 5, 4, 9)], [any, a, a, any, a, a, a, a]),
        case("freshness", &[("a", 5, 4, 8), ("b", 5, 4, 9)], [any, any, b, b, b, b, a, a]),
        case("fresher, lower", &[("a", 9, 4, 8), ("b", 5, 4, 9)], [a, b, b, b, a, b, a, a]),
        case("tie", &[("b", 5, 4, 9), ("a", 5, 4, 9)], [any, any, a, any, a, a, a, b]),
        case("never", &[("a", 0, 4, 9)], [a, a, &[], &[], &[], &[], a, a]),
        case("one", &[("a", 1, 4, 9)], [a; 8]),
    ]
}

#[test]
fn on_the_cases_of_the_page_each_picks_what_the_page_says() {
    for case in cases() {
        assert_eq!(ours(&case.cluster, &[]), case.picks[0], "ours, {}", case.name);
        for (name, picked) in SIDE_BY_SIDE.iter().zip(&case.picks) {
            assert_eq!(system(name).next(&case.cluster, &[]), *picked, "{name}, {}", case.name);
        }
    }
}

/// P-132, P-161: past the failed one to its peers, then downwards, to the end.
#[test]
fn a_retry_asks_again_with_one_more_tried_and_ends_with_nobody() {
    let cluster = [candidate("a", 9, 1, 1), candidate("b", 9, 1, 1), candidate("c", 2, 1, 1)];
    assert_eq!(ours(&cluster, &[]), set(&["a", "b"]));
    assert_eq!(ours(&cluster, &names(&["b"])), set(&["a"]));
    assert_eq!(ours(&cluster, &names(&["b", "a"])), set(&["c"]));
    assert_eq!(ours(&cluster, &names(&["b", "a", "c"])), set(&[]));
}

/// What is waited for is the node, not its rank: one that ranks higher meanwhile is picked by who forgets, and by us, but not
/// by who waits.
#[test]
fn who_waits_does_not_look_again_and_who_forgets_does() {
    let waits = Peer { after: Some(After::Wait), ..*system("PolarDB") };
    let forgets = Peer { after: Some(After::Forget), ..*system("PolarDB") };
    let failed = names(&["a"]);
    let before = [candidate("a", 9, 1, 1), candidate("b", 5, 1, 1), candidate("c", 3, 1, 1)];
    for peer in [&waits, &forgets] {
        assert_eq!(peer.next(&before, &failed), set(&["a"]));
    }
    let raised = [candidate("a", 9, 1, 1), candidate("b", 5, 1, 1), candidate("c", 15, 1, 1)];
    assert_eq!(waits.next(&raised, &failed), set(&["a"]));
    assert_eq!(forgets.next(&raised, &failed), set(&["c"]));
    assert_eq!(ours(&raised, &failed), set(&["c"]));
}

/// Where the name is drawn at each start, each of the nodes in a tie wins under some draw: chance, made once.
#[test]
fn a_tie_by_run_id_is_a_lot_drawn_at_the_start() {
    let sentinel = system("Valkey Sentinel");
    let won = |first: &str, second: &str| {
        sentinel.next(&[candidate(first, 5, 1, 1), candidate(second, 5, 1, 1)], &[])
    };
    // The same two nodes, in the same order, under the run ids of two starts.
    assert_eq!((won("0af", "9c1"), won("9c1", "0af")), (set(&["0af"]), set(&["0af"])));
}

fn clusters() -> impl Strategy<Value = Vec<Candidate>> {
    prop::collection::vec((1_u8..=15, 0_u8..4, 0_u8..4), 1..10).prop_map(|nodes| {
        let named = nodes.into_iter().enumerate();
        named.map(|(at, (number, size, ahead))| candidate(&format!("n{at}"), number, size, ahead)).collect()
    })
}

/// The same cluster with the scale turned round: what is preferred is now least.
fn turned(cluster: &[Candidate]) -> Vec<Candidate> {
    let turned = |node: &Candidate| node.priority.map(|number| 16 - number);
    cluster.iter().map(|node| Candidate { priority: turned(node), ..node.clone() }).collect()
}

fn alike(cluster: &[Candidate]) -> Vec<Candidate> {
    cluster.iter().map(|node| Candidate { size: 1, ahead: 1, ..node.clone() }).collect()
}

/// The nodes that are picked at all, if every pick fails.
fn reached(peer: &Peer, cluster: &[Candidate]) -> Picked {
    peer.picks(cluster, &[], cluster.len() * 3).into_iter().map(|(node, _)| node).collect()
}

proptest! {
    #![proptest_config(suite!("peers", 512))]

    /// The statement of ours is `next_tier`, whatever was tried.
    #[test]
    fn our_row_is_the_rule_of_the_library(cluster in clusters(), tried in prop::collection::vec(0_usize..10, 0..6)) {
        let tried: Vec<String> = tried.into_iter().map(|at| format!("n{at}")).collect();
        prop_assert_eq!(system("PolarDB").next(&cluster, &tried), ours(&cluster, &tried));
    }

    /// Aurora with its scale turned round picks among ours, and exactly ours where all are of one size: what is left of
    /// the difference is the size, which in PolarDB has no say.
    #[test]
    fn aurora_differs_by_direction_and_size_alone(cluster in clusters()) {
        let aurora = system("Aurora");
        prop_assert!(aurora.next(&turned(&cluster), &[]).is_subset(&ours(&cluster, &[])));
        let one_size: Vec<Candidate> = cluster.iter().map(|node| Candidate { size: 1, ..node.clone() }).collect();
        prop_assert_eq!(ours(&one_size, &[]), aurora.next(&turned(&one_size), &[]));
    }

    /// Sentinel with its scale turned round picks one of ours: the furthest ahead, then the smallest run id.
    #[test]
    fn sentinel_differs_by_direction_freshness_and_run_id(cluster in clusters()) {
        let (mine, theirs) = (ours(&cluster, &[]), system("Valkey Sentinel").next(&turned(&cluster), &[]));
        prop_assert_eq!(theirs.len(), 1);
        prop_assert!(theirs.is_subset(&mine));
    }

    /// pg_auto_failover and Pacemaker, in the same direction, pick one of ours: the furthest ahead or not, then the
    /// first by name.
    #[test]
    fn who_ranks_by_priority_first_in_our_direction_picks_one_of_ours(cluster in clusters()) {
        for name in ["pg_auto_failover", "Pacemaker"] {
            let theirs = system(name).next(&cluster, &[]);
            prop_assert_eq!(theirs.len(), 1);
            prop_assert!(theirs.is_subset(&ours(&cluster, &[])), "{}", name);
        }
    }

    /// Patroni and repmgr pick among ours where all have the same log, as on shared storage, and ignore our
    /// priorities as soon as one is ahead of the rest.
    #[test]
    fn who_ranks_by_freshness_first_picks_one_of_ours_on_shared_storage(cluster in clusters()) {
        let mut ahead = cluster.clone();
        ahead[0].ahead = 9;
        for name in ["Patroni", "repmgr"] {
            prop_assert!(system(name).next(&alike(&cluster), &[]).is_subset(&ours(&cluster, &[])), "{}", name);
            prop_assert_eq!(system(name).next(&ahead, &[]), set(&["n0"]), "{}", name);
        }
    }

    /// Left on its own scale, a rule that takes the lowest picks none of ours unless all are equal: a priority carried
    /// over from there elects the very node that it was to spare.
    #[test]
    fn an_inverted_scale_picks_none_of_ours_unless_all_priorities_are_equal(cluster in clusters()) {
        let equal = cluster.iter().all(|node| node.priority == cluster[0].priority);
        for name in ["Aurora", "Valkey Sentinel"] {
            let theirs = system(name).next(&cluster, &[]);
            prop_assert_eq!(theirs.is_disjoint(&ours(&cluster, &[])), !equal, "{}", name);
        }
    }

    /// The property that tells ours from each of them: if every pick fails, ours reaches every candidate, each exactly once;
    /// who forgets, waits or stops reaches one, who lets it sit out once reaches two.
    #[test]
    fn ours_reaches_every_candidate_once_and_the_others_one_or_two(cluster in clusters()) {
        for peer in PEERS {
            let most = match peer.after {
                Some(After::NextUntried) => cluster.len(),
                Some(After::SitOutOnce) => cluster.len().min(2),
                _ => 1,
            };
            prop_assert_eq!(reached(peer, &cluster).len(), most, "{}", peer.system);
        }
        let picks = system("PolarDB").picks(&cluster, &[], 30);
        prop_assert_eq!(picks.len(), cluster.len(), "each once");
    }
}

/// The fixed-case twin: the differences do occur.
#[test]
fn every_difference_shows_on_a_cluster_of_two() {
    let two = |one: (u8, u8, u8), other: (u8, u8, u8)| {
        [candidate("n0", one.0, one.1, one.2), candidate("n1", other.0, other.1, other.2)]
    };
    let both = set(&["n0", "n1"]);
    let theirs = |name, cluster: &[Candidate]| system(name).next(cluster, &[]);
    let sizes = two((5, 1, 1), (5, 2, 1));
    assert_eq!((ours(&sizes, &[]), theirs("Aurora", &turned(&sizes))), (both.clone(), set(&["n1"])));
    let logs = two((5, 1, 1), (5, 1, 2));
    assert_eq!((ours(&logs, &[]), theirs("Valkey Sentinel", &turned(&logs))), (both.clone(), set(&["n1"])));
    assert_eq!(theirs("pg_auto_failover", &logs), set(&["n1"]));
    let same = two((5, 1, 1), (5, 1, 1));
    assert_eq!((ours(&same, &[]), theirs("Valkey Sentinel", &turned(&same))), (both, set(&["n0"])));
    let unequal = two((1, 1, 1), (2, 1, 1));
    assert_eq!((ours(&unequal, &[]), theirs("Aurora", &unequal)), (set(&["n1"]), set(&["n0"])));
    // A node without a score is left out by Pacemaker; ours has no such node.
    let unscored = [Candidate { priority: None, ..candidate("n0", 0, 1, 1) }];
    assert_eq!(theirs("Pacemaker", &unscored), set(&[]));
    assert_eq!(theirs("Valkey Cluster", &two((0, 1, 2), (9, 1, 1))), set(&["n0"]), "its 0 is ignored");
}

const NAMES: [&str; 3] = ["a", "b", "c"];

/// The fewest nodes, and of these the fewest that fail, for which another node leads in the end than with ours.
fn shortest_difference(peer: &Peer) -> Option<(usize, Vec<&'static str>)> {
    let leads = |peer: &Peer, cluster: &[Candidate], healthy: &[&str]| {
        let picks = peer.picks(cluster, healthy, 12);
        let last = picks.last().is_some_and(|(_, leads)| *leads);
        // Whoever is demoted again does not lead in the end.
        (last && picks.len() < 12).then(|| picks.last().map(|(node, _)| node.clone()))
    };
    (1..=NAMES.len()).find_map(|nodes| {
        let all = &NAMES[..nodes];
        (1..=nodes).find_map(|failing| {
            let (fail, healthy) = all.split_at(failing);
            let theirs = leads(peer, &peer.ordered(all), healthy);
            let mine = leads(system("PolarDB"), &system("PolarDB").ordered(all), healthy);
            (theirs != mine).then(|| (nodes, fail.to_vec()))
        })
    })
}

/// The picks as the page writes them.
fn told(peer: &Peer, healthy: &[&str]) -> String {
    let most = 4;
    let picks = peer.picks(&peer.ordered(&NAMES), healthy, most);
    let each = picks.iter().map(|(node, leads)| if *leads { format!("{node} leads") } else { node.clone() });
    let mut told = each.collect::<Vec<_>>().join(", ");
    let ends = picks.last().is_some_and(|(_, leads)| *leads) && peer.took_over == TookOver::Stays;
    told += match picks.len() == most {
        true => ", …",
        false if ends => "",
        false => ", nobody",
    };
    told
}

fn after(peer: &Peer) -> Option<&'static str> {
    Some(match peer.after? {
        After::NextUntried => "next untried",
        After::Forget => "forget",
        After::Wait => "wait",
        After::SitOutOnce => "sit out once",
        After::Stop => "stop",
    })
}

/// The rows of the page about what happens after a failed pick.
fn rows_after() -> Vec<String> {
    let row = |peer: &Peer| {
        let after = after(peer)?;
        let shortest = match shortest_difference(peer) {
            None => "none".to_owned(),
            Some((nodes, failing)) => {
                format!(
                    "{nodes} nodes, {} {}",
                    failing.join(" and "),
                    if failing.len() == 1 { "fails" } else { "fail" }
                )
            }
        };
        let told = |healthy: &[&str]| told(peer, healthy);
        Some(format!("| {} | {after} | {} | {} | {shortest} |", peer.system, told(&["b", "c"]), told(&["c"])))
    };
    PEERS.iter().filter_map(row).collect()
}

/// The rows of the page about whom they pick.
fn rows_of_rules() -> Vec<String> {
    let key = |key: &Key| match key {
        Key::HigherPriority => "higher priority",
        Key::LowerPriority => "lower priority",
        Key::LargerSize => "larger size",
        Key::FurtherAhead => "log position",
    };
    let row = |peer: &Peer| {
        let keys: Vec<&str> = peer.keys.iter().map(key).collect();
        let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
        let tie = match peer.tie {
            Tie::Lot => "any, equally likely".to_owned(),
            Tie::Race => "a race".to_owned(),
            Tie::Name(name) => format!("the smallest {name}"),
            Tie::First => "the first that was created".to_owned(),
        };
        let never = match peer.never {
            Never::Nobody => "nobody by number",
            Never::PriorityZero => "priority 0",
            Never::WithoutScore => "no score; 0 is promoted",
        };
        let system = peer.system.split_once(',').map_or(peer.system, |(system, _)| system);
        format!("| {system} | {keys} | {tie} | {never} |")
    };
    let mut rows: Vec<String> = PEERS.iter().map(row).collect();
    rows.dedup();
    rows
}

/// The rows of the page about the same clusters.
fn rows_of_cases() -> Vec<String> {
    let picked = |picked: &Picked| match picked.len() {
        0 => "nobody".to_owned(),
        _ => picked.iter().cloned().collect::<Vec<_>>().join(" or "),
    };
    let row = |case: &Case| {
        let node = |node: &Candidate| {
            format!("{} {}/{}/{}", node.id, node.priority.unwrap_or_default(), node.size, node.ahead)
        };
        let nodes: Vec<String> = case.cluster.iter().map(node).collect();
        let picks: Vec<String> = case.picks.iter().map(picked).collect();
        format!("| {} | {} | {} |", case.name, nodes.join(", "), picks.join(" | "))
    };
    cases().iter().map(row).collect()
}

#[test]
fn the_page_says_what_the_statements_do() {
    let page = crate::pages::root().join("docs/peers.md");
    let page = std::fs::read_to_string(page).unwrap();
    for (head, expected) in [
        ("| System | After a failed pick |", rows_after()),
        ("| System | Order of keys |", rows_of_rules()),
        ("| Case |", rows_of_cases()),
    ] {
        let quoted = page.lines().skip_while(|line| !line.starts_with(head)).skip(2);
        let quoted: Vec<String> =
            quoted.take_while(|line| line.starts_with('|')).map(str::to_owned).collect();
        assert_eq!(quoted, expected, "docs/peers.md should say:\n{}", expected.join("\n"));
    }
}

/// Whoever is named in the list is told what surprises them, within the first screen of the page.
#[test]
fn the_page_begins_with_what_surprises_whom() {
    let page = crate::pages::root().join("docs/peers.md");
    let page = std::fs::read_to_string(page).unwrap();
    let first: Vec<&str> = page.lines().take(40).collect();
    for peer in PEERS.iter().skip(1) {
        let name = peer.system.split([',', ' ']).next().unwrap();
        let told = first.iter().any(|line| line.starts_with("| ") && line.contains(name));
        assert!(told, "{name} is not in the table at the head");
    }
}
