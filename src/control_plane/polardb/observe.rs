//! The read-only PolarDB calls that report on failovers: the HA log.

use crate::control_plane::ControlPlane;
use crate::control_plane::call::CallContext;
use crate::polardb::{DescribeHaLogs, Engine, HaLogPage, PolarDbReason, PolarDbRefusal};

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
