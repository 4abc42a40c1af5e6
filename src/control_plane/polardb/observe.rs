//! The PolarDB calls that observe a failover and change nothing: the log of switches.

use crate::control_plane::ControlPlane;
use crate::control_plane::call::CallContext;
use crate::polardb::{DescribeHaLogs, Engine, HaLogPage, PolarDbReason, PolarDbRefusal};

impl ControlPlane {
    /// What the cluster knows of its log; only MySQL clusters keep one (`P-510`).
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
