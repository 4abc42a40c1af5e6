//! Whether some run of the model gives the answers of a trace.
//!
//! A trace is accepted if the calls, in some order that respects which came before which, with hidden work ended at some time
//! in some way that its type allows, give the recorded answers. It is refuted at the first answer that nothing explains, and
//! undecided where the [bounds](Limits) do not suffice; what is undecided is never told as accepted.
//!
//! Resources that no exchange names together are independent and searched by themselves. The whole trace is looked through
//! once before ([`Survey`]), since a later answer can tell what happened earlier.
//!
//! ```
//! use failover_model::trace::Trace;
//! use failover_model::trace::explain::{Options, Verdict, explain};
//!
//! let call = |sent: u64, action: &str, rest: &str| format!(
//!     r#"{{"sent_ms":{sent},"answered_ms":{sent},"account":"1001","version":"2021-07-30","action":"{action}",{rest}}}"#
//! );
//! let named = r#""parameters":{"RegionId":"cn-beijing","ReplicaPairId":"pair-1"}"#;
//! let refused = format!(r#"{named},"status":404,"body":{{"Code":"NoSuchResource"}}"#);
//! let accepted = format!(r#"{named},"status":200,"body":{{"RequestId":"R"}}"#);
//! let header = r#"{"failover_trace":1}"#;
//!
//! // Of a pair that nobody created a failover is refused …
//! let trace = Trace::read(&format!("{header}\n{}", call(1, "FailoverDiskReplicaPair", &refused)))?;
//! assert_eq!(explain(&trace, &Options::default()).verdict(), Verdict::Accepted);
//! // … and no run of the model accepts it.
//! let trace = Trace::read(&format!("{header}\n{}", call(1, "FailoverDiskReplicaPair", &accepted)))?;
//! assert_eq!(explain(&trace, &Options::default()).verdict(), Verdict::Refuted);
//! # Ok::<(), failover_model::trace::Unreadable>(())
//! ```

mod asked;
mod compare;
mod component;
mod distribute;
mod entering;
mod foreign;
mod fresh;
mod frontier;
mod future;
mod hidden;
mod judged;
mod lost;
mod names;
mod next;
mod readings;
mod report;
mod run;
mod search;
mod shorten;
mod survey;
mod timeline;
mod turns;

use alloc::string::String;
use alloc::vec::Vec;

pub use compare::Mismatch;
pub use component::{Finding, Nearest};
pub use distribute::{Explainer, Share};
pub use readings::{Learnt, Lessons, learn};
pub use report::Exchanges;
pub use shorten::shorten;
pub use survey::Survey;
pub use timeline::{Happened, Step};

use super::form::{Trace, Unused};
use crate::policy::Policy;
use crate::rule::RuleId;
use crate::time::Span;

/// Under which readings and assumptions a trace is explained.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The readings.
    pub policy: Policy,
    /// How far the clocks of the recorder and of the service may differ. A time that an answer shows may be off by as much,
    /// and a call may have taken effect so much before it was sent or after it was answered.
    pub clock_error: Span,
    /// Whether others may have called meanwhile.
    pub others: Others,
    /// The bounds of the search.
    pub limits: Limits,
}

/// Whether there may be calls that the trace does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Others {
    /// The trace has all calls on its resources.
    #[default]
    Silent,
    /// Somebody may have started, stopped, failed over, reprotected or deleted what the trace is about.
    MayCall,
}

/// The bounds of the search. Where one is reached, what is not accepted is undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most runs of one component that are followed at a time.
    pub runs: usize,
    /// The most states that are tried between two answers of one component.
    pub steps: usize,
    /// The most steps that are kept of a component's explanation, the last ones; 0 to keep none.
    pub steps_kept: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { runs: 5_000, steps: 60_000, steps_kept: 10_000 }
    }
}

/// What is said about a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Some run of the model gives its answers.
    Accepted,
    /// The bounds did not suffice to say.
    Undecided,
    /// No run of the model gives its answers.
    Refuted,
}

/// What was found about the resources of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The resources, by id.
    pub resources: Vec<String>,
    /// How many exchanges were judged.
    pub judged: usize,
    /// What was found.
    pub finding: Finding,
    /// One run that explains it, as far as it is explained.
    pub steps: Vec<Step>,
    /// The rules that every explanation uses that was found: of each, some step follows from it or was decided by it.
    pub needed: Vec<RuleId>,
}

/// What was found about a trace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// The components, those that are not accepted first.
    pub parts: Vec<Part>,
    /// How many exchanges were judged.
    pub judged: usize,
    /// The exchanges that could not be judged, and why.
    pub unjudged: Vec<Unused>,
}

impl Explanation {
    /// The verdict on the whole.
    pub fn verdict(&self) -> Verdict {
        self.parts.iter().map(|part| part.finding.verdict()).max().unwrap_or(Verdict::Accepted)
    }

    /// What was found about two [shares](Share) of a trace.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self.judged = self.judged.saturating_add(other.judged);
        self.unjudged.extend(other.unjudged);
        self.sort();
        self
    }

    fn sort(&mut self) {
        self.parts.sort_by_key(|part| core::cmp::Reverse(part.finding.verdict()));
    }
}

impl Finding {
    /// The verdict.
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Accepted => Verdict::Accepted,
            Self::Refuted { .. } => Verdict::Refuted,
            Self::Undecided { .. } => Verdict::Undecided,
        }
    }
}

/// Explains a whole trace.
pub fn explain(trace: &Trace, options: &Options) -> Explanation {
    let mut survey = Survey::default();
    trace.exchanges.iter().for_each(|exchange| survey.see(exchange));
    trace.told.iter().for_each(|told| survey.hear(told));
    let mut explainer = Explainer::new(&survey, options);
    trace.exchanges.iter().for_each(|exchange| explainer.take(exchange.clone()));
    explainer.finish()
}
