//! Creations whose answers were lost, and what they may have made.
//!
//! No answer says what such a call made. What is shown later, is of the account and the kind, was created by no answered call,
//! and was created while the call was on its way, as far as that is shown, may be its work; so both belong to one component. What
//! names its origin, as a pair names its disks, may be the work only of a call that belongs to its component anyway. Everything
//! else that no answered call created was there before the trace.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::asked::Expected;
use super::names::{Kind, Names, Together};
use super::survey::Facts;
use crate::operation::Operation;
use crate::time::Span;
use crate::trace::exchange::Exchange;

/// A creation whose answer was lost, or hidden by a failure of the server.
#[derive(Debug)]
pub(super) struct LostCreation {
    /// The number of its exchange, from 0.
    exchange: usize,
    account: String,
    kind: Kind,
    /// The seconds from its sending to its answer.
    seconds: core::ops::RangeInclusive<u64>,
    token: Option<String>,
    /// The number of a name that it has.
    named: Option<usize>,
}

impl LostCreation {
    /// The creation that this exchange is, if it is one and lost.
    pub(super) fn of(
        exchange: &Exchange,
        operation: Operation,
        number: usize,
        names: &Names,
        together: &mut Together,
    ) -> Option<Self> {
        let kind = Kind::created_by(operation)?;
        matches!(Expected::of(exchange), Ok(Expected::Unknown)).then_some(())?;
        Some(Self {
            exchange: number,
            account: exchange.account.as_str().to_owned(),
            kind,
            seconds: exchange.sent.as_secs()..=exchange.answered.as_secs(),
            token: exchange.parameters.get("ClientToken").cloned(),
            named: names.joined.first().map(|name| together.number(name)),
        })
    }

    /// Whether it may have made a resource of this account and kind.
    fn may_have_made(&self, id: &str, kind: Kind, facts: &Facts, clock_error: Span) -> bool {
        let error = clock_error.as_millis().div_ceil(1_000);
        let meanwhile = |at: &u64| {
            at.saturating_add(error) >= *self.seconds.start()
                && *at <= self.seconds.end().saturating_add(error)
        };
        self.kind == kind
            && facts.accounts.get(id).is_some_and(|account| *account == self.account)
            && facts.created_at.get(id).is_none_or(meanwhile)
    }
}

/// Which components are one, since a lost creation may have made something of each.
#[derive(Debug, Default)]
pub(super) struct Merged {
    into: BTreeMap<usize, usize>,
    /// The component of each lost creation that may have made something, by the number of its exchange.
    of_call: BTreeMap<usize, usize>,
    /// What lost creations may have made.
    made: BTreeSet<String>,
}

impl Merged {
    /// Those of a trace.
    pub(super) fn of(facts: &Facts, together: &Together, clock_error: Span) -> Self {
        let mut merged = Self::default();
        let told = |lost: &&LostCreation| {
            let key = |token: &String| (lost.account.clone(), token.clone());
            lost.token.as_ref().is_some_and(|token| facts.by_token.contains_key(&key(token)))
        };
        let orphans: Vec<(&String, Kind)> = facts
            .shown
            .iter()
            .filter(|(id, _)| !facts.created.contains(*id))
            .map(|(id, kind)| (id, *kind))
            .collect();
        if orphans.is_empty() {
            return merged;
        }
        for lost in facts.lost.iter().filter(|lost| !told(lost)) {
            let mut into = lost.named.map(|number| together.component_of(number));
            let call = into;
            for (id, kind) in &orphans {
                if lost.may_have_made(id, *kind, facts, clock_error)
                    && let Some(component) = together.component(id)
                    && (!kind.names_its_origin() || call == Some(component))
                {
                    merged.made.insert((*id).clone());
                    merged.join(component, *into.get_or_insert(component));
                }
            }
            merged.of_call.extend(into.map(|into| (lost.exchange, into)));
        }
        merged
    }

    /// The component that this one is a part of.
    pub(super) fn component(&self, component: usize) -> usize {
        let mut at = component;
        while let Some(into) = self.into.get(&at) {
            at = *into;
        }
        at
    }

    /// The component of the lost creation of this number, if it may have made something.
    pub(super) fn of_call(&self, exchange: usize) -> Option<usize> {
        self.of_call.get(&exchange).map(|component| self.component(*component))
    }

    /// Whether a lost creation may have made it.
    pub(super) fn has_made(&self, id: &str) -> bool {
        self.made.contains(id)
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.component(one), self.component(other));
        if one != other {
            self.into.insert(one, other);
        }
    }
}
