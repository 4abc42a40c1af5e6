//! Every contested reading, a row each.
//!
//! Where the vendor's sources contradict each other or are silent, and the readings differ in behaviour, the choice is
//! a field of [`Policy`]. A row names the field, the source, the default and its evidence, and the alternatives with
//! theirs; the types, the defaults, the page `docs/policies.md`, and what tests vary follow from it. A snapshot and a
//! journal carry the policy, since the same inputs mean something else under another.

use alloc::collections::BTreeSet;
use core::num::{NonZeroU8, NonZeroUsize};

use crate::ids::RegionId;
use crate::time::Span;
use crate::token::{Lifetime, Overflow, TokenCacheConfig};

/// Regions that have a feature; `None` admits any.
pub type Regions = Option<BTreeSet<RegionId>>;

/// A field of [`Policy`], as data: for pages, for tests that vary it, and for tools that compare readings.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Its section and name, such as `("ebs", "pair_failover")`, as in JSON.
    pub name: (&'static str, &'static str),
    /// What it decides.
    pub says: &'static str,
    /// The section of the facts that gives the sources, relative to `docs/`.
    pub source: &'static str,
    /// Its values, the default first; empty for a number or a set.
    pub values: &'static [Value],
    /// The index of the value that a policy has.
    pub get: fn(&Policy) -> usize,
    /// Gives a policy the value of this index; an index that does not exist changes nothing.
    pub set: fn(&mut Policy, usize),
}

/// One value of a [`Reading`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// The name of the variant.
    pub name: &'static str,
    /// What it means, and the evidence for it.
    pub says: &'static str,
}

macro_rules! policy {
    ($($(#[$about:meta])* $Section:ident $section:ident {
        $($(#[doc = $says:literal])* $field:ident: $Type:ident $source:literal $values:tt;)*
    })*) => {
        $(
            $(reading!(@type [$(#[doc = $says])*] $Type $values);)*

            $(#[$about])*
            #[derive(Debug, Clone, PartialEq, Eq, Hash)]
            #[cfg_attr(
                feature = "serde",
                derive(serde::Serialize, serde::Deserialize),
                serde(deny_unknown_fields, default)
            )]
            pub struct $Section {$(
                $(#[doc = $says])*
                pub $field: $Type,
            )*}

            impl Default for $Section {
                fn default() -> Self {
                    Self { $($field: reading!(@default $Type $values),)* }
                }
            }
        )*

        /// All contested readings.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
        #[cfg_attr(
            feature = "serde",
            derive(serde::Serialize, serde::Deserialize),
            serde(deny_unknown_fields, default)
        )]
        pub struct Policy {$(
            $(#[$about])*
            pub $section: $Section,
        )*}

        /// Every field of [`Policy`], in the order of its sections.
        pub const READINGS: &[Reading] = &[$($(Reading {
            name: (stringify!($section), stringify!($field)),
            says: concat!($($says),*),
            source: $source,
            values: reading!(@values $values),
            get: |policy| reading!(@get policy.$section.$field, $Type $values),
            set: |policy, index| reading!(@set policy.$section.$field, index, $Type $values),
        },)*)*];
    };
}

/// A row's part that depends on whether its values are listed or its default is an expression.
macro_rules! reading {
    (@type [$($doc:tt)*] $Type:ident {
        $(#[$first_doc:meta])* $first:ident, $($(#[$other_doc:meta])* $other:ident,)*
    }) => {
        $($doc)*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
        pub enum $Type {
            $(#[$first_doc])*
            #[default]
            $first,
            $($(#[$other_doc])* $other,)*
        }

        impl $Type {
            /// Every reading, the default first.
            pub const ALL: &'static [Self] = &[Self::$first, $(Self::$other),*];
        }
    };
    (@type $doc:tt $Type:ident ($default:expr)) => {};
    (@default $Type:ident { $($values:tt)* }) => { $Type::default() };
    (@default $Type:ident ($default:expr)) => { $default };
    (@values { $($(#[doc = $says:literal])* $value:ident,)* }) => {
        &[$(Value { name: stringify!($value), says: concat!($($says),*) }),*]
    };
    (@values ($default:expr)) => { &[] };
    (@get $policy:ident.$section:ident.$field:ident, $Type:ident { $($values:tt)* }) => {
        $policy.$section.$field as usize
    };
    (@get $policy:ident.$section:ident.$field:ident, $Type:ident ($default:expr)) => {{
        let _ = $policy;
        0
    }};
    (@set $policy:ident.$section:ident.$field:ident, $index:ident, $Type:ident { $($values:tt)* }) => {
        if let Some(value) = $Type::ALL.get($index) {
            $policy.$section.$field = *value;
        }
    };
    (@set $policy:ident.$section:ident.$field:ident, $index:ident, $Type:ident ($default:expr)) => {{
        let _ = ($policy, $index);
    }};
}

policy! {
    /// Readings of the EBS documents.
    EbsPolicy ebs {
        /// From which statuses a single pair fails over.
        pair_failover: PairFailover "facts/ebs.md#failover-denylist-or-allowlist" {
            /// All but `invalid` and `deleted`: the only rule ever published for pairs, unchanged from the founding page
            /// through 2026-09. It also gives four failure statuses a way out.
            Denylist,
            /// As the group page lists it, plus `initial_syncing`. Reprotect is then allowed from `reprotect_failed`,
            /// which would otherwise have no way out.
            GroupAllowlist,
        };
        /// Failover while another operation is in progress.
        failover_while_busy: FailoverWhileBusy "facts/ebs.md#failover-while-busy" {
            /// Accept, and supersede the operation: the published rule does not exclude busy pairs.
            Supersede,
            /// Refuse in `creating`, `stopping`, `reprotecting` and `deleting`: `OperationDenied.InvalidStatus` is listed for
            /// failover and retried by a public client, and `invalid` and `deleted` do not pass by waiting.
            Refuse,
        };
        /// Failover before any copy has completed in this direction.
        failover_without_recover_point: FailoverWithoutRecoverPoint "facts/ebs.md#failover-before-the-first-copy" {
            /// Accept: the pair page is silent. The event says that there is no recover point.
            Accept,
            /// Refuse, as the group page asks its callers to complete the first copy.
            Refuse,
        };
        /// Start of a pair that already replicates.
        start_while_replicating: StartWhileReplicating "facts/ebs.md#start-while-replicating" {
            /// Refuse: the API page allows only `created` and `stopped`. A stricter model is safe for client tests.
            Refuse,
            /// Success without effect, as the user guide allows: automatic start in `syncing` and `normal`, one-shot
            /// start in `manual_syncing`.
            NoOp,
        };
        /// When the first automatic copy begins.
        first_copy: FirstCopy "facts/ebs.md#when-the-first-copy-begins" {
            /// At once, as the start page says.
            AtOnce,
            /// After one RPO, as the Chinese metadata and, in English, the documentation of a public client say.
            AfterOneRpo,
        };
        /// The status of the first automatic copy after a reverse.
        first_copy_after_reverse: FirstCopyAfterReverse "facts/ebs.md#status-of-a-later-first-copy" {
            /// `initial_syncing`: no copy has completed in this direction.
            InitialSyncing,
            /// `syncing`: the status list calls only the first copy after creation initial.
            Syncing,
        };
        /// A repeat of an operation whose last attempt failed: stop from `stop_failed`, delete from `delete_failed`.
        retry_after_failure: RetryAfterFailure "facts/ebs.md#repeating-a-stop-or-a-delete" {
            /// Accept, as the group pages list both.
            Accept,
            /// Refuse, as the pair pages list neither; then only failover leads out.
            Refuse,
        };
        /// Delete of a pair that was never started: from `created` and `create_failed`.
        delete_before_start: DeleteBeforeStart "facts/ebs.md#delete-of-a-pair-never-started" {
            /// Accept: an older public client deletes straight after creating.
            Accept,
            /// Refuse: the page lists neither status.
            Refuse,
        };
        /// A bandwidth that is asked for along with `POSTPAY`; 0 is always accepted.
        postpaid_bandwidth: PostpaidBandwidth "facts/ebs.md#bandwidth-of-a-postpaid-pair" {
            /// Refuse: the newest SDK, 5.0.1, says that the parameter cannot be given.
            Refuse,
            /// Accept, and show 0: SDKs 1.4.0 to 5.0.0 say that the service sets it to 0.
            Zeroed,
        };
        /// For which periods a prepaid pair is paid.
        paid_periods: PaidPeriods "facts/ebs.md#periods-that-are-sold" {
            /// Those of any SDK: 1 to 4 weeks; 1 to 9, 12, 24, 36, 48 and 60 months. No list says that others are refused, and
            /// the documentation of a public client still has weeks.
            AnyListed,
            /// 1, 2, 3, 6, 12, 24, 36 and 60 months: the list of the SDKs since 4.1.0, which has no weeks.
            Months,
        };
        /// A bandwidth in a change of a prepaid pair's settings.
        bandwidth_in_place: BandwidthInPlace "facts/ebs.md#bandwidth-of-a-prepaid-pair" {
            /// Read as a number, and nothing changes: SDK 5.0.1 says that the parameter is not yet available.
            Ignored,
            /// Changed: an open pull request of a public client, of 2026-09, changes it in place and tests that; whether that
            /// test was ever run is unknown.
            Changed,
        };
        /// After which site the refusal of a call at the wrong one is named, once the direction was reversed.
        site_codes: SiteCodes "facts/ebs.md#site-codes" {
            /// The role: at the current source it is `OperateNotAllowedForPrimary`, since failover and reprotect belong to the
            /// current secondary.
            Role,
            /// The place: `Primary…` and `Standby…` never move, and without this reading `OperateNotAllowedForStandby`, which is
            /// listed for failover and reprotect, would never be answered to them.
            Place,
        };
        /// Pairs within one region.
        same_region_pairs: SameRegionPairs "facts/ebs.md#pairs-within-one-region" {
            /// Accept if the zones differ, as the overview, the group page and public client tests do.
            AcrossZones,
            /// Refuse, as the API page of create says.
            Refuse,
        };
        /// What the old primary must be for a reverse.
        reverse_needs: ReverseNeeds "facts/ebs.md#what-a-reverse-needs-of-the-old-primary" {
            /// Detached, or down: the user guide also accepts a stopped host, since the aim is that nothing writes.
            DetachedOrDown,
            /// Detached, as the API page says.
            Detached,
        };
        /// Which site of a group is its production site after a reverse, for the calls that belong there and for the
        /// `Site` of both describes.
        production_site: ProductionSite "facts/ebs.md#site" {
            /// The one it was created with: the group reprotect page says that the sites stay while the direction
            /// flips, and `Primary…` never moves.
            Initial,
            /// The one that is copied now: `SourceRegionId` of a group is documented as the production site, and it moves.
            Current,
        };
        /// Which statuses a pair and a group may join in.
        join_statuses: JoinStatuses "facts/ebs.md#joining-and-leaving" {
            /// Each in `created` or `stopped`: the page of `AddDiskReplicaPair` asks no more of both.
            EachAllowed,
            /// Both in the same one: the code `PairGroupStatusConflict` is listed.
            Same,
        };
        /// What leads out of `reprotect_failed` of a group.
        reprotect_failed_group: ReprotectFailedGroup "facts/ebs.md#dead-ends-of-groups" {
            /// Nothing: no group operation lists the status, so by the letter it is a support case.
            Stuck,
            /// Reprotect and failover again, as for a pair: a model without a way out is of little use in a game day.
            Repeat,
        };
        /// Start of a drill without a recover point.
        drill_without_recover_point: DrillWithoutRecoverPoint "facts/ebs.md#drills-by-analogy" {
            /// Accept; the drill shows `execute_failed`: the vendor's describe samples have `PAIR_SYNCPOINT_NOT_FOUND` and
            /// `GROUP_SYNCPOINT_NOT_FOUND` as status messages.
            ExecuteFailed,
            /// Refuse with `RecoverPointNotFound`, which is listed for both starts.
            Refuse,
        };
        /// The regions that have the feature; `None` admits any, since the pages list ever more. The founding page lists
        /// four, the constant `ebs::FOUNDING_REGIONS`.
        regions: Regions "facts/ebs.md#regions-that-have-the-feature" (None);
        /// How long a deleted pair remains as a tombstone, in milliseconds. Undocumented; one hour by default.
        tombstone: Span "facts/ebs.md#tombstones" (Span::from_secs(3_600));
        /// The least gap between two one-shot starts, exclusive, in milliseconds: half an RPO, as the group page says.
        one_shot_gap: Span "facts/ebs.md#group-start" (Span::from_secs(450));
    }

    /// Readings of the PolarDB documents.
    PolarDbPolicy polardb {
        /// How late what was measured of a node, priority and health, may reach the elector, in milliseconds. Not at all by
        /// default: a change of priority takes effect at once.
        sight_delay: Span "facts/polardb.md#late-sight" (Span::default());
        /// How many rounds over the eligible nodes one failover makes, 1 to 255. One by default: "another node" reads as one
        /// that was not tried yet. No source excludes that a failed node is tried again.
        rounds: NonZeroU8 "facts/polardb.md#lower-priorities-are-tried" (NonZeroU8::MIN);
        /// How long a cluster without a writer, all of whose nodes were tried in vain, waits before it tries them again, in
        /// milliseconds. Three seconds by default: so often the vendor's open-source manager looks at its nodes and decides.
        retry_pause: Span "facts/polardb.md#next-round" (Span::from_secs(3));
        /// What happens when the switch to a named node fails.
        explicit_target_fails: ExplicitTargetFails "facts/polardb.md#a-named-target-that-fails" {
            /// The failover ends without success: the retry rule is stated only for calls without a target.
            Stop,
            /// The remaining nodes are tried as if no target had been named: the aim of the call is a working primary.
            Elect,
        };
        /// How long after a finished switch another manual one is refused, in milliseconds; zero for no window. Ten minutes
        /// by default, as the error's text says; its description says five.
        switch_window: Span "facts/polardb.md#switch-frequency" (Span::from_secs(600));
        /// What follows when every node was tried in vain and the writer still runs.
        after_exhaustion: AfterExhaustion "facts/polardb.md#nobody-is-left" {
            /// The failover ends: the call asked for a switch, there was none, and the old writer still works.
            Ends,
            /// The cluster shows `Switching` and tries again after the pause, or when a node becomes eligible: the status is
            /// documented as ending in `Running` only after a switch.
            Waits,
        };
        /// What follows when the writer failed and no node can take over.
        writer_alone: WriterAlone "facts/polardb.md#nobody-is-left" {
            /// The cluster waits for a node that can, or for the writer to come back: no page names anything else.
            Waits,
            /// The writer is restarted after the pause, and again whenever that fails: so does the vendor's open-source manager
            /// in its mode for the public cloud.
            Restarts,
        };
        /// Whether priorities below the highest are tried once that is exhausted.
        lower_tiers: LowerTiers "facts/polardb.md#lower-priorities-are-tried" {
            /// Yes: the retry rule names the next eligible node without a bound.
            Tried,
            /// No: election is described as among the nodes of the highest priority.
            NotTried,
        };
        /// Hot replicas among nodes of equal priority.
        hot_replicas: HotReplicaPreference "facts/polardb.md#hot-replicas-in-an-election" {
            /// As likely as any other: equal priorities are documented to have equal odds.
            None,
            /// Before the others: a hot replica exists to take over in seconds.
            AtEqualPriority,
        };
        /// Column-store nodes in an election.
        column_store: ColumnStoreElection "facts/polardb.md#excluded-kinds" {
            /// Never elected: `OperationDenied.DBNodeType` says that the kind of a target can forbid it.
            Excluded,
            /// Elected like any other: the code is about named targets only.
            Elected,
        };
        /// Which zones a manual failover elects from.
        election_zone: ElectionZone "facts/polardb.md#zones-of-an-election" {
            /// Any: the pages on election name no zone.
            Any,
            /// The writer's: `TargetZoneType=Primary`, the default, switches inside the primary zone.
            Writers,
        };
        /// A failover to a target that is the primary already.
        writer_as_target: WriterAsTarget "facts/polardb.md#target-that-is-the-primary" {
            /// Refuse: the page asks for a read-only node.
            Refuse,
            /// Succeed without effect while the primary runs, as the vendor's open-source cluster manager does.
            Succeed,
        };
        /// The code for a target that PostgreSQL or Oracle requires and the call lacks.
        missing_target: MissingTarget "facts/polardb.md#missing-target" {
            /// `InvalidDBNodeId.Malformed`, the nearest code that is listed.
            Malformed,
            /// `MissingParameter`, the gateway's code for absent parameters.
            MissingParameter,
        };
        /// The PolarDB code for a token that comes again with other parameters.
        token_mismatch: TokenMismatch "facts/polardb.md#codes-listed-for-other-operations" {
            /// `IdempotentParameterMismatch`, as sibling products have it.
            IdempotentParameterMismatch,
            /// `InvalidClientToken.Malformed`: no PolarDB list has the other, and its own codes are of this form.
            InvalidClientToken,
        };
        /// Manual failover of a cluster that is busy with other work.
        busy_cluster: BusyCluster "facts/polardb.md#busy-clusters" {
            /// Refuse: `HaStatusNotSupport` is the gate that is listed, and a client retries it.
            Refuse,
            /// Accept: the list has no code for a cluster status.
            Accept,
        };
        /// What a cluster shows during a failover.
        switch_status: SwitchStatus "facts/polardb.md#what-a-cluster-shows" {
            /// `Switching`, as the status table says.
            Switching,
            /// `RoleSwitching`: a public client waits on it, though the table lacks it.
            RoleSwitching,
        };
        /// From when the frequency window counts.
        window_from: WindowFrom "facts/polardb.md#frequency-window" {
            /// From the end of the last switch: "has switched" looks back on a finished one.
            End,
            /// From its beginning: the window may as well count accepted calls.
            Start,
        };
        /// Whether the frequency window holds an automatic failover.
        automatic_in_window: AutomaticInWindow "facts/polardb.md#frequency-window" {
            /// No: not to replace a failed writer would leave the cluster down.
            Begins,
            /// Yes, until its end: peers block automatic recovery for a while, against flapping.
            Held,
        };
        /// Whether the frequency window holds a failover to a named target.
        target_in_window: TargetInWindow "facts/polardb.md#frequency-window" {
            /// Yes: the error's text makes no difference.
            Refused,
            /// No: a named target asks for no election.
            Accepted,
        };
        /// Which switches `RollBackForDisaster` follows, if it is not the switch back itself.
        roll_back: RollBack "facts/polardb.md#return-to-the-primary-zone" {
            /// Those to the hot-standby storage cluster alone: the parameter speaks of the original primary zone.
            ZoneSwitches,
            /// Every manual switch that leaves the writer's zone: an ordinary one may leave it too.
            EverySwitch,
            /// None: the call itself is the switch back to the original zone, as the Chinese page of 2025-12 puts it.
            ThisCall,
        };
        /// How many nodes a cluster of the standard edition may have.
        standard_nodes: StandardNodes "facts/polardb.md#node-counts" {
            /// Eight in all, as `CreateDBCluster` says.
            EightInAll,
            /// Eight read-only ones, as the page on multi-node deployment says.
            EightReaders,
        };
        /// What `StandbyHAMode` is until a call sets it: whether the standby cluster takes over when all nodes of the primary
        /// zone are down.
        zone_loss: ZoneLoss "facts/polardb.md#cross-zone-switchover" {
            /// `ON`: the standby cluster takes over, if there is one, as documented for MySQL cluster edition, whose page on it names
            /// no switch.
            SwitchOver,
            /// `OFF`: the cluster waits. The page on the switch between zones has a step that enables it.
            Wait,
        };
        /// Which clusters can be in a global database network.
        network_engines: NetworkEngines "facts/polardb.md#gdn-engines" {
            /// MySQL in every version, PostgreSQL 14 and Oracle 14 (2.0), as the user guides of 2026-03 say.
            UserGuides,
            /// MySQL 8.0 alone, as the reference of the operations says.
            Reference,
        };
    }

    /// Readings of the idempotence documents, with the cache's bounds.
    TokenPolicy tokens {
        /// How long a completed token is remembered, in milliseconds, or without an end. Undocumented; a day by default, where
        /// comparable services agree.
        lifetime: Lifetime "facts/idempotency.md#lifetime" (Lifetime::default());
        /// How many tokens an account may have, 1 or more. Undocumented; 100,000 by default.
        capacity: NonZeroUsize "facts/idempotency.md#capacity" (const { NonZeroUsize::MIN.saturating_add(99_999) });
        /// What happens at the capacity: `refuse` or `evict_oldest_completed`. Undocumented; refused by default, since at most
        /// once outranks availability.
        overflow: Overflow "facts/idempotency.md#capacity" (Overflow::Refuse);
        /// What becomes of the token of a call that was refused before any effect.
        rejections: RejectionPolicy "facts/idempotency.md#refused-calls" {
            /// Forgotten: a public client repeats failover under one token through `OperationDenied.InvalidStatus`.
            Released,
            /// Remembered, so that the same refusal comes again until the token expires, as other products keep errors. Then
            /// a late duplicate can never take effect.
            Sticky,
        };
        /// Whether the operation is part of the scope of a token.
        scope: TokenScope "facts/idempotency.md#token-scope" {
            /// Each operation of a product has tokens of its own: codes differ between operations, so back ends differ.
            Operation,
            /// One token names one request of the whole product: "other parameters changed" may include the action.
            Product,
        };
        /// Which characters a token may have.
        alphabet: TokenAlphabet "facts/idempotency.md#alphabet" {
            /// All of ASCII, control characters and spaces included: the parameter text asks for no more.
            Ascii,
            /// Visible ASCII, 0x21 to 0x7E, as peers have it.
            Graphic,
        };
    }
}

impl Copy for TokenPolicy {}

impl TokenPolicy {
    /// The part that the cache itself needs.
    pub const fn config(&self) -> TokenCacheConfig {
        TokenCacheConfig { lifetime: self.lifetime, capacity: self.capacity, overflow: self.overflow }
    }
}
