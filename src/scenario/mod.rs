//! Scenarios: transcripts that a reviewer reads and a test replays.
//!
//! A scenario is a text of blocks. A block is one or more commands, a line of four dashes, and what happened, up to
//! the next blank line. Lines that begin with `#` are comments. [`replay`] runs the commands against a fresh
//! [`ControlPlane`] and gives the whole text back with what happens now, so a changed behaviour is a changed line.
//!
//! ```text
//! call FailoverDiskReplicaPair RegionId=cn-shanghai ReplicaPairId=pair-1
//! ----
//! 200
//! [15m] E-213 pair-1: normal -> failovering
//! asks effect 3: failover_pair pair-1
//! ```
//!
//! | Command | Meaning |
//! |---|---|
//! | `policy JSON` | begin anew under this policy |
//! | `advance 15m` | let time pass (`ms`, `s`, `m`, `h`, also joined: `1h30m`) |
//! | `call ACTION NAME=VALUE…` | a call with the vendor's parameters; `by=ACCOUNT`, `in=REGION` (the endpoint's); for what it creates `fresh=ID`, `fresh=CLUSTER:NODE,NODE…`, `fresh=nodes:NODE,NODE…`, `fresh=order:ID` or `fresh=DRILL:DISK,DISK…`; quote values with blanks |
//! | `report ID succeeded`, `… failed network\|replication\|other [MESSAGE]`, `… failed for PAIR,PAIR…`, `… chosen NODE` | how an effect ended |
//! | `observe disk ID up\|down\|attached\|detached\|removed [by=ACCOUNT]` | a disk |
//! | `observe pair ID invalid MESSAGE` | a pair's relation broke |
//! | `observe group ID invalid MESSAGE` | a group broke as a whole |
//! | `observe node ID up\|down\|replicating\|not-replicating` | a node |
//! | `observe nodes ID,ID… up\|down\|replicating\|not-replicating` | several nodes at once |
//! | `observe cluster ID busy STATUS\|running\|removed` | a cluster |
//! | `show disks`, `show effects`, `show pair ID`, `show group ID`, `show drill ID`, `show cluster ID` | the current state |

mod command;
mod tell;

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use command::Command;

use crate::control_plane::{Call, ControlPlane, Fact, Misuse, Report, Request, Response, Step};
use crate::ids::{AccountId, RegionId};
use crate::polardb::HaLog;
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::wire::{self, Body, Format};

/// Why a text is not a scenario, and on which line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct BadScenario {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: String,
}

/// Replays a scenario: the same text, with what happens now in place of what was expected.
///
/// # Errors
///
/// [`BadScenario`] if a command cannot be read. A command that the model refuses is no error but an answer.
pub fn replay(text: &str) -> Result<String, BadScenario> {
    let mut stage = Stage::new(Policy::default());
    let mut replayed = String::new();
    // A carriage return ends a line with or without the line feed, so that what is given back reads the same again.
    let mut lines = text.lines().map(|line| line.trim_end_matches('\r')).enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        replayed.push_str(line);
        replayed.push('\n');
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut happened = stage.perform(at, line)?;
        // The rest of the block: more commands up to the dashes, then what was expected up to a blank line.
        let mut told = false;
        while let Some((at, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            if told {
                continue;
            }
            replayed.push_str(line);
            replayed.push('\n');
            if line == "----" {
                told = true;
            } else {
                happened.extend(stage.perform(at, line)?);
            }
        }
        if !told {
            return Err(BadScenario {
                line: at.saturating_add(1),
                why: "a block needs a line of four dashes".into(),
            });
        }
        if happened.is_empty() {
            happened.push("nothing".into());
        }
        for line in happened {
            replayed.push_str(&line);
            replayed.push('\n');
        }
    }
    Ok(replayed)
}

/// The control plane that a scenario plays on. Time begins at zero.
struct Stage {
    plane: ControlPlane,
    ha_log: HaLog,
    now: Timestamp,
}

impl Stage {
    fn new(policy: Policy) -> Self {
        Self { plane: ControlPlane::new(policy), ha_log: HaLog::default(), now: Timestamp::default() }
    }

    fn perform(&mut self, at: usize, line: &str) -> Result<Vec<String>, BadScenario> {
        let bad = |why: String| BadScenario { line: at.saturating_add(1), why };
        match command::parse(line).map_err(bad)? {
            Command::Policy(policy) => {
                *self = Self::new(*policy);
                Ok(Vec::from(["begun anew".into()]))
            }
            Command::Advance(span) => {
                self.now = self.now.after(span);
                let step = self.plane.advance(self.now);
                Ok(self.tell(&step))
            }
            Command::Report(report) => Ok(self.report(&report)),
            Command::Show(subject) => Ok(tell::show(&self.plane, &subject)),
            Command::Call(call) => self.call(&call).map_err(bad),
        }
    }

    fn report(&mut self, report: &Report) -> Vec<String> {
        match self.plane.report(self.now, report) {
            Ok(step) => self.tell(&step),
            Err(misuse) => Vec::from([format!("misuse: {misuse}")]),
        }
    }

    /// Tells a step, and keeps of it what `DescribeHALogs` is to answer.
    fn tell(&mut self, step: &Step) -> Vec<String> {
        for event in &step.events {
            if let Fact::Cluster { cluster, fact } = &event.fact {
                self.ha_log.record(event.at, &event.account, cluster, fact);
            }
        }
        tell::step(step)
    }

    fn call(&mut self, call: &command::Invocation) -> Result<Vec<String>, String> {
        let parsed = match wire::parse(Some(&call.action), call.version.as_deref(), &call.parameters) {
            Ok(parsed) => parsed,
            Err(refusal) => return Ok(tell::refusal(&refusal.wire(), refusal.rule(), false)),
        };
        let endpoint = call.region.clone().map_or_else(|| RegionId::parse("cn-hangzhou"), Ok);
        let account = call.account.clone().map_or_else(|| AccountId::parse("1234567890123456"), Ok);
        let made = Call {
            now: self.now,
            account: account.map_err(|bad| bad.to_string())?,
            region: parsed.region.map_or(endpoint, Ok).map_err(|bad| bad.to_string())?,
            token: parsed.token,
        };
        let operation = parsed.request.operation();
        let mut output = match self.plane.call_any(&made, &parsed.request, &call.fresh) {
            Ok(output) => output,
            Err(misuse @ Misuse::BadFreshId) => return Err(format!("{misuse}; give fresh ids with fresh=")),
            Err(misuse) => return Err(misuse.to_string()),
        };
        if let (Request::DescribeHaLogs(request), Some(Ok(Response::HaLogs(page)))) =
            (&parsed.request, &mut output.result)
        {
            self.ha_log.complete(request, page);
        }
        let mut told = match &output.result {
            Some(Err(refusal)) => tell::refusal(&refusal.wire(), refusal.rule(), output.replayed),
            Some(Ok(response)) => {
                let body = Body::success(operation, response, "R", Format::Json);
                tell::response(response, &body.text, output.replayed)
            }
            None => Vec::new(),
        };
        told.extend(self.tell(&Step { effects: output.step.effects, events: output.step.events }));
        Ok(told)
    }
}
