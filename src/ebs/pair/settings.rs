//! `ModifyDiskReplicaPair`: a pair's name, description and replication time control.
//!
//! Called at either end, in `created` and `stopped` (`E-270`, `E-271`). The page scopes that rule to name and
//! description; whether replication time control can be changed at other times no source says, so one rule holds for
//! the whole call. Absent settings stay as they are (`E-272`). The replication time control of a grouped pair is its
//! group's and does not change alone (`E-623`); its name may change, on which no source says anything. The metadata lists
//! both site codes for the call although either end accepts it; the model produces neither.

use crate::ebs::pair::rules::{E_272, E_274};
use crate::ebs::pair::table::{PairEvent, PairLifecycle};
use crate::ebs::pair::{CallSite, ReplicaPair};
use crate::ebs::refusal::{EbsRefusal, GroupReason};
use crate::ids::PairId;
use crate::lifecycle::Verdict;
use crate::policy::EbsPolicy;
use crate::rule::{RuleId, cite};
use crate::text::{Description, Name};

/// `ModifyDiskReplicaPair`. A setting that is `None` stays as it is. There is no `RPO`, since only 900 s is sold, and no
/// `Bandwidth`, which is not yet available (`E-274`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct ModifyDiskReplicaPair {
    /// The pair.
    pub pair: PairId,
    /// `PairName`.
    pub name: Option<Name>,
    /// `Description`.
    pub description: Option<Description>,
    /// `EnableRtc`.
    pub enable_rtc: Option<bool>,
}

/// The changes of settings that a decision makes. Returned by [`ReplicaPair::decide_modify`].
#[must_use = "a decision does nothing until it is applied"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsPlan {
    rule: RuleId,
    name: Option<Name>,
    description: Option<Description>,
    enable_rtc: Option<bool>,
}

impl SettingsPlan {
    /// The rule that decided.
    pub const fn rule(&self) -> RuleId {
        self.rule
    }
}

impl ReplicaPair {
    /// Decides a change of settings. The order of checks: region (`E-620`), group (`E-623`), status (`E-271`).
    ///
    /// # Errors
    ///
    /// The refusal of the first check that fails.
    pub fn decide_modify(
        &self,
        cx: &CallSite<'_>,
        request: &ModifyDiskReplicaPair,
        policy: &EbsPolicy,
    ) -> Result<SettingsPlan, EbsRefusal> {
        let operation = crate::operation::Operation::ModifyDiskReplicaPair;
        self.check_region(cx, operation)?;
        let rtc = request.enable_rtc.filter(|rtc| *rtc != self.enable_rtc());
        if let (Some(group), Some(_)) = (self.group(), rtc) {
            return Err(GroupReason::PairInGroup(self.id.clone()).of(operation, group.clone()));
        }
        let row = PairLifecycle::lookup(self.status, PairEvent::Modify);
        if row.verdict(policy) == Verdict::Refuse {
            return Err(self.invalid_status(operation, row.rule));
        }
        Ok(SettingsPlan {
            rule: row.rule,
            name: request.name.clone(),
            description: request.description.clone(),
            enable_rtc: request.enable_rtc,
        })
    }

    /// Carries a change of settings out. Returns whether any setting changed.
    pub fn apply_settings(&mut self, plan: SettingsPlan) -> bool {
        cite!(E_272, E_274);
        let before = self.settings.clone();
        let settings = &mut *self.settings;
        settings.name = plan.name.or(settings.name.take());
        settings.description = plan.description.or(settings.description.take());
        settings.enable_rtc = plan.enable_rtc.unwrap_or(settings.enable_rtc);
        *before != *settings
    }
}
