//! Scenarios: transcripts for reviewers to read and tests to replay.
//!
//! A scenario is a sequence of blocks. A block is one or more commands, a line of four dashes, and the expected output
//! up to the next blank line. Lines that begin with `#` are comments. [`replay`] runs the commands against a fresh
//! [`ControlPlane`] and returns the whole text with the actual output, so a change of behaviour is a changed line.
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
//! | `policy JSON` | start over under this policy |
//! | `regions {"cn-hangzhou": ["cn-hangzhou-h"]}` | the regions that there are |
//! | `restore JSON` | start over from this snapshot, at its clock |
//! | `advance 15m` | let time pass (`ms`, `s`, `m`, `h`, also joined: `1h30m`) |
//! | `call ACTION NAME=VALUE…` | a call with the vendor's parameters; `by=ACCOUNT`, `in=REGION` (of the endpoint); ids of created resources: `fresh=ID`, `fresh=CLUSTER:NODE,NODE…`, `fresh=nodes:NODE,NODE…`, `fresh=order:ID` or `fresh=DRILL:DISK,DISK…`; quote values with blanks |
//! | `report ID succeeded`, `… failed network\|replication\|other [MESSAGE]`, `… failed for PAIR,PAIR…`, `… chosen NODE` | the outcome of an effect |
//! | `observe disk ID up\|down\|attached\|detached\|removed [by=ACCOUNT]` | a disk |
//! | `observe pair ID invalid MESSAGE` | a pair became invalid |
//! | `observe group ID invalid MESSAGE` | a group became invalid |
//! | `observe node ID up\|down\|replicating\|not-replicating` | a node |
//! | `observe nodes ID,ID… up\|down\|replicating\|not-replicating` | several nodes at once |
//! | `observe cluster ID busy STATUS\|running\|removed` | a cluster |
//! | `apply JSON` | an input as a journal holds it, at its own time unless that is past |
//! | `show disks`, `show effects`, `show pair ID`, `show group ID`, `show drill ID`, `show cluster ID`, `show network ID` | the current state |

mod command;
mod render;

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use command::Command;

use crate::control_plane::{Call, ControlPlane, Fresh, Input, Misuse, Report, Request, Step};
use crate::ids::{AccountId, RegionId};
use crate::polardb::HaLog;
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::wire::{self, Body, Format};

/// The first error in a scenario, with its line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct BadScenario {
    /// The line, from 1.
    pub line: usize,
    /// The error.
    pub why: String,
}

/// Replays a scenario: returns its text with the actual output in place of the expected output.
///
/// # Errors
///
/// [`BadScenario`] if a command cannot be parsed. A refusal by the model is output and not an error.
pub fn replay(text: &str) -> Result<String, BadScenario> {
    let mut stage = Stage::new(Policy::default());
    let mut replayed = String::new();
    // Carriage returns at the end of a line are dropped, so that the result replays to itself.
    let mut lines = text.lines().map(|line| line.trim_end_matches('\r')).enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        replayed.push_str(line);
        replayed.push('\n');
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut happened = stage.perform(at, line)?;
        // The rest of the block: more commands up to the dashes, then the expected output up to a blank line.
        let mut separated = false;
        while let Some((at, line)) = lines.next_if(|(_, line)| !line.trim().is_empty()) {
            if separated {
                continue;
            }
            replayed.push_str(line);
            replayed.push('\n');
            if line == "----" {
                separated = true;
            } else {
                happened.extend(stage.perform(at, line)?);
            }
        }
        if !separated {
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

/// The control plane that a scenario runs against. Time begins at zero.
pub(crate) struct Stage {
    pub(crate) plane: ControlPlane,
    ha_log: HaLog,
    now: Timestamp,
}

impl Stage {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { plane: ControlPlane::new(policy), ha_log: HaLog::default(), now: Timestamp::default() }
    }

    pub(crate) fn perform(&mut self, at: usize, line: &str) -> Result<Vec<String>, BadScenario> {
        let bad = |why: String| BadScenario { line: at.saturating_add(1), why };
        match command::parse(line).map_err(bad)? {
            Command::Policy(policy) => {
                *self = Self::new(*policy);
                Ok(Vec::from(["begun anew".into()]))
            }
            Command::Restore(snapshot) => {
                let plane = ControlPlane::restore(*snapshot).map_err(|broken| bad(broken.to_string()))?;
                *self = Self { now: plane.clock(), plane, ha_log: HaLog::default() };
                Ok(Vec::from(["restored".into()]))
            }
            Command::Regions(regions) => {
                self.plane.set_regions(regions);
                Ok(Vec::from(["given".into()]))
            }
            Command::Advance(span) => {
                self.now = self.now.after(span);
                let step = self.plane.advance(self.now);
                Ok(self.record(&step))
            }
            Command::Report(report) => Ok(self.report(&report)),
            Command::Apply(input) => Ok(self.apply(*input)),
            Command::Show(subject) => Ok(render::show(&self.plane, &subject)),
            Command::Call(call) => self.call(&call).map_err(bad),
        }
    }

    fn apply(&mut self, input: Input) -> Vec<String> {
        match input {
            Input::Call(call, request, fresh) => {
                self.now = self.now.max(call.now);
                let made = self.make(&call, &request, &fresh);
                made.unwrap_or_else(|misuse| Vec::from([format!("misuse: {misuse}")]))
            }
            Input::Report(at, report) => {
                self.now = self.now.max(at);
                self.report(&report)
            }
            Input::Advance(to) => {
                self.now = self.now.max(to);
                let step = self.plane.advance(self.now);
                self.record(&step)
            }
        }
    }

    fn report(&mut self, report: &Report) -> Vec<String> {
        match self.plane.report(self.now, report) {
            Ok(step) => self.record(&step),
            Err(misuse) => Vec::from([format!("misuse: {misuse}")]),
        }
    }

    /// Renders a step, and records its switches for `DescribeHALogs`.
    fn record(&mut self, step: &Step) -> Vec<String> {
        self.ha_log.observe(&step.events);
        render::step(step)
    }

    fn call(&mut self, call: &command::Invocation) -> Result<Vec<String>, String> {
        let parsed = match wire::parse(Some(&call.action), call.version.as_deref(), &call.parameters) {
            Ok(parsed) => parsed,
            Err(refusal) => return Ok(render::refusal(&refusal.wire(), refusal.rule(), false)),
        };
        let endpoint = call.region.clone().map_or_else(|| RegionId::parse("cn-hangzhou"), Ok);
        let account = call.account.clone().map_or_else(|| AccountId::parse("1234567890123456"), Ok);
        let made = Call {
            now: self.now,
            account: account.map_err(|bad| bad.to_string())?,
            region: parsed.region.map_or(endpoint, Ok).map_err(|bad| bad.to_string())?,
            token: parsed.token,
        };
        self.make(&made, &parsed.request, &call.fresh).map_err(|misuse| match misuse {
            Misuse::BadFreshId => format!("{misuse}; give fresh ids with fresh="),
            misuse => misuse.to_string(),
        })
    }

    fn make(&mut self, call: &Call, request: &Request, fresh: &Fresh) -> Result<Vec<String>, Misuse> {
        let mut output = self.plane.call_any(call, request, fresh)?;
        self.ha_log.fill(request, &mut output);
        let mut lines = match &output.result {
            Some(Err(refusal)) => render::refusal(&refusal.wire(), refusal.rule(), output.replayed),
            Some(Ok(response)) => {
                let body = Body::success(request.operation(), response, "R", Format::Json);
                render::response(response, &body.text, output.replayed)
            }
            None => Vec::new(),
        };
        lines.extend(self.record(&output.step));
        Ok(lines)
    }
}
