//! What a controller and the agent of a node say to each other: JSON over HTTP.
//!
//! Two rules make it safe, whoever else commands and however late a message comes:
//!
//! * **Every message carries a term**, the number of the first input that its leader appended, and every order the number of
//!   the last. An agent keeps the highest of both, durably, and refuses what is lower. Numbers are unique among leaders, since
//!   an input is appended by compare-and-swap: so neither an old leader nor an order that was overtaken is obeyed.
//! * **A node is writable only under a lease**, which the agent ends by itself. A look is answered with the agent's own time;
//!   a grant names that time again and lasts from there. So it ends on the agent's clock before it does on that of the one
//!   who granted it, however long the message was on its way.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A place in the write-ahead log, as a number of bytes.
pub type Lsn = u64;

/// Which node of which cluster an agent is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The cluster.
    pub cluster: String,
    /// The node.
    pub node: String,
}

/// The right to take writes until it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The life of the agent that told the time: a later one has another clock.
    pub life: u64,
    /// The time that the agent told, in milliseconds of this life.
    pub from_ms: u64,
    /// How long it lasts from there, in milliseconds.
    pub lasts_ms: u64,
}

/// `POST /look`: what is so at the node. It may renew the lease of one that takes writes already, and never begins one.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The term of the leader.
    pub term: u64,
    /// A renewal.
    pub grant: Option<Grant>,
}

/// How often the database of a node has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ends {
    /// In which life of the agent.
    pub life: u64,
    /// How often since that began.
    pub count: u64,
}

/// `POST /ends`: how often the database has ended, answered once that is not what is known, or after [`Ends::PATIENCE`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwaitEnds {
    /// What is known; without it the answer comes at once.
    pub known: Option<Ends>,
}

impl Ends {
    /// How long an answer may be waited for.
    pub const PATIENCE: Duration = Duration::from_secs(20);
}

/// Why no database runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// It was told to stop.
    Ordered,
    /// Its lease ended.
    Expired,
    /// It ended by itself.
    Crashed,
    /// The agent has just begun and was not told yet what to do.
    Began,
}

/// The database process of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Process {
    /// There are no data.
    Empty,
    /// It does not run.
    Stopped(Stopped),
    /// It runs.
    Running,
}

/// A standby as its primary sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standby {
    /// Its node.
    pub node: String,
    /// Whether it streams.
    pub streaming: bool,
    /// Whether commits wait for it.
    pub synchronous: bool,
    /// Up to where it has flushed.
    pub flushed: Lsn,
}

/// What SQL says of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sql {
    /// Whether it is a standby.
    pub recovery: bool,
    /// Up to where a primary has flushed, or a standby received or replayed, whichever is further.
    pub written: Lsn,
    /// Whether a standby receives from a primary.
    pub streaming: bool,
    /// Those that receive from it.
    pub standbys: Vec<Standby>,
}

/// The answer to a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The life of the agent, drawn when it began.
    pub life: u64,
    /// The time in milliseconds of this life.
    pub at_ms: u64,
    /// The highest term that the agent knows.
    pub term: u64,
    /// Which node it is, if it is one.
    pub identity: Option<Identity>,
    /// Where the database listens, `HOST:PORT`.
    pub database: String,
    /// Its process.
    pub process: Process,
    /// Whether it was begun as a primary or promoted: only then can it take writes.
    pub primary: bool,
    /// The last that SQL said since the process began.
    pub sql: Option<Sql>,
    /// How old that is, in milliseconds.
    pub sql_age_ms: u64,
    /// From whom a standby is told to receive.
    pub upstream: Option<String>,
    /// Which standbys its commits wait for.
    pub synchronous: Vec<String>,
    /// What is free on the file system of its data, in bytes.
    pub free_bytes: u64,
    /// What is left of its lease, in milliseconds.
    pub lease_ms: u64,
    /// The order that is being carried out.
    pub working: Option<String>,
}

impl Seen {
    /// Whether it takes writes.
    pub fn leads(&self) -> bool {
        self.primary && self.process == Process::Running && self.sql.as_ref().is_some_and(|sql| !sql.recovery)
    }

    /// A lease that lasts this long from when the agent told this.
    pub fn grant(&self, lasts: Duration) -> Grant {
        let lasts_ms = u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX);
        Grant { life: self.life, from_ms: self.at_ms, lasts_ms }
    }
}

/// Work for an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Work {
    /// Become this node.
    Claim(Identity),
    /// Stop, delete all data and be nobody's node.
    Release,
    /// Make an empty database, which is not started.
    Initialise,
    /// Take no writes until told otherwise: a primary stops, fast, then at once, then by force; a standby goes on.
    Fence {
        /// How long the fast stop may take, in milliseconds.
        patience_ms: u64,
    },
    /// Start what was the primary as it again.
    Resume {
        /// Its lease.
        grant: Grant,
        /// The nodes that its commits wait for.
        synchronous: Vec<String>,
    },
    /// Promote a standby.
    Promote {
        /// Its lease.
        grant: Grant,
        /// The nodes that its commits wait for.
        synchronous: Vec<String>,
        /// It must have received up to here.
        reach: Option<Lsn>,
        /// How long receiving and promoting may take, in milliseconds.
        patience_ms: u64,
    },
    /// Be a standby of this primary, whatever it takes: reload, start, rewind or copy.
    Follow {
        /// `HOST:PORT` of the primary.
        upstream: String,
        /// Whether it cannot go on from what it has, which was tried.
        rebuild: bool,
    },
    /// Stop and start as what it is.
    Restart {
        /// The lease of a primary.
        grant: Option<Grant>,
    },
    /// Let commits wait for these nodes.
    Synchronous {
        /// All of them.
        nodes: Vec<String>,
    },
}

impl Work {
    /// Its name in logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Claim(_) => "claim",
            Self::Release => "release",
            Self::Initialise => "initialise",
            Self::Fence { .. } => "fence",
            Self::Resume { .. } => "resume",
            Self::Promote { .. } => "promote",
            Self::Follow { .. } => "follow",
            Self::Restart { .. } => "restart",
            Self::Synchronous { .. } => "synchronous",
        }
    }
}

/// `POST /order`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The term of the leader.
    pub term: u64,
    /// The number of the last input that it follows from.
    pub number: u64,
    /// What to do.
    pub work: Work,
}

/// How an order was carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// Of a fence: where the log ends, if the stop was clean.
    pub end: Option<Lsn>,
    /// What it took, in words.
    pub how: String,
    /// Of a rewind: how many bytes of log the node had that no other has, and lost.
    pub lost: Option<u64>,
}

/// Why an order was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Refused {
    /// A later term or order is known.
    Overtaken {
        /// The term.
        term: u64,
        /// The number.
        number: u64,
    },
    /// The grant had ended before it could be used.
    Late,
    /// The standby lacks log.
    Behind,
    /// Anything else.
    Failed(String),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Overtaken { term, number } => {
                write!(f, "input {number} of term {term} is known, which is later")
            }
            Self::Late => f.write_str("the lease had ended before it could begin"),
            Self::Behind => f.write_str("it lacks log of the primary"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Refused {}
