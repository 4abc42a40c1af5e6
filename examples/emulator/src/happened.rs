//! What happened, as the feed keeps it: the library's own facts, and the calls that came over the vendor's protocol.
//!
//! Most events are never read. So they are kept as they came, which costs a call next to nothing, and [spelled
//! out](crate::project) for those who read.

use std::borrow::Cow;

use failover_model::ebs::Site;
use failover_model::{AccountId, Event, Fact, Operation, RuleId, Timestamp};

use crate::answers::Entry;

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Happened {
    /// A fact of the library.
    Fact(Event),
    /// A call of the vendor's protocol.
    Called(Box<Called>),
    /// What a caller would not guess from an answer.
    Hint(Box<Hint>),
    /// What another program that keeps this feed tells in its own words.
    Told(Box<Entry>),
}

/// A call, and what came of it.
#[derive(Debug, Clone)]
pub struct Called {
    /// When.
    pub at: Timestamp,
    /// Whose it is.
    pub account: AccountId,
    /// The id of its answer.
    pub request_id: String,
    /// The operation as it was named.
    pub action: Option<Cow<'static, str>>,
    /// The region that was called.
    pub region: Option<String>,
    /// Its token.
    pub token: Option<String>,
    /// `accepted`, `replayed` or `refused`.
    pub outcome: &'static str,
    /// The code of a refusal.
    pub code: Option<Cow<'static, str>>,
    /// How a fault struck its reply, if one did.
    pub reply: Option<Struck>,
    /// The rule that decided.
    pub rule: Option<RuleId>,
    /// The resource that it is about.
    pub resource: Option<String>,
}

/// How a fault strikes a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Struck {
    /// It is never sent.
    Lost,
    /// An error of this status is in its place.
    Replaced(u16),
    /// It is late, or has other headers.
    Delayed,
}

/// What a caller would not guess from the answer to a call.
#[derive(Debug, Clone)]
pub struct Hint {
    /// When.
    pub at: Timestamp,
    /// Whose it is.
    pub account: AccountId,
    /// The id of the answer.
    pub request_id: String,
    /// What was called.
    pub operation: Operation,
    /// What it is about.
    pub about: About,
}

/// What a hint is about.
#[derive(Debug, Clone)]
pub enum About {
    /// A resource that was asked for by id is visible from the other site alone.
    Site {
        /// The site that it was asked from.
        site: Site,
        /// `pair` or `group`.
        what: &'static str,
        /// Its id.
        resource: String,
    },
    /// The token is the word for nothing of the caller's language, which clients send where they are given no token.
    Nothing {
        /// The word.
        token: String,
    },
}

impl Happened {
    /// The one resource that it is about, if there is one.
    pub fn resource(&self) -> Option<&str> {
        match self {
            Self::Fact(event) => match &event.fact {
                Fact::Pair { pair, .. } => Some(pair.as_str()),
                Fact::Group { group, .. } => Some(group.as_str()),
                Fact::Drill { drill, .. } => Some(drill.as_str()),
                Fact::Disk { disk, .. } | Fact::Access { disk, .. } => Some(disk.as_str()),
                Fact::Cluster { cluster, .. } => Some(cluster.as_str()),
                Fact::Network { network, .. } => Some(network.as_str()),
                _ => None,
            },
            Self::Called(called) => called.resource.as_deref(),
            Self::Told(entry) => entry.resource.as_deref(),
            Self::Hint(hint) => match &hint.about {
                About::Site { resource, .. } => Some(resource),
                About::Nothing { .. } => None,
            },
        }
    }
}
