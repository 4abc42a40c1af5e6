//! The PolarDB calls that observe a failover and change nothing: endpoints and the log of switches.

use core::convert::Infallible;

use crate::control_plane::action::{Action, Done, Performed, sealed::Sealed};
use crate::control_plane::{Call, ControlPlane, Reply, Step};
use crate::operation::Operation;
use crate::polardb::{
    DescribeDbClusterEndpoints, DescribeHaLogs, EndpointList, Engine, HaLogPage, PolarDbReason,
    PolarDbRefusal,
};
use crate::time::Timestamp;

impl Sealed for DescribeDbClusterEndpoints {}

impl Action for DescribeDbClusterEndpoints {
    const OPERATION: Operation = Operation::DescribeDbClusterEndpoints;
    type Response = EndpointList;
    type Refusal = PolarDbRefusal;
    type Fresh = ();
    type Misused = Infallible;

    fn perform(&self, plane: &mut ControlPlane, _now: Timestamp, call: &Call, (): &()) -> Performed<Self> {
        let response = self.select(plane.owned_cluster(call, Self::OPERATION, &self.cluster)?);
        Ok(Done { response, step: Step::default(), rule: None })
    }
}

impl Sealed for DescribeHaLogs {}

impl Action for DescribeHaLogs {
    const OPERATION: Operation = Operation::DescribeHaLogs;
    type Response = HaLogPage;
    type Refusal = PolarDbRefusal;
    type Fresh = ();
    type Misused = Infallible;

    fn perform(&self, plane: &mut ControlPlane, _now: Timestamp, call: &Call, (): &()) -> Performed<Self> {
        let operation = Self::OPERATION;
        let cluster = plane.owned_cluster(call, operation, &self.cluster)?;
        if cluster.engine() != Engine::MySql {
            return Err(PolarDbReason::NoHaLog { cluster: self.cluster.clone() }.of(operation).into());
        }
        Ok(Done { response: self.page(cluster), step: Step::default(), rule: None })
    }
}

impl ControlPlane {
    /// `DescribeDBClusterEndpoints`.
    pub fn describe_db_cluster_endpoints(
        &mut self,
        call: &Call,
        request: &DescribeDbClusterEndpoints,
    ) -> Reply<DescribeDbClusterEndpoints> {
        self.make(call, request)
    }

    /// `DescribeHALogs`: what the cluster knows of it. The switches are the embedder's to
    /// [complete](crate::polardb::HaLog::complete).
    pub fn describe_ha_logs(&mut self, call: &Call, request: &DescribeHaLogs) -> Reply<DescribeHaLogs> {
        self.make(call, request)
    }
}
