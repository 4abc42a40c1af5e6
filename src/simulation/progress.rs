//! The progress of a copy, for `DescribeDiskReplicaPairProgress`.
//!
//! The control plane knows when a copy began but not how long it takes; the simulation does. During a copy in timed
//! mode, the answer is the elapsed share of its latency (`E-696`), rounded down and below 100 until it ends. Nothing is
//! stored: the value follows from the clock, the start of the effect and the latency.

use super::{Simulation, Transitions};
use crate::control_plane::{Output, Request, Response};
use crate::ebs::PairEffect;
use crate::ebs::pair::rules::E_696;
use crate::rule::cite;

impl Simulation {
    /// Fills in the percentage of a progress response.
    pub(super) fn fill_progress(&self, request: &Request, output: &mut Output) {
        cite!(E_696);
        let Request::DescribeDiskReplicaPairProgress(request) = request else { return };
        let Some(Ok(Response::PairProgress(progress))) = &mut output.result else { return };
        let pending = self.plane.pair(&request.pair).and_then(crate::ebs::ReplicaPair::pending);
        let copy = pending
            .filter(|pending| pending.effect == PairEffect::Copy && !self.world.held.contains(&pending.id));
        let Some(effect) = copy.and_then(|pending| self.plane.effect(pending.id)) else { return };
        if self.world.transitions != Transitions::Timed {
            return;
        }
        let whole = self.end_of(&effect).since(effect.since).as_millis();
        let passed = self.plane.clock().since(effect.since).as_millis();
        let percent = passed.saturating_mul(100).checked_div(whole).unwrap_or(0).min(99);
        progress.percent = u8::try_from(percent).unwrap_or(99);
    }
}
