//! Every contested reading, as data.
//!
//! Where the vendor's sources contradict each other or are silent, and the readings differ in behaviour, the choice is
//! a field here. Defaults follow the evidence given at the field; `docs/policies.md` lists all of them with their
//! alternatives. A snapshot and a journal carry the policy, since the same inputs mean something else under another.

use alloc::collections::BTreeSet;

use crate::ids::RegionId;
use crate::time::Span;
use crate::token::{Lifetime, Overflow, TokenCacheConfig};

macro_rules! readings {
    ($($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident, $($(#[$other_doc:meta])* $other:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first,
            $($(#[$other_doc])* $other,)*
        }

        impl $name {
            /// Every reading, the default first.
            pub const ALL: &'static [Self] = &[Self::$first, $(Self::$other),*];
        }
    )*};
}

readings! {
    /// From which statuses a single pair fails over (`facts` §4.3 #1).
    PairFailover {
        /// All but `invalid` and `deleted`: the only rule ever published for pairs, unchanged from the founding page
        /// through 2026-09.
        Denylist,
        /// As the group page lists it, plus `initial_syncing`. Reprotect is then allowed from `reprotect_failed`, which
        /// would otherwise have no way out.
        GroupAllowlist,
    }

    /// Failover while another operation is under way (`facts` §4.3 #2).
    FailoverWhileBusy {
        /// Accept and supersede the operation: the published rule does not exclude it.
        Supersede,
        /// Refuse in `creating`, `stopping`, `reprotecting` and `deleting`: a public client retries on
        /// `OperationDenied.InvalidStatus`, so some transient status presumably causes it.
        Refuse,
    }

    /// Failover before any copy has completed in this direction (`facts` §4.3 #3).
    FailoverWithoutRecoverPoint {
        /// Accept: the pair page is silent. The event says that there is no recover point.
        Accept,
        /// Refuse, as the group page asks of its callers.
        Refuse,
    }

    /// Starting a pair that already replicates (`facts` §4.3 #4 and #5).
    StartWhileReplicating {
        /// Refuse: the API page says only `created` and `stopped`. A stricter model is safe for client tests.
        Refuse,
        /// Success without effect, as the user guide allows: automatic start in `syncing` and `normal`, one-shot start
        /// in `manual_syncing`.
        NoOp,
    }

    /// When the first automatic copy begins (`facts` §4.3 #6).
    FirstCopy {
        /// At once, as the start page says.
        AtOnce,
        /// After one RPO, as the Chinese metadata says.
        AfterOneRpo,
    }

    /// The status of the first automatic copy after a reverse (`facts` §4.3 #7).
    FirstCopyAfterReverse {
        /// `initial_syncing`: no copy has completed in this direction.
        InitialSyncing,
        /// `syncing`: the relation has been copied before, if the other way round.
        Syncing,
    }

    /// Repeating an operation whose last attempt failed: stop from `stop_failed`, delete from `delete_failed`
    /// (`facts` §4.3 #10).
    RetryAfterFailure {
        /// Accept, as the group page lists both.
        Accept,
        /// Refuse, as the pair page lists neither; then only failover leads out.
        Refuse,
    }

    /// Deleting a pair that was never started: from `created` and `create_failed` (`facts` §4.3 #11).
    DeleteBeforeStart {
        /// Accept: an older public client deletes straight after creating.
        Accept,
        /// Refuse: the page does not list them.
        Refuse,
    }

    /// Pairs within one region (`facts` §4.3 #12).
    SameRegionPairs {
        /// Accept if the zones differ, as the overview and public client tests do.
        AcrossZones,
        /// Refuse, as the API page says.
        Refuse,
    }

    /// What the old primary must be for a reverse (`facts` §4.3 #13).
    ReverseNeeds {
        /// Detached, or down: the stated aim is only that nobody writes to it.
        DetachedOrDown,
        /// Detached, as the API page says.
        Detached,
    }

    /// Which site of a group is its production site after a reverse, for the calls that belong there and for the `Site` of
    /// both describes (`facts` §5.1).
    ProductionSite {
        /// The one it was created with: the group reprotect page says that the sites stay while the direction flips.
        Initial,
        /// The one that is copied now: the group's source region is documented as the production site.
        Current,
    }

    /// Which statuses a pair and a group may join in (`facts` §11 #10).
    JoinStatuses {
        /// Each `created` or `stopped`, as the page of `AddDiskReplicaPair` says of both.
        EachAllowed,
        /// The same one: the code `PairGroupStatusConflict` exists.
        Same,
    }

    /// What leads out of a group's `reprotect_failed` (`facts` §4.2).
    ReprotectFailedGroup {
        /// Nothing: no list of allowed statuses names it.
        Stuck,
        /// Reprotect again, and failover again, as both do for a pair.
        Repeat,
    }

    /// Starting a drill without a recover point (`facts` §§3.4, 6.1).
    DrillWithoutRecoverPoint {
        /// Accepted; the drill shows `execute_failed` with the message that the vendor's samples have.
        ExecuteFailed,
        /// Refused with `RecoverPointNotFound`, which is listed for both starts.
        Refuse,
    }

    /// What happens when the switch to an explicitly named node fails (`facts` §10.3).
    ExplicitTargetFails {
        /// The failover ends without success: the retry rule is stated only for calls without a target.
        Stop,
        /// The remaining nodes are tried as if no target had been named.
        Elect,
    }

    /// What becomes of a token whose call was refused before any effect.
    RejectionPolicy {
        /// Forgotten: a public client repeats failover under one token through `OperationDenied.InvalidStatus`.
        Released,
        /// Remembered: the same refusal again until the token expires. Then a late duplicate can never take effect.
        Sticky,
    }

    /// Whether the operation is part of a token's scope.
    TokenScope {
        /// Each operation of a product has tokens of its own.
        Operation,
        /// One token names one request of the whole product: another operation is a mismatch.
        Product,
    }

    /// Which characters a token may have.
    TokenAlphabet {
        /// All of ASCII, control characters and spaces included: the parameter text asks for no more.
        Ascii,
        /// Visible ASCII, 0x21 to 0x7E.
        Graphic,
    }
}

/// Readings of the EBS documents.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, default)
)]
pub struct EbsPolicy {
    /// From which statuses a pair fails over.
    pub pair_failover: PairFailover,
    /// Failover while another operation is under way.
    pub failover_while_busy: FailoverWhileBusy,
    /// Failover before any copy has completed.
    pub failover_without_recover_point: FailoverWithoutRecoverPoint,
    /// Starting a pair that already replicates.
    pub start_while_replicating: StartWhileReplicating,
    /// When the first automatic copy begins.
    pub first_copy: FirstCopy,
    /// The status of the first copy after a reverse.
    pub first_copy_after_reverse: FirstCopyAfterReverse,
    /// Repeating a failed stop or delete.
    pub retry_after_failure: RetryAfterFailure,
    /// Deleting a pair that was never started.
    pub delete_before_start: DeleteBeforeStart,
    /// Pairs within one region.
    pub same_region_pairs: SameRegionPairs,
    /// What the old primary must be for a reverse.
    pub reverse_needs: ReverseNeeds,
    /// Which site is the production site after a reverse.
    pub production_site: ProductionSite,
    /// Which statuses a pair and a group may join in.
    pub join_statuses: JoinStatuses,
    /// What leads out of a group's failed reprotect.
    pub reprotect_failed_group: ReprotectFailedGroup,
    /// Starting a drill without a recover point.
    pub drill_without_recover_point: DrillWithoutRecoverPoint,
    /// The regions that have the feature; `None` admits any. The founding page lists
    /// [`FOUNDING_REGIONS`](crate::ebs::FOUNDING_REGIONS), later pages ever more.
    pub regions: Option<BTreeSet<RegionId>>,
    /// How long a deleted pair stays as a tombstone. Undocumented; one hour by default.
    pub tombstone: Span,
    /// The least gap between two one-shot starts, exclusive: half an RPO, 450 s (`facts` §2.4).
    pub one_shot_gap: Span,
}

impl Default for EbsPolicy {
    fn default() -> Self {
        Self {
            pair_failover: PairFailover::default(),
            failover_while_busy: FailoverWhileBusy::default(),
            failover_without_recover_point: FailoverWithoutRecoverPoint::default(),
            start_while_replicating: StartWhileReplicating::default(),
            first_copy: FirstCopy::default(),
            first_copy_after_reverse: FirstCopyAfterReverse::default(),
            retry_after_failure: RetryAfterFailure::default(),
            delete_before_start: DeleteBeforeStart::default(),
            same_region_pairs: SameRegionPairs::default(),
            reverse_needs: ReverseNeeds::default(),
            production_site: ProductionSite::default(),
            join_statuses: JoinStatuses::default(),
            reprotect_failed_group: ReprotectFailedGroup::default(),
            drill_without_recover_point: DrillWithoutRecoverPoint::default(),
            regions: None,
            tombstone: Span::from_secs(3_600),
            one_shot_gap: Span::from_secs(450),
        }
    }
}

/// Readings of the PolarDB documents.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, default)
)]
pub struct PolarDbPolicy {
    /// How many rounds over the eligible nodes one failover makes. One by default, so that no node is tried twice:
    /// the documents do not say (`facts` §10.2).
    pub rounds: core::num::NonZeroU8,
    /// What happens when the switch to a named node fails.
    pub explicit_target_fails: ExplicitTargetFails,
    /// How long after a finished switch another manual one is refused. The error's text says ten minutes, its
    /// description five; ten by default, zero switches the window off. It never holds an automatic failover: refusing to
    /// replace a failed writer would leave the cluster down.
    pub switch_window: Span,
}

impl Default for PolarDbPolicy {
    fn default() -> Self {
        Self {
            rounds: core::num::NonZeroU8::MIN,
            explicit_target_fails: ExplicitTargetFails::default(),
            switch_window: Span::from_secs(600),
        }
    }
}

/// Readings of the idempotence documents, with the cache's bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, default)
)]
pub struct TokenPolicy {
    /// How long a completed token is remembered. Undocumented; 24 hours by default.
    pub lifetime: Lifetime,
    /// How many tokens an account may have. Undocumented; 100,000 by default.
    pub capacity: core::num::NonZeroUsize,
    /// What happens at the capacity. Undocumented; refused by default, since at most once outranks availability.
    pub overflow: Overflow,
    /// What becomes of the token of a refused call.
    pub rejections: RejectionPolicy,
    /// Whether the operation is part of the scope.
    pub scope: TokenScope,
    /// Which characters a token may have.
    pub alphabet: TokenAlphabet,
}

impl Default for TokenPolicy {
    fn default() -> Self {
        Self {
            lifetime: Lifetime::default(),
            capacity: const { core::num::NonZeroUsize::MIN.saturating_add(99_999) },
            overflow: Overflow::Refuse,
            rejections: RejectionPolicy::default(),
            scope: TokenScope::default(),
            alphabet: TokenAlphabet::default(),
        }
    }
}

impl TokenPolicy {
    /// The part that the cache itself needs.
    pub const fn config(&self) -> TokenCacheConfig {
        TokenCacheConfig { lifetime: self.lifetime, capacity: self.capacity, overflow: self.overflow }
    }
}

/// All contested readings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields, default)
)]
pub struct Policy {
    /// EBS pairs.
    pub ebs: EbsPolicy,
    /// PolarDB clusters.
    pub polardb: PolarDbPolicy,
    /// Idempotency tokens.
    pub tokens: TokenPolicy,
}
