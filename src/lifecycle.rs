//! Lifecycles: tables of rows that say what an event does in a status, and the effects that a resource waits for.
//!
//! A row covers a set of statuses and a set of events and has one [`Verdict`]; under some choices of a policy it has
//! another. The macro `lifecycle!` turns the rows of one kind of resource into a dense table, whose look-up is two array
//! accesses. A pair of status and event that no row covers, or that two rows cover, fails the build.

use core::fmt;
use core::marker::PhantomData;

use crate::ids::EffectId;
use crate::rule::{Basis, Rule, RuleId};
use crate::time::Timestamp;

/// A type whose values are listed: a status or an event.
pub trait Enumerated: Copy + Eq + fmt::Debug + 'static {
    /// All values, in the order of `docs/rules.md`.
    const ALL: &'static [Self];
}

/// A set of statuses or of events.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Set<T>(u32, PhantomData<T>);

impl<T> Set<T> {
    pub(crate) const fn of_bits(bits: u32) -> Self {
        Self(bits, PhantomData)
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }
}

impl<T: Enumerated> Set<T> {
    /// Its members, in the order in which they are listed.
    pub fn iter(self) -> impl Iterator<Item = T> {
        let numbered = (0_u32..).zip(T::ALL);
        numbered.filter(move |(at, _)| self.0 & (1 << at) != 0).map(|(_, member)| *member)
    }

    /// Whether this is a member.
    pub fn contains(self, wanted: T) -> bool {
        self.iter().any(|member| member == wanted)
    }
}

impl<T: Enumerated> fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What a row says about a resource with statuses `S`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict<S> {
    /// The resource takes this status.
    Move(S),
    /// Accepted; the status stays.
    NoOp,
    /// Not accepted; nothing changes.
    Refuse,
}

impl<S> Verdict<S> {
    /// The status after the event, given the one before; `None` if the event is refused.
    #[inline]
    pub fn after(self, before: S) -> Option<S> {
        match self {
            Self::Move(to) => Some(to),
            Self::NoOp => Some(before),
            Self::Refuse => None,
        }
    }
}

/// A value of a policy's field, other than the default, under which rows have another verdict.
#[derive(Debug)]
pub struct Choice<P> {
    /// The name of the field.
    pub field: &'static str,
    /// The name of the value.
    pub value: &'static str,
    /// Whether a policy has the value.
    pub holds: fn(&P) -> bool,
}

/// One rule of a lifecycle with statuses `S` and events `E`, under a policy `P`.
#[derive(Debug)]
pub struct Row<S: Enumerated, E: Enumerated, P: 'static> {
    /// Its number.
    pub rule: RuleId,
    /// The statuses it covers.
    pub from: Set<S>,
    /// The events it covers.
    pub on: Set<E>,
    /// The verdict under the default policy.
    pub then: Verdict<S>,
    /// The verdicts under other choices; the first choice that holds decides.
    pub unless: &'static [(Choice<P>, Verdict<S>)],
    /// How sure we are of the default verdict.
    pub basis: Basis,
    /// Where it comes from.
    pub source: &'static str,
    /// What it says, in one sentence.
    pub says: &'static str,
}

impl<S: Enumerated, E: Enumerated, P> Row<S, E, P> {
    /// The verdict under a policy.
    #[inline]
    pub fn verdict(&self, policy: &P) -> Verdict<S> {
        if self.unless.is_empty() { self.then } else { self.contested(policy) }
    }

    /// The verdict of a row that has others; apart, so that the many that have none cost no call.
    #[inline(never)]
    fn contested(&self, policy: &P) -> Verdict<S> {
        let other = self.unless.iter().find(|(choice, _)| (choice.holds)(policy));
        other.map_or(self.then, |(_, verdict)| *verdict)
    }

    /// The row as an entry of the catalogue.
    pub const fn as_rule(&self) -> Rule {
        Rule { id: self.rule, basis: self.basis, source: self.source, says: self.says }
    }
}

/// The dense table of these rows: for each event and status the index of the row that covers both.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated at compile time, where a mistake fails the build"
)]
pub(crate) const fn dense<S: Enumerated, E: Enumerated, P, const STATUSES: usize, const EVENTS: usize>(
    rows: &[Row<S, E, P>],
) -> [[u8; STATUSES]; EVENTS] {
    const UNCOVERED: u8 = u8::MAX;
    let mut table = [[UNCOVERED; STATUSES]; EVENTS];
    let mut event = 0;
    while event < EVENTS {
        let mut status = 0;
        while status < STATUSES {
            let mut at = 0;
            while at < rows.len() {
                let row = &rows[at];
                if row.on.bits() & (1 << event) != 0 && row.from.bits() & (1 << status) != 0 {
                    assert!(table[event][status] == UNCOVERED, "two rows cover one status and event");
                    assert!(at < UNCOVERED as usize, "the table has too many rows");
                    table[event][status] = at as u8;
                }
                at += 1;
            }
            assert!(table[event][status] != UNCOVERED, "no row covers a status and event");
            status += 1;
        }
        event += 1;
    }
    table
}

/// The inherent part of a [`Enumerated`] enum: all of its values, and sets of them.
macro_rules! enumerated {
    ($T:ident: $($name:ident)*) => {
        impl $T {
            /// All of them, in the order of `docs/rules.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }

        impl $crate::lifecycle::Enumerated for $T {
            const ALL: &'static [Self] = Self::ALL;
        }

        impl $crate::lifecycle::Set<$T> {
            /// The set of these.
            pub const fn of(members: &[$T]) -> Self {
                let mut bits = 0;
                let mut rest = members;
                while let [first, tail @ ..] = rest {
                    bits |= 1 << (*first as u32);
                    rest = tail;
                }
                Self::of_bits(bits)
            }

            /// The set of all but these.
            pub const fn but(members: &[$T]) -> Self {
                Self::of_bits(Self::of($T::ALL).bits() & !Self::of(members).bits())
            }
        }
    };
}

/// An enum of events. They carry no data, so that a table over them is finite.
macro_rules! events {
    ($(#[$doc:meta])* $Event:ident $($(#[$event_doc:meta])* $name:ident,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Event {$( $(#[$event_doc])* $name, )*}

        $crate::lifecycle::enumerated!($Event: $($name)*);
    };
}

/// The lifecycle of one kind of resource: its rows, each with a constant for its number, and the look-up.
///
/// A row reads `E_110: (from [statuses] on [events] => verdict`, with `from_all_but` for the complement, then
/// `unless [field: Type::Value => verdict]` if it is contested, its basis, its source and what it says.
macro_rules! lifecycle {
    (
        $(#[$doc:meta])* $Lifecycle:ident($Status:ident, $Event:ident, $Policy:ident)
        $($id:ident: ($cover:ident [$($from:ident),*] on [$($on:ident),*] => $then:ident $(($to:ident))?
            $(unless [$($field:ident: $Value:ident::$value:ident => $other:ident $(($other_to:ident))?),*])?,
            $basis:ident $source:literal => $says:literal);)*
    ) => {
        $($crate::rule::rule_number!($id $says);)*

        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $Lifecycle;

        impl $Lifecycle {
            /// Its rows.
            pub const ROWS: &'static [$crate::lifecycle::Row<$Status, $Event, $Policy>] = &[$($crate::lifecycle::Row {
                rule: $id,
                from: $crate::lifecycle::lifecycle!(@ $cover $Status [$($Status::$from),*]),
                on: $crate::lifecycle::Set::<$Event>::of(&[$($Event::$on),*]),
                then: $crate::lifecycle::Verdict::$then $(($Status::$to))?,
                unless: &[$($(
                    (
                        $crate::lifecycle::Choice {
                            field: stringify!($field),
                            value: stringify!($value),
                            holds: |policy: &$Policy| policy.$field == $Value::$value,
                        },
                        $crate::lifecycle::Verdict::$other $(($Status::$other_to))?,
                    ),
                )*)?],
                basis: $crate::rule::Basis::$basis,
                source: $source,
                says: $says,
            },)*];

            /// The row that covers this status and event.
            #[inline]
            #[expect(
                clippy::indexing_slicing,
                reason = "discriminants index arrays of their enums' lengths, and every cell holds a row's index"
            )]
            pub const fn lookup(
                status: $Status,
                event: $Event,
            ) -> &'static $crate::lifecycle::Row<$Status, $Event, $Policy> {
                static DENSE: [[u8; $Status::ALL.len()]; $Event::ALL.len()] =
                    $crate::lifecycle::dense($Lifecycle::ROWS);
                &Self::ROWS[DENSE[event as usize][status as usize] as usize]
            }
        }
    };
    (@ from $Status:ident [$($from:expr),*]) => { $crate::lifecycle::Set::<$Status>::of(&[$($from),*]) };
    (@ from_all_but $Status:ident [$($from:expr),*]) => { $crate::lifecycle::Set::<$Status>::but(&[$($from),*]) };
}

pub(crate) use {enumerated, events, lifecycle};

/// An effect that was requested and has not been reported on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Pending<E> {
    /// Fencing token, attempt number and, with `since`, age.
    pub id: EffectId,
    /// What was requested.
    pub effect: E,
    /// When.
    pub since: Timestamp,
}

/// What a plan does to the pending effect of its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PendingChange<E> {
    Keep,
    Clear,
    Ask(E),
}

impl<E: Copy> PendingChange<E> {
    /// How many effects are asked for.
    pub(crate) fn effects(self) -> u64 {
        u64::from(matches!(self, Self::Ask(_)))
    }

    /// The id of the effect that is asked for, if it has this one.
    pub(crate) fn asks(&self, id: EffectId) -> Option<EffectId> {
        matches!(self, Self::Ask(_)).then_some(id)
    }

    /// Makes the change.
    pub(crate) fn apply(
        self,
        pending: &mut Option<Pending<E>>,
        id: EffectId,
        since: Timestamp,
    ) -> Applied<E> {
        let (asked, ended) = match self {
            Self::Keep => (None, None),
            Self::Clear => (None, pending.take()),
            Self::Ask(effect) => {
                let asked = Pending { id, effect, since };
                (Some(asked), pending.replace(asked))
            }
        };
        Applied { asked, ended, resettled: false }
    }
}

/// What applying a plan changed beside the status.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied<E> {
    /// The effect that is requested.
    pub asked: Option<Pending<E>>,
    /// The effect that ended or was superseded.
    pub ended: Option<Pending<E>>,
    /// Whether the settings changed.
    pub resettled: bool,
}

/// What falls due on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due<P> {
    /// Its next copy cycle, with the plan for it.
    Cycle(P),
    /// The end of its tombstone: the resource is forgotten.
    Forget,
}
