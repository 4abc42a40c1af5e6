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

    /// What happens when the switch to an explicitly named node fails (`facts` §10.3).
    ExplicitTargetFails {
        /// The failover ends without success: the retry rule is stated only for calls without a target.
        Stop,
        /// The remaining nodes are tried as if no target had been named.
        Elect,
    }

    /// What follows when every node was tried in vain and the writer still runs (`facts` §10.1).
    AfterExhaustion {
        /// The failover ends; the old writer goes on and the cluster is running.
        Ends,
        /// The cluster shows `Switching` on and tries again when a node becomes eligible.
        Waits,
    }

    /// Whether priorities below the highest are tried once that is exhausted (`facts` §10.2).
    LowerTiers {
        /// Yes: the retry rule names the next eligible node without a bound.
        Tried,
        /// No: election is among the nodes of the highest priority.
        NotTried,
    }

    /// Hot replicas among nodes of equal priority (`facts` §10.4).
    HotReplicaPreference {
        /// As likely as any other: the documents give equal priorities equal odds.
        None,
        /// Before the others: they take over faster.
        AtEqualPriority,
    }

    /// Column-store nodes in an election (`facts` §10.4).
    ColumnStoreElection {
        /// Never elected: the code for a target of a forbidden kind suggests that the kind cannot lead.
        Excluded,
        /// Elected like any other; only naming one is refused.
        Elected,
    }

    /// Which zones a manual failover elects from (`facts` §10.5).
    ElectionZone {
        /// Any: the documents on election name no zone.
        Any,
        /// The writer's: `TargetZoneType=Primary` switches inside the primary zone.
        Writers,
    }

    /// The code for a target that PostgreSQL or Oracle demand and the call lacks (`facts` §10.6).
    MissingTarget {
        /// `InvalidDBNodeId.Malformed`, the nearest code that is listed.
        Malformed,
        /// `MissingParameter`, as the gateway says of other parameters.
        MissingParameter,
    }

    /// The code for a token that comes again with other parameters, on PolarDB (`facts` §10.7).
    TokenMismatch {
        /// `IdempotentParameterMismatch`, as sibling products have it.
        IdempotentParameterMismatch,
        /// `InvalidClientToken.Malformed`, in the house style of PolarDB's own codes.
        InvalidClientToken,
    }

    /// Manual failover while the outside reports the cluster busy with other work (`facts` §10.8).
    BusyCluster {
        /// Refuse: `HaStatusNotSupport` is the gate that is listed.
        Refuse,
        /// Accept: no list names a cluster status.
        Accept,
    }

    /// What a cluster shows during a failover (`facts` §10.8).
    SwitchStatus {
        /// `Switching`, as the status table says.
        Switching,
        /// `RoleSwitching`, which a public client waits on.
        RoleSwitching,
    }

    /// From when the frequency window counts (`facts` §10.9).
    WindowFrom {
        /// From the end of the last switch.
        End,
        /// From its beginning.
        Start,
    }

    /// Whether the frequency window holds an automatic failover (`facts` §10.9).
    AutomaticInWindow {
        /// No: refusing to replace a failed writer would leave the cluster down.
        Begins,
        /// Yes: it begins with the first report after the window, were it that the writer is still down.
        Held,
    }

    /// Whether the frequency window holds a failover to a named target (`facts` §10.9).
    TargetInWindow {
        /// Yes: the error's text makes no difference.
        Refused,
        /// No: who names a node knows what they do.
        Accepted,
    }

    /// Which switches `RollBackForDisaster` follows (`facts` §10.10).
    RollBack {
        /// Those to the hot-standby storage cluster alone.
        ZoneSwitches,
        /// Every manual switch that leaves the writer's zone.
        EverySwitch,
    }

    /// How many nodes a cluster of the standard edition may have (`facts` §8.25).
    StandardNodes {
        /// Eight in all, as `CreateDBCluster` says.
        EightInAll,
        /// Eight read-only ones, as the page on multi-node deployment says.
        EightReaders,
    }

    /// What happens when all nodes of the primary zone are down (`facts` §5).
    ZoneLoss {
        /// The hot-standby storage cluster takes over, if there is one: as documented for MySQL cluster edition.
        SwitchOver,
        /// The cluster waits, as with `StandbyHAMode=OFF`.
        Wait,
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
    /// What follows when every node was tried in vain.
    pub after_exhaustion: AfterExhaustion,
    /// Whether priorities below the highest are tried.
    pub lower_tiers: LowerTiers,
    /// Hot replicas among nodes of equal priority.
    pub hot_replicas: HotReplicaPreference,
    /// Column-store nodes in an election.
    pub column_store: ColumnStoreElection,
    /// Which zones a manual failover elects from.
    pub election_zone: ElectionZone,
    /// The code for a target that is demanded and missing.
    pub missing_target: MissingTarget,
    /// The code for a token with other parameters.
    pub token_mismatch: TokenMismatch,
    /// Manual failover of a cluster that is reported busy.
    pub busy_cluster: BusyCluster,
    /// What a cluster shows during a failover.
    pub switch_status: SwitchStatus,
    /// From when the frequency window counts.
    pub window_from: WindowFrom,
    /// Whether the window holds an automatic failover.
    pub automatic_in_window: AutomaticInWindow,
    /// Whether the window holds a failover to a named target.
    pub target_in_window: TargetInWindow,
    /// Which switches `RollBackForDisaster` follows.
    pub roll_back: RollBack,
    /// How many nodes a cluster of the standard edition may have.
    pub standard_nodes: StandardNodes,
    /// What happens when all nodes of the primary zone are down.
    pub zone_loss: ZoneLoss,
}

impl Default for PolarDbPolicy {
    fn default() -> Self {
        Self {
            rounds: core::num::NonZeroU8::MIN,
            explicit_target_fails: ExplicitTargetFails::default(),
            switch_window: Span::from_secs(600),
            after_exhaustion: AfterExhaustion::default(),
            lower_tiers: LowerTiers::default(),
            hot_replicas: HotReplicaPreference::default(),
            column_store: ColumnStoreElection::default(),
            election_zone: ElectionZone::default(),
            missing_target: MissingTarget::default(),
            token_mismatch: TokenMismatch::default(),
            busy_cluster: BusyCluster::default(),
            switch_status: SwitchStatus::default(),
            window_from: WindowFrom::default(),
            automatic_in_window: AutomaticInWindow::default(),
            target_in_window: TargetInWindow::default(),
            roll_back: RollBack::default(),
            standard_nodes: StandardNodes::default(),
            zone_loss: ZoneLoss::default(),
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
