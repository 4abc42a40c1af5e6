//! How far a copy is, for `DescribeDiskReplicaPairProgress`.
//!
//! The control plane knows that a copy began and not how long it takes; this world does. So while a copy is on its way
//! in timed mode, the answer is the part of its time that has passed (`E-696`), rounded down and never 100 before it has
//! ended. Nothing is stored: it follows from the time, the effect's age and the latency.

use super::{Simulation, Transitions};
use crate::control_plane::{Output, Request, Response};
use crate::ebs::PairEffect;
use crate::ebs::pair::rules::E_696;
use crate::rule::cite;

impl Simulation {
    /// Fills in how far the copy is that a progress answer is about.
    pub(super) fn tell_progress(&self, request: &Request, output: &mut Output) {
        cite!(E_696);
        let Request::DescribeDiskReplicaPairProgress(request) = request else { return };
        let Some(Ok(Response::PairProgress(progress))) = &mut output.result else { return };
        let pending = self.plane.pair(&request.pair).and_then(crate::ebs::ReplicaPair::pending);
        let copy =
            pending.filter(|pending| pending.effect == PairEffect::Copy && !self.held.contains(&pending.id));
        let Some(effect) = copy.and_then(|pending| self.plane.effect(pending.id)) else { return };
        if self.transitions != Transitions::Timed {
            return;
        }
        let whole = self.end_of(&effect).since(effect.since).as_millis();
        let passed = self.plane.clock().since(effect.since).as_millis();
        let percent = passed.saturating_mul(100).checked_div(whole).unwrap_or(0).min(99);
        progress.percent = u8::try_from(percent).unwrap_or(99);
    }
}
