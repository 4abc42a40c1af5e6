//! The log of switches, kept from events.

use crate::control_plane::{Event, Fact, Output, Request, Response};
use crate::polardb::HaLog;

impl HaLog {
    /// Takes in the events of a step.
    pub fn observe(&mut self, events: &[Event]) {
        for event in events {
            if let Fact::Cluster { cluster, fact } = &event.fact {
                self.record(event.at, &event.account, cluster, fact);
            }
        }
    }

    /// [Completes](Self::complete) the output of a call if it is a page of the log.
    pub fn fill(&self, request: &Request, output: &mut Output) {
        if let (Request::DescribeHaLogs(request), Some(Ok(Response::HaLogs(page)))) =
            (request, &mut output.result)
        {
            self.complete(request, page);
        }
    }
}
