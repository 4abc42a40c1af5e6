//! The read-only PolarDB calls that report on failovers: the HA log.

use crate::control_plane::call::CallContext;
use crate::control_plane::{ControlPlane, Event, Fact, Output, Request, Response};
use crate::polardb::{DescribeHaLogs, Engine, HaLog, HaLogPage, PolarDbReason, PolarDbRefusal};

impl ControlPlane {
    /// The part of the HA log that follows from the cluster; only MySQL clusters have one (`P-510`).
    pub(in crate::control_plane) fn ha_logs(
        &self,
        call: &CallContext<'_>,
        request: &DescribeHaLogs,
    ) -> Result<HaLogPage, PolarDbRefusal> {
        let cluster = self.owned_cluster(call, &request.cluster)?;
        if cluster.engine() != Engine::MySql {
            return Err(PolarDbReason::NoHaLog { cluster: request.cluster.clone() }.of(call.operation));
        }
        Ok(request.page(cluster))
    }
}

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
