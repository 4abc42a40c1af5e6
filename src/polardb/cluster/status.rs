//! The status of a cluster. It is never stored: it follows from what is pending (`P-300`).

use core::fmt;

use crate::polardb::cluster::requests::Engine;
use crate::polardb::cluster::rules::P_627;
use crate::rule::cite;
use crate::text::StatusMessage;

/// The status of a cluster (`DBClusterStatus`). The vocabulary is open: clients meet values that no page lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ClusterStatus {
    /// `Creating`.
    Creating,
    /// `Running`.
    Running,
    /// `Switching`: failing over, or waiting for a node that can take over.
    Switching,
    /// `Deleting`.
    Deleting,
    /// `DBNodeCreating`: nodes are added.
    DbNodeCreating,
    /// `DBNodeDeleting`: nodes are removed.
    DbNodeDeleting,
    /// `ClassChanging`: nodes change their class.
    ClassChanging,
    /// `Rebooting`: a node restarts.
    Rebooting,
    /// `RoleSwitching`: a node becomes a hot replica or an ordinary one; by policy, a failover.
    RoleSwitching,
    /// `Transing`: the primary zone changes.
    Transing,
    /// `StandbyTransing`: the standby zone changes.
    StandbyTransing,
    /// `ConfigSwitching`: a fault drill makes nodes fail.
    ConfigSwitching,
    /// Any other status, as observed. The cluster is busy.
    Busy(StatusMessage),
}

impl ClusterStatus {
    /// The wire spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Creating => "Creating",
            Self::Running => "Running",
            Self::Switching => "Switching",
            Self::Deleting => "Deleting",
            Self::DbNodeCreating => "DBNodeCreating",
            Self::DbNodeDeleting => "DBNodeDeleting",
            Self::ClassChanging => "ClassChanging",
            Self::Rebooting => "Rebooting",
            Self::RoleSwitching => "RoleSwitching",
            Self::Transing => "Transing",
            Self::StandbyTransing => "StandbyTransing",
            Self::ConfigSwitching => "ConfigSwitching",
            Self::Busy(status) => status.as_str(),
        }
    }
}

impl ClusterStatus {
    /// The spelling in answers about a cluster of this engine (`P-627`).
    pub fn spelled(&self, engine: Engine) -> &str {
        cite!(P_627);
        match self {
            Self::Transing if engine != Engine::MySql => "TRANSING",
            _ => self.as_str(),
        }
    }
}

impl fmt::Display for ClusterStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
