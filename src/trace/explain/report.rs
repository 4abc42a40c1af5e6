//! What was found, as a page that a reviewer can read.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::timeline::{Happened, Step};
use super::{Explanation, Finding, Nearest, Part, Verdict};
use crate::catalogue;
use crate::control_plane::words::Lasting;
use crate::control_plane::{Effect, Observation, Outcome};
use crate::ebs::DiskChange;
use crate::polardb::NodeChange;
use crate::rule::RuleId;
use crate::time::Timestamp;
use crate::trace::exchange::Exchange;

impl core::fmt::Display for Verdict {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Undecided => "undecided",
            Self::Refuted => "refuted",
        })
    }
}

/// The exchanges of a trace by number, for a page.
pub type Exchanges<'a> = &'a dyn Fn(usize) -> Option<&'a Exchange>;

impl Explanation {
    /// A page in Markdown: the verdict, what was refuted and why, and for each component one run that explains it. Times are
    /// spans since the first exchange.
    pub fn page(&self, exchanges: Exchanges<'_>) -> String {
        let start = exchanges(0).map_or_else(Timestamp::default, |first| first.sent);
        let count = |verdict| self.parts.iter().filter(|part| part.finding.verdict() == verdict).count();
        let mut page = format!(
            "# Trace: {}\n\n{} exchanges judged, {} not. Components: {} accepted, {} refuted, {} undecided.\n",
            self.verdict(),
            self.judged,
            self.unjudged.len(),
            count(Verdict::Accepted),
            count(Verdict::Refuted),
            count(Verdict::Undecided),
        );
        for part in &self.parts {
            page.push_str(&part.section(exchanges, start));
        }
        if !self.unjudged.is_empty() {
            page.push_str("\n## Not judged\n\n");
            self.unjudged
                .iter()
                .for_each(|unused| page.push_str(&format!("* {}: {}\n", unused.at, unused.why)));
        }
        page
    }
}

impl Part {
    fn section(&self, exchanges: Exchanges<'_>, start: Timestamp) -> String {
        let name = if self.resources.is_empty() { "no resource".into() } else { self.resources.join(", ") };
        let mut text = format!("\n## {name}: {}, {} exchanges\n\n", self.finding.verdict(), self.judged);
        match &self.finding {
            Finding::Accepted => {}
            Finding::Undecided { exchange, why } => {
                text.push_str(&format!("Undecided at exchange {}: {why}.\n\n", exchange.saturating_add(1)));
            }
            Finding::Refuted { exchange, nearest } => {
                let shown = exchanges(*exchange).map(call).unwrap_or_default();
                text.push_str(&format!(
                    "Nothing explains exchange {}, {shown}.\n\nThe explanations that come nearest:\n\n",
                    exchange.saturating_add(1)
                ));
                nearest.iter().for_each(|near| text.push_str(&near.item(exchanges, start)));
                text.push('\n');
            }
        }
        if !self.steps.is_empty() {
            let upto =
                if self.finding == Finding::Accepted { "explains it" } else { "explains what came before" };
            text.push_str(&format!("One run that {upto}:\n\n```text\n"));
            self.steps.iter().for_each(|step| text.push_str(&step.lines(exchanges, start)));
            text.push_str("```\n");
        }
        if !self.needed.is_empty() {
            let needed: Vec<String> = self.needed.iter().map(|rule| with_basis(*rule)).collect();
            text.push_str(&format!("\nRules in every explanation: {}.\n", needed.join(", ")));
        }
        text
    }
}

impl Nearest {
    fn item(&self, exchanges: Exchanges<'_>, start: Timestamp) -> String {
        let assumed: Vec<String> = self.assumed.iter().map(|step| step.words(exchanges, start)).collect();
        let assumed =
            if assumed.is_empty() { "nothing happened meanwhile".into() } else { assumed.join("; ") };
        let says = self.mismatch.rule.and_then(says).map(|says| format!(" {says}")).unwrap_or_default();
        format!("* If {assumed}: {}.{says}\n", self.mismatch)
    }
}

impl Step {
    /// The step in words.
    pub fn words(&self, exchanges: Exchanges<'_>, start: Timestamp) -> String {
        let at = Lasting(self.at.since(start));
        let what = match &self.what {
            Happened::Call { exchange, rule, replayed } => {
                let shown = exchanges(*exchange).map(call).unwrap_or_default();
                let by = rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
                let again = if *replayed { ", from its token" } else { "" };
                format!("exchange {}, {shown}{again}{by}", exchange.saturating_add(1))
            }
            Happened::Ended { effect, outcome } => format!("hidden: {}", ended(effect, outcome)),
            Happened::Due => String::from("hidden: a deadline"),
            Happened::Observed(observation) => format!("outside: {}", observed(observation)),
            Happened::Told(observation) => format!("outside, as told: {}", observed(observation)),
            Happened::Foreign(action) => format!("somebody else: {action}"),
            Happened::Entered(ids) => format!("taken as shown: {ids}"),
        };
        format!("[{at}] {what}")
    }

    fn lines(&self, exchanges: Exchanges<'_>, start: Timestamp) -> String {
        let mut lines = format!("{}\n", self.words(exchanges, start));
        for event in &self.events {
            lines.push_str(&format!("    {} {}\n", event.rule, event.fact.since(start)));
        }
        lines
    }
}

fn call(exchange: &Exchange) -> String {
    let answer = match &exchange.answer {
        None => String::from("answer lost"),
        Some(answer) => match answer.code() {
            None => answer.status.to_string(),
            Some(code) => format!("{} {code}", answer.status),
        },
    };
    format!("{} -> {answer}", exchange.action)
}

fn ended(effect: &Effect, outcome: &Outcome) -> String {
    let work = &effect.kind;
    match outcome {
        Outcome::Succeeded => format!("{work} succeeded"),
        Outcome::Failed { message, .. } => {
            let message = message.as_ref().map(|message| format!(" with {message}")).unwrap_or_default();
            format!("{work} failed{message}")
        }
        Outcome::PartlyFailed { failed, .. } => {
            let failed: Vec<&str> = failed.iter().map(|pair| pair.as_str()).collect();
            format!("{work} failed for {}", failed.join(", "))
        }
        Outcome::Chosen(node) => format!("{work}: {node} was chosen"),
    }
}

fn observed(observation: &Observation) -> String {
    let node = |change: &NodeChange| match change {
        NodeChange::Up(true) => "came back".to_string(),
        NodeChange::Up(false) => "went down".to_string(),
        NodeChange::Replicating(true) => "replicates again".to_string(),
        NodeChange::Replicating(false) => "no longer replicates".to_string(),
        NodeChange::Priority(priority) => format!("has priority {priority}"),
    };
    match observation {
        Observation::Disk { disk, change, .. } => {
            let change = match change {
                DiskChange::Up(true) => "came back",
                DiskChange::Up(false) => "went down",
                DiskChange::Attached(true) => "was attached",
                DiskChange::Attached(false) => "was detached",
                DiskChange::Removed => "was removed",
            };
            format!("disk {disk} {change}")
        }
        Observation::PairInvalid { pair, message } => format!("{pair} broke: {message}"),
        Observation::GroupInvalid { group, message } => format!("{group} broke: {message}"),
        Observation::Node { node: id, change } => format!("node {id} {}", node(change)),
        Observation::NodeMeasured { node: id, change, at } => {
            format!("node {id} {}, as measured at {at}", node(change))
        }
        Observation::Nodes { nodes, change } => {
            let nodes: Vec<&str> = nodes.iter().map(|node| node.as_str()).collect();
            format!("nodes {} {}", nodes.join(", "), node(change))
        }
        Observation::ClusterBusy { cluster, status: Some(status) } => format!("{cluster} is busy: {status}"),
        Observation::ClusterBusy { cluster, status: None } => format!("{cluster} is no longer busy"),
        Observation::ClusterRemoved { cluster } => format!("{cluster} was removed"),
    }
}

fn says(rule: RuleId) -> Option<&'static str> {
    catalogue::rules().iter().find(|known| known.id == rule).map(|known| known.says)
}

fn with_basis(rule: RuleId) -> String {
    let known = catalogue::rules().into_iter().find(|known| known.id == rule);
    let basis = known.map(|known| format!(" ({})", known.basis).to_lowercase()).unwrap_or_default();
    format!("{rule}{basis}")
}
