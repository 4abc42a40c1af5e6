//! The readers of what others recorded: each form read, what it lacks named, secrets never kept, and nothing that panics.

mod actiontrail;
mod logs;
mod random;

use failover_model::trace::Trace;
use failover_model::trace::explain::{Explanation, Options, Verdict, explain};
use failover_model::trace::reader::Origin;

fn origin() -> Origin {
    Origin { account: "1234567890123456".parse().unwrap(), region: None }
}

/// Why each entry is of no use, by its place.
fn unused(trace: &Trace) -> Vec<(&str, &str)> {
    trace.unused.iter().map(|unused| (unused.at.as_str(), unused.why.as_str())).collect()
}

#[track_caller]
fn accepted(trace: &Trace) -> Explanation {
    let explanation = explain(trace, &Options::default());
    let page = explanation.page(&|number| trace.exchanges.get(number));
    assert_eq!(explanation.verdict(), Verdict::Accepted, "{page}");
    explanation
}
