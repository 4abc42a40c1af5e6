//! The parameters of a call: names and values, the union of query and form.

use alloc::collections::BTreeMap;
use alloc::string::String;

use super::rules::W_021;
use crate::rule::cite;

/// The parameters of a call: the union of query and form.
///
/// A name given twice with one value counts once; with two values it is contradictory, whatever the order (`W-020`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters(BTreeMap<String, Option<String>>);

cite!(W_021);

/// What is known of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// Not given, or empty (`W-021`).
    Absent,
    /// Given.
    Is(&'a str),
    /// Given with two values.
    Contradictory,
}

impl Parameters {
    /// Adds a parameter, its percent encoding undone.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let value = value.into();
        let entry = self.0.entry(name.into()).or_insert_with(|| Some(value.clone()));
        if entry.as_deref() != Some(value.as_str()) {
            *entry = None;
        }
    }

    /// The value of a parameter, unless it is absent, empty or contradictory.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.value(name) {
            Value::Is(text) => Some(text),
            Value::Absent | Value::Contradictory => None,
        }
    }

    /// The names and values that were given, in bytewise order of the names, without contradictory ones.
    pub fn given(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)))
    }

    pub(super) fn value(&self, name: &str) -> Value<'_> {
        match self.0.get(name) {
            None => Value::Absent,
            Some(None) => Value::Contradictory,
            Some(Some(text)) if text.is_empty() => Value::Absent,
            Some(Some(text)) => Value::Is(text),
        }
    }

    /// The names that begin so, in bytewise order.
    pub(super) fn names<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let from = self.0.range::<str, _>((core::ops::Bound::Included(prefix), core::ops::Bound::Unbounded));
        from.map(|(name, _)| name.as_str()).take_while(move |name| name.starts_with(prefix))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut parameters = Self::default();
        parameters.extend(pairs);
        parameters
    }
}

impl<N: Into<String>, V: Into<String>> Extend<(N, V)> for Parameters {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, pairs: I) {
        pairs.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}
