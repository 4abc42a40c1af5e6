//! The peers' rules as data, and the one function that makes an executable statement of a row: who may be next.
//!
//! Each is stated on its own scale, from what it did when it was run, or, where that was not possible, from its documents.
//! A rule yields the set of nodes that may be next, as ours does, so that one with a lot and one without compare.

use std::collections::BTreeSet;

/// One node as all of them see it.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub id: String,
    /// The number that an operator writes down, on whatever scale; on Pacemaker's a node may have none.
    pub priority: Option<u8>,
    /// The size of the machine.
    pub size: u8,
    /// How much of the log it has; nodes on shared storage do not differ.
    pub ahead: u8,
}

pub fn candidate(id: &str, priority: u8, size: u8, ahead: u8) -> Candidate {
    Candidate { id: id.to_owned(), priority: Some(priority), size, ahead }
}

pub type Picked = BTreeSet<String>;

/// What nodes are ranked by. The first key counts first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Key {
    HigherPriority,
    LowerPriority,
    LargerSize,
    FurtherAhead,
}

/// Who wins among nodes of equal rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tie {
    /// Any of them, each equally likely.
    Lot,
    /// Whoever is quicker.
    Race,
    /// The one whose name comes first; in words what the name is.
    Name(&'static str),
    /// The one that was created first.
    First,
}

/// Which node is never picked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Never {
    Nobody,
    PriorityZero,
    WithoutScore,
}

/// What follows when the node that was picked could not be promoted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum After {
    /// The next one that was not tried.
    NextUntried,
    /// The failure is forgotten: the same question is asked again.
    Forget,
    /// The picked node is waited for, whatever becomes of the others.
    Wait,
    /// The failed node is left out of the next pick alone.
    SitOutOnce,
    /// Nobody else is tried.
    Stop,
}

/// What becomes of a healthy node that took over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TookOver {
    Stays,
    /// It is demoted for the node that failed, which ranks higher.
    DemotedAgain,
}

/// A system, with its version if it was run.
pub struct Peer {
    pub system: &'static str,
    pub keys: &'static [Key],
    pub tie: Tie,
    pub never: Never,
    /// `None`: a pick does not fail there, or nothing is documented.
    pub after: Option<After>,
    pub took_over: TookOver,
}

use After::{Forget, NextUntried, SitOutOnce, Stop, Wait};
use Key::{FurtherAhead, HigherPriority, LargerSize, LowerPriority};

const fn peer(
    system: &'static str,
    keys: &'static [Key],
    tie: Tie,
    never: Never,
    after: Option<After>,
) -> Peer {
    Peer { system, keys, tie, never, after, took_over: TookOver::Stays }
}

/// In the order of the page; ours first.
pub const PEERS: &[Peer] = &[
    peer("PolarDB", &[HigherPriority], Tie::Lot, Never::Nobody, Some(NextUntried)),
    peer("Aurora", &[LowerPriority, LargerSize], Tie::Lot, Never::Nobody, None),
    peer(
        "Valkey Sentinel 9.1.2",
        &[LowerPriority, FurtherAhead],
        Tie::Name("run id, drawn at each start"),
        Never::PriorityZero,
        Some(Forget),
    ),
    peer("Valkey Cluster 9.1.2", &[FurtherAhead], Tie::Race, Never::Nobody, None),
    peer(
        "Patroni 4.1.5, unattended",
        &[FurtherAhead, HigherPriority],
        Tie::Race,
        Never::PriorityZero,
        Some(SitOutOnce),
    ),
    peer(
        "Patroni 4.1.5, switchover to a named node",
        &[FurtherAhead, HigherPriority],
        Tie::Race,
        Never::PriorityZero,
        Some(Stop),
    ),
    peer(
        "pg_auto_failover 2.0",
        &[HigherPriority, FurtherAhead],
        Tie::Name("node id"),
        Never::PriorityZero,
        Some(Wait),
    ),
    peer(
        "repmgr 5.3.3, promotion fails",
        &[FurtherAhead, HigherPriority],
        Tie::Name("node id"),
        Never::PriorityZero,
        Some(Stop),
    ),
    peer(
        "repmgr 5.3.3, validation refuses",
        &[FurtherAhead, HigherPriority],
        Tie::Name("node id"),
        Never::PriorityZero,
        Some(Forget),
    ),
    Peer {
        took_over: TookOver::DemotedAgain,
        ..peer(
            "Pacemaker 2.1.5",
            &[HigherPriority],
            Tie::Name("node name"),
            Never::WithoutScore,
            Some(SitOutOnce),
        )
    },
    peer(
        "Pacemaker 2.1.5, migration-threshold=1",
        &[HigherPriority],
        Tie::Name("node name"),
        Never::WithoutScore,
        Some(NextUntried),
    ),
    peer("moto 5.2.5, RDS", &[], Tie::First, Never::Nobody, None),
];

#[track_caller]
pub fn system(name: &str) -> &'static Peer {
    PEERS.iter().find(|peer| peer.system.starts_with(name)).expect("a system of the list")
}

impl Peer {
    /// Who may be next in this cluster, after these picks failed, in order.
    pub fn next(&self, cluster: &[Candidate], failed: &[String]) -> Picked {
        let among =
            |out: &[String]| self.first(cluster.iter().filter(|node| !out.contains(&node.id)).collect());
        match (self.after, failed) {
            (_, []) | (Some(Forget) | None, _) => among(&[]),
            (Some(NextUntried), _) => among(failed),
            (Some(SitOutOnce), [.., last]) => among(std::slice::from_ref(last)),
            (Some(Wait), [.., last]) => Picked::from([last.clone()]),
            (Some(Stop), _) => Picked::new(),
        }
    }

    /// Who may be picked among these.
    fn first(&self, mut nodes: Vec<&Candidate>) -> Picked {
        nodes.retain(|node| match self.never {
            Never::Nobody => true,
            Never::PriorityZero => node.priority.unwrap_or_default() != 0,
            Never::WithoutScore => node.priority.is_some(),
        });
        let rank = |node: &Candidate, key: Key| match key {
            HigherPriority => u8::MAX - node.priority.unwrap_or_default(),
            LowerPriority => node.priority.unwrap_or_default(),
            LargerSize => u8::MAX - node.size,
            FurtherAhead => u8::MAX - node.ahead,
        };
        for key in self.keys {
            let best = nodes.iter().map(|node| rank(node, *key)).min();
            nodes.retain(|node| Some(rank(node, *key)) == best);
        }
        match self.tie {
            Tie::Lot | Tie::Race => {}
            Tie::Name(_) => nodes.sort_by(|one, other| one.id.cmp(&other.id)),
            Tie::First => {}
        }
        if matches!(self.tie, Tie::Name(_) | Tie::First) {
            nodes.truncate(1);
        }
        nodes.into_iter().map(|node| node.id.clone()).collect()
    }

    /// The picks in order, up to so many, if only these nodes can be promoted: whether each succeeded, with its name. Where
    /// several may be next, the first by name.
    pub fn picks(&self, cluster: &[Candidate], healthy: &[&str], most: usize) -> Vec<(String, bool)> {
        let (mut picks, mut failed) = (Vec::new(), Vec::new());
        while picks.len() < most {
            let Some(next) = self.next(cluster, &failed).pop_first() else { break };
            let leads = healthy.contains(&&*next);
            picks.push((next.clone(), leads));
            match (leads, self.took_over) {
                (true, TookOver::Stays) => break,
                (true, TookOver::DemotedAgain) if self.next(cluster, &[]).contains(&next) => break,
                (true, TookOver::DemotedAgain) => failed.clear(),
                (false, _) => failed.push(next),
            }
        }
        picks
    }

    /// Nodes that this system prefers in this order.
    pub fn ordered(&self, names: &[&str]) -> Vec<Candidate> {
        let lower = self.keys.contains(&LowerPriority);
        let numbered = names.iter().zip(1_u8..);
        numbered
            .map(|(name, number)| {
                let fewer = 9 - number;
                candidate(name, if lower { number } else { fewer }, fewer, fewer)
            })
            .collect()
    }
}
