//! The regions that exist, which the embedder gives, and `DescribeRegions` of both products.
//!
//! Which regions and zones there are is data of the vendor's that grows from month to month: the model has none of its
//! own. What is given is told by `DescribeRegions` and places a cluster whose creation names no zone. It refuses nothing,
//! so that a test need not give any.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::control_plane::ControlPlane;
use crate::control_plane::rules::C_060;
use crate::ebs::rules::{E_714, E_715};
use crate::ebs::{DescribeEbsRegions, RegionFeature};
use crate::ids::{RegionId, ZoneId};
use crate::operation::Product;
use crate::rule::cite;

/// Regions and their zones.
pub type Places = BTreeMap<RegionId, BTreeSet<ZoneId>>;

/// What `DescribeRegions` of either product answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RegionList {
    /// The product that was asked.
    pub product: Product,
    /// The regions.
    pub regions: Places,
}

impl ControlPlane {
    /// The regions that were given, with their zones.
    pub const fn regions(&self) -> &Places {
        &self.regions
    }

    /// Says which regions and zones there are (`C-060`). Like a policy it is no input: a snapshot carries it, a journal does
    /// not.
    pub fn set_regions(&mut self, regions: Places) {
        self.regions = regions;
    }

    /// The first zone that was given of a region.
    pub(in crate::control_plane) fn first_zone(&self, region: &RegionId) -> Option<ZoneId> {
        self.regions.get(region)?.first().cloned()
    }

    /// The regions with a feature of EBS: those given that the policy `ebs.regions` admits, without a feature asked for too.
    pub(in crate::control_plane) fn ebs_regions(&self, request: DescribeEbsRegions) -> RegionList {
        cite!(C_060, E_714, E_715);
        let admitted = |region: &RegionId| match request.feature {
            None | Some(RegionFeature::AsyncReplication) => {
                self.policy.ebs.regions.as_ref().is_none_or(|regions| regions.contains(region))
            }
            Some(RegionFeature::Lens | RegionFeature::DedicatedCluster) => false,
        };
        let regions = self.regions.iter().filter(|(region, _)| admitted(region));
        let regions = regions.map(|(region, zones)| (region.clone(), zones.clone())).collect();
        RegionList { product: Product::Ebs, regions }
    }

    /// The regions of PolarDB: all that were given.
    pub(in crate::control_plane) fn polardb_regions(&self) -> RegionList {
        cite!(C_060);
        RegionList { product: Product::PolarDb, regions: self.regions.clone() }
    }
}
