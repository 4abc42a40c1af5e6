//! Calls on global database networks.

use alloc::format;

use super::{Resolver, Selector, StepContext, clusters, id, pick};
use crate::control_plane::{Fresh, Request};
use crate::ids::NetworkId;
use crate::polardb::{
    CreateDbCluster, CreateGlobalDatabaseNetwork, DeleteGlobalDatabaseNetwork, DescribeGlobalDatabaseNetwork,
    NetworkCreated, Removal, RemoveDbClusterFromGdn, SwitchMode, SwitchOverGlobalDatabaseNetwork,
};

/// The number of nodes of a secondary.
pub(super) const NODES: u8 = 2;

/// A call on a global database network. The cluster is one of all, in a network or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkCall {
    /// `RemoveDBClusterFromGDN`.
    Remove {
        /// The cluster.
        cluster: Selector,
        /// `Force`.
        removal: Removal,
    },
    /// `SwitchOverGlobalDatabaseNetwork`.
    SwitchOver {
        /// `DBClusterId`: none, or a cluster.
        to: Option<u8>,
        /// `Forced`.
        mode: SwitchMode,
    },
    /// `DeleteGlobalDatabaseNetwork`.
    Delete,
    /// `DescribeGlobalDatabaseNetwork`.
    Describe,
}

impl<C: StepContext> Resolver<'_, C> {
    pub(super) fn create_network(&self, cluster: Selector) -> Request {
        let cluster = clusters::id_of(pick(cluster, &self.view.clusters));
        CreateGlobalDatabaseNetwork { cluster, description: None, resource_group: None }.into()
    }

    pub(super) fn create_secondary(&self, network: Selector) -> Request {
        CreateDbCluster { joins: Some(self.network_id(network)), ..clusters::create(NODES) }.into()
    }

    pub(super) fn network(&self, network: Selector, call: NetworkCall) -> Request {
        let network = self.network_id(network);
        let id_of = |cluster| clusters::id_of(pick(cluster, &self.view.clusters));
        match call {
            NetworkCall::Remove { cluster, removal } => {
                RemoveDbClusterFromGdn { network, cluster: id_of(cluster), removal }.into()
            }
            NetworkCall::SwitchOver { to, mode } => {
                let cluster = to.map(|to| id_of(Some(to)));
                SwitchOverGlobalDatabaseNetwork { network, cluster, mode }.into()
            }
            NetworkCall::Delete => DeleteGlobalDatabaseNetwork { network }.into(),
            NetworkCall::Describe => DescribeGlobalDatabaseNetwork { network }.into(),
        }
    }

    fn network_id(&self, network: Selector) -> NetworkId {
        id(pick(network, &self.view.networks).map_or("gdn-unknown", |network| network.id.as_str()))
    }
}

pub(super) fn fresh(number: u8) -> Fresh {
    Fresh::Network(NetworkCreated { network: id(&format!("gdn-{number}")) })
}
