//! The catalogue: the rules of all layers in one list, which the generated page is made from.

use alloc::vec::Vec;

use crate::rule::Rule;

/// Every rule, by number: the rows of both lifecycles and the rules beside them. Those of the wire are in it only with the
/// feature `wire`.
pub fn rules() -> Vec<Rule> {
    let rows = crate::ebs::PairLifecycle::ROWS.iter().map(|row| row.as_rule());
    let mut rules: Vec<Rule> = rows
        .chain(crate::ebs::GroupLifecycle::ROWS.iter().map(|row| row.as_rule()))
        .chain(crate::ebs::rules::RULES.iter().copied())
        .chain(crate::ebs::pair::rules::RULES.iter().copied())
        .chain(crate::ebs::group::rules::RULES.iter().copied())
        .chain(crate::ebs::drill::rules::RULES.iter().copied())
        .chain(crate::polardb::cluster::rules::RULES.iter().copied())
        .chain(crate::polardb::election::rules::RULES.iter().copied())
        .chain(crate::polardb::nodes::rules::RULES.iter().copied())
        .chain(crate::polardb::network::rules::RULES.iter().copied())
        .chain(crate::polardb::observe::rules::RULES.iter().copied())
        .chain(crate::polardb::standby::rules::RULES.iter().copied())
        .chain(crate::token::rules::RULES.iter().copied())
        .chain(crate::control_plane::rules::RULES.iter().copied())
        .collect();
    #[cfg(feature = "wire")]
    rules.extend_from_slice(crate::wire::rules::RULES);
    rules.sort_by_key(|rule| rule.id);
    rules
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for crate::rule::RuleId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::string::String::deserialize(deserializer)?;
        let rule = rules().into_iter().find(|rule| rule.id.as_str() == text);
        rule.map(|rule| rule.id).ok_or_else(|| serde::de::Error::custom("no such rule"))
    }
}
