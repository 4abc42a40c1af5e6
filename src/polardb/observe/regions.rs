//! `DescribeRegions` of PolarDB, which has no parameter.

/// `DescribeRegions` of PolarDB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DescribePolarDbRegions {}
