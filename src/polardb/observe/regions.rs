//! `DescribeRegions` of PolarDB, which has no parameter.

/// `DescribeRegions` of PolarDB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct DescribePolarDbRegions {}
