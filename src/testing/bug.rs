//! Mistakes that an implementer of failover, or a reader of the vendor's pages, could make.

macro_rules! bugs {
    ($($(#[doc = $says:literal])+ $name:ident $rule:literal;)*) => {
        /// A mistake of an implementation that the [reference](super::Reference) can have built in, to measure a test suite by
        /// what it rejects.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Bug {$( $(#[doc = $says])+ $name, )*}

        impl Bug {
            /// All mistakes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The rule that it breaks.
            pub const fn breaks(self) -> crate::rule::RuleId {
                crate::rule::RuleId::new(match self { $(Self::$name => $rule,)* })
            }
        }
    };
}

bugs! {
    /// A pair fails over only from the statuses that the group page lists.
    AllowlistForPairs "E-216";
    /// A failover is accepted in `invalid`.
    FailoverInInvalid "E-210";
    /// A failover is accepted in `deleted`.
    FailoverInDeleted "E-210";
    /// A repeated failover begins again instead of joining the running one.
    FailoverStartsAnew "E-211";
    /// A failover is accepted in the source's region.
    SourceRegionFailsOver "E-621";
    /// A refusal at the source is named after its role, where it should be after its place.
    SourceNamedAfterRole "E-624";
    /// Periods of older lists are sold, where only the newest counts.
    OldPeriodsSold "E-015";
    /// A delete is accepted in the destination's region.
    DeletedAtSecondary "E-622";
    /// The outcome of an operation that a failover superseded still moves the pair.
    LateCompletionOverwrites "C-040";
    /// A stop keeps what had arrived of the running copy: the recover point moves.
    StopKeepsWhatArrived "E-651";
    /// A copy that failed counts as a copy.
    FailedCopyCounts "E-322";
    /// A due cycle begins another copy beside the running one.
    CycleIgnoresRunningCopy "E-411";
    /// A one-shot copy ends in `normal`.
    OneShotEndsInNormal "E-321";
    /// One-shot copies may follow each other at once.
    OneShotGapIgnored "E-630";
    /// A one-shot copy may begin at the very end of the gap.
    OneShotGapInclusive "E-630";
    /// A copy may overwrite a disk that is attached.
    StartOverAttachedDisk "E-631";
    /// A reverse may begin while the old primary is written to.
    ReverseOverAttachedDisk "E-632";
    /// Source and destination swap when the failover ends.
    SwapAtFailover "E-640";
    /// Source and destination swap when the failover is cancelled.
    SwapOnCancel "E-640";
    /// The recover point of one direction is shown for the other.
    RecoverPointSurvivesReverse "E-641";
    /// A failover fences the old primary.
    OldPrimaryFenced "E-670";
    /// The old primary stays writable while its role is being reversed.
    OldPrimaryOpenInReverse "E-672";
    /// The secondary disk is writable as soon as the call is accepted.
    SecondaryOpenAtAcceptance "E-671";
    /// A disk that is down invalidates its pair.
    DownDiskInvalidates "E-680";
    /// A disk may be part of two pairs.
    DiskInTwoPairs "E-012";
    /// A deleted pair binds its disks until it is forgotten.
    TombstoneKeepsDisks "E-661";
    /// A deleted pair is forgotten at once.
    TombstoneForgottenAtOnce "E-660";
    /// A deleted pair is never forgotten.
    TombstoneNeverForgotten "E-660";
    /// A describe lists deleted pairs.
    TombstoneListed "E-692";
    /// A group fails over from every status that a pair does.
    DenylistForGroups "G-214";
    /// A group fails over before the first full copy.
    GroupFailsOverUncopied "G-633";
    /// A group fails over and reverses in the source's region.
    GroupFailsOverAtSource "G-621";
    /// A group's other calls are accepted at its backup site.
    GroupCalledAtBackup "G-622";
    /// Starting a group that replicates begins another round.
    GroupStartsAnew "G-111";
    /// The recover point of a member moves when its own copy ends.
    MemberCommitsAlone "G-641";
    /// A round commits although one of its copies failed.
    SpoiltRoundCommits "G-642";
    /// A member that breaks spoils the round of the others.
    BrokenMemberSpoils "G-643";
    /// A repeat after a partial failure concerns those again that were done.
    SucceededRunAgain "G-430";
    /// A reverse of a group may succeed for some members.
    ReprotectHalfDone "G-431";
    /// A group does not show that a member is invalid.
    BrokenMemberHidden "G-400";
    /// A group's recover point is the latest of its members'.
    LatestRecoverPoint "G-650";
    /// A member is started, stopped, failed over, reprotected and deleted by itself.
    MemberCalledAlone "E-623";
    /// A pair of one group joins another.
    PairInTwoGroups "G-680";
    /// A pair between other places joins.
    ElsewhereJoins "G-685";
    /// A group has any number of pairs.
    GroupWithoutBound "G-686";
    /// A group runs on without its last member.
    EmptiedGroupRuns "G-520";
    /// A group is deleted with its pairs in it.
    GroupDeletedWithPairs "G-671";
    /// A deleted group is never forgotten.
    GroupTombstoneNeverForgotten "G-697";
    /// A describe lists deleted groups.
    GroupTombstoneListed "G-696";
    /// A drill ends the copies of what it belongs to.
    DrillStopsReplication "D-112";
    /// A drill is started in the source's region.
    DrillAtSource "D-621";
    /// A drill is executed without a recover point.
    DrillOfNothing "D-111";
    /// A drill is cleared while its disks are being made.
    DrillClearedEarly "D-132";
    /// A drill is cleared by the name of another pair.
    DrillOfAnotherCleared "D-611";
    /// A drill that is cleared is shown on.
    ClearedDrillStays "D-140";
    /// A drill outlives the pair or group that it belongs to.
    DrillOutlivesItsPair "D-150";
    /// Priority is ignored: any eligible node comes next.
    PriorityIgnored "P-130";
    /// The lowest priority comes first.
    PriorityInverted "P-130";
    /// Nodes of the next lower priority are offered with the highest.
    LowerTierOffered "P-142";
    /// Of equals the first in the list is promoted.
    FirstOnTies "P-131";
    /// A node that was not offered may be chosen.
    AnybodyChosen "P-152";
    /// A choice stands although the tier has changed.
    TierFrozen "P-150";
    /// Only the node that failed last counts as tried.
    TriedForgotten "P-161";
    /// The node that failed is tried again.
    FailedNodeRetried "P-161";
    /// The first failed attempt ends the failover.
    StopsAtFirstFailure "P-132";
    /// A cluster whose nodes all failed to be promoted tries none of them again.
    GivesUpAfterOneRound "P-183";
    /// A named target that fails leads to an election.
    ExplicitFallsThrough "P-162";
    /// A call that names a node is accepted and promotes the first of the highest priority instead.
    AnotherPromoted "P-140";
    /// A call without a candidate is accepted and demotes the writer.
    DemotedInVain "P-143";
    /// A node that took over is demoted again for the node that failed before it.
    HealthyDemoted "P-160";
    /// Every engine may leave the target out.
    TargetOptionalEverywhere "P-102";
    /// Replication is not looked at.
    ReplicationUnchecked "P-114";
    /// A column-store node is elected.
    ColumnStorePromoted "P-112";
    /// A node that is down is elected.
    DownNodePromoted "P-113";
    /// The old writer stays writer beside the new one.
    TwoWriters "P-160";
    /// The writer moves when the call is accepted.
    WriterMovesAtAcceptance "P-160";
    /// The priority moves with the role.
    PriorityMovesWithRole "P-121";
    /// There is no frequency window.
    WindowIgnored "P-106";
    /// The frequency window holds automatic failovers too.
    WindowBindsAutomatic "P-180";
    /// Only MySQL clusters are failed over automatically.
    AutomaticOnMySqlOnly "P-180";
    /// The storage that stands by never takes over a lost zone.
    StorageNeverTakesOver "P-187";
    /// `StandbyHAMode` switches nothing.
    StandbyModeIgnored "P-188";
    /// The nodes that a drill makes fail are not replaced.
    DrillMovesNobody "P-191";
    /// A locked cluster is released.
    LockedReleased "P-021";
    /// The primary leaves its network like a secondary.
    PrimaryRemoved "P-421";
    /// A network is deleted with its secondaries.
    NetworkDeletedWithSecondaries "P-430";
    /// The old primary leaves the network when another one takes over.
    OldPrimaryLeaves "P-446";
    /// The primary moves when the switch-over is accepted.
    PrimaryMovesAtAcceptance "P-440";
    /// A cluster fails over while its network switches over.
    FailoverWhileLocked "P-450";
    /// A cluster is released while it is in a network.
    MemberReleased "P-452";
    /// Time goes back when a caller's clock does.
    ClockGoesBack "C-030";
    /// The resource is looked at before the token.
    StateBeforeToken "C-020";
    /// A token of one account answers another.
    ReplayAcrossAccounts "C-021";
    /// A token of one region answers in another.
    ReplayAcrossRegions "C-021";
    /// Tokens that differ in case are one.
    TokenCaseFolded "T-020";
    /// Another request under a token is answered like the first.
    MismatchIgnored "T-090";
    /// A replay carries its effect out again.
    EffectRepeatedOnReplay "T-080";
    /// A replay extends the lifetime.
    SlidingLifetime "T-150";
    /// A token lives to the end of its lifetime inclusively.
    LifetimeInclusive "T-140";
    /// A refused call is remembered although the policy releases it.
    RefusedRemembered "C-022";
    /// A token counts only once the effect has completed.
    SettledByCompletion "C-023";
    /// An account may have any number of tokens.
    CapacityIgnored "T-180";
    /// The newest completion is evicted, not the oldest.
    NewestEvicted "T-190";
}
