//! The reference as a system under test.

use super::bug::Bug;
use super::conformance::Subject;
use super::reference::Reference;
use super::view::{Answer, Leeway, View};
use crate::control_plane::Input;
use crate::ids::EffectId;

/// The [reference](Reference) as a system under test, with or without a [mistake](Bug). It numbers its effects from 1.
///
/// `tests/it/oracle/gallery.rs` of the crate shows for each mistake what its suite reports first; any other suite can be
/// measured in the same way.
#[derive(Debug, Clone)]
pub struct ReferenceSubject {
    reference: Reference,
    leeway: Leeway,
    last: u64,
}

impl ReferenceSubject {
    /// A system in the state of `reference`.
    pub fn new(reference: Reference, bug: Option<Bug>) -> Self {
        let mut subject = Self { reference: reference.with_bug(bug), leeway: Leeway::default(), last: 0 };
        subject.number_effects();
        subject
    }

    /// The same system, breaking ties itself: it always promotes the first node of a tier, which conforms.
    #[must_use]
    pub fn electing_the_first(self) -> Self {
        self.with_leeway(Leeway { elects_itself: true, ..Leeway::default() })
    }

    /// The same system, checking calls in another order: of several faults it reports the last.
    #[must_use]
    pub fn naming_the_last_fault(self) -> Self {
        self.with_leeway(Leeway { any_fault: true, ..Leeway::default() })
    }

    /// The same system, with timers that follow the clock.
    #[must_use]
    pub fn with_timers(self) -> Self {
        self.with_leeway(Leeway { timers_follow_clock: true, ..Leeway::default() })
    }

    fn with_leeway(self, leeway: Leeway) -> Self {
        Self { reference: self.reference.with_leeway(leeway), leeway, ..self }
    }

    /// The state.
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    fn number_effects(&mut self) {
        let mut effects = self.reference.effects();
        for effect in effects.iter_mut().filter(|effect| effect.id == EffectId(0)) {
            self.last = self.last.saturating_add(1);
            effect.id = EffectId(self.last);
        }
        self.reference.bind(&effects);
    }
}

impl Subject for ReferenceSubject {
    fn apply(&mut self, input: &Input) -> Answer {
        let mut branches = self.reference.allowed(input).into_iter();
        // The first branch asks for a choice or reports the first fault; elections and further faults follow.
        let Some(first) = branches.next() else { return Answer::Done };
        let other = if self.leeway.any_fault { branches.last() } else { branches.next() };
        let branch = other.unwrap_or(first);
        self.reference = branch.after;
        self.number_effects();
        branch.answer
    }

    fn view(&self) -> View {
        self.reference.view()
    }

    fn leeway(&self) -> Leeway {
        self.leeway
    }
}
