//! The gallery of wrong models: each mistake is rejected, and its test names what rejects it: in which story, in which
//! respect, and by which rule.
//!
//! The suite is the stories, in order; the control plane and the reference without a mistake pass all of them. Random
//! sequences are measured by the same mistakes.

use std::collections::BTreeSet;

use failover_model::Input;
use failover_model::catalogue;
use failover_model::testing::steps::{
    CallRegion, Completion, Origin, ReplicaCall, StepKind, TestStep, Timing,
};
use failover_model::testing::strategies::World;
use failover_model::testing::view::Answer;
use failover_model::testing::{Aspect, Bug, Divergence, Drive, Reference, ReferenceSubject, Subject};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use proptest_state_machine::ReferenceStateMachine;

use super::stories::machine::Naive;
use super::stories::{self, Story};
use crate::kit::{START, at, id, seed};

/// Plays a story with a mistake built in, or without.
fn play(story: &Story, bug: Option<Bug>) -> Result<(), Box<Divergence>> {
    let reference = Reference::of(&story.world, at(START));
    let drive = Drive::new(reference.clone(), ReferenceSubject::new(reference, bug))?;
    story.play(drive).map(drop)
}

/// What the suite says first of a mistake.
#[track_caller]
fn rejected(bug: Bug, story: &str, aspect: Aspect, rule: &str) {
    let found = stories::all().iter().find_map(|story| Some((story.name, play(story, Some(bug)).err()?)));
    let Some((name, divergence)) = found else { panic!("nothing rejects {bug:?}") };
    assert_eq!((name, divergence.aspect, divergence.rule.as_str()), (story, aspect, rule), "{divergence}");
    let told = divergence.to_string();
    assert!(told.contains(rule) && divergence.input.is_some(), "{told}");
}

macro_rules! gallery {
    ($($test:ident: $bug:ident, $story:literal, $aspect:ident, $rule:literal;)*) => {
        $(#[test]
        fn $test() {
            rejected(Bug::$bug, $story, Aspect::$aspect, $rule);
        })*

        const SHOWN: &[Bug] = &[$(Bug::$bug),*];
    };
}

gallery! {
    an_allowlist_for_pairs_is_rejected: AllowlistForPairs,
        "failover of a pair that was never started", Answer, "E-216";
    failover_in_invalid_is_rejected: FailoverInInvalid, "failover of an invalid pair", Answer, "E-210";
    failover_in_deleted_is_rejected: FailoverInDeleted, "a tombstone", Answer, "E-210";
    a_failover_that_starts_anew_is_rejected: FailoverStartsAnew,
        "a failover that is repeated, superseded work and a late outcome", EffectId, "E-211";
    failover_at_the_source_is_rejected: SourceRegionFailsOver,
        "a failover that is repeated, superseded work and a late outcome", Answer, "E-621";
    a_refusal_named_after_the_role_is_rejected: SourceNamedAfterRole,
        "a refusal that is named after the place", Answer, "E-624";
    a_period_of_an_older_list_is_rejected: OldPeriodsSold, "a period of an older list", Answer, "E-015";
    a_drill_of_another_cleared_is_rejected: DrillOfAnotherCleared, "a drill of another pair", Answer, "D-611";
    delete_at_the_secondary_is_rejected: DeletedAtSecondary, "a tombstone", Answer, "E-622";
    a_late_completion_that_overwrites_is_rejected: LateCompletionOverwrites,
        "a failover that is repeated, superseded work and a late outcome", Answer, "C-040";
    a_stop_that_keeps_what_arrived_is_rejected: StopKeepsWhatArrived, "a tombstone", RecoverPoint, "E-651";
    a_failed_copy_that_counts_is_rejected: FailedCopyCounts, "cycles of copies", RecoverPoint, "E-322";
    a_cycle_beside_a_running_copy_is_rejected: CycleIgnoresRunningCopy, "cycles of copies", EffectId, "E-411";
    a_one_shot_that_ends_in_normal_is_rejected: OneShotEndsInNormal, "one-shot copies", Status, "E-321";
    a_one_shot_without_a_gap_is_rejected: OneShotGapIgnored, "one-shot copies", Answer, "E-630";
    a_one_shot_at_the_very_end_of_the_gap_is_rejected: OneShotGapInclusive, "one-shot copies", Answer, "E-630";
    a_copy_over_an_attached_disk_is_rejected: StartOverAttachedDisk, "a reverse, and back", Answer, "E-631";
    a_reverse_over_an_attached_disk_is_rejected: ReverseOverAttachedDisk, "a reverse, and back", Answer, "E-632";
    a_swap_when_failover_ends_is_rejected: SwapAtFailover,
        "failover of a pair that was never started", Direction, "E-640";
    a_swap_when_failover_is_cancelled_is_rejected: SwapOnCancel,
        "a failover that is cancelled", Direction, "E-640";
    a_recover_point_of_the_other_direction_is_rejected: RecoverPointSurvivesReverse,
        "a reverse, and back", RecoverPoint, "E-641";
    a_fenced_old_primary_is_rejected: OldPrimaryFenced,
        "failover of a pair that was never started", SourceAccess, "E-670";
    a_writable_old_primary_in_a_reverse_is_rejected: OldPrimaryOpenInReverse,
        "a reverse, and back", SourceAccess, "E-672";
    a_secondary_writable_at_acceptance_is_rejected: SecondaryOpenAtAcceptance,
        "failover of a pair that was never started", DestinationAccess, "E-671";
    a_pair_invalid_for_a_disk_that_is_down_is_rejected: DownDiskInvalidates,
        "a reverse, and back", Status, "E-680";
    a_disk_in_two_pairs_is_rejected: DiskInTwoPairs, "disks", Answer, "E-012";
    a_tombstone_that_keeps_its_disks_is_rejected: TombstoneKeepsDisks, "a tombstone", Answer, "E-014";
    a_tombstone_forgotten_at_once_is_rejected: TombstoneForgottenAtOnce, "a tombstone", Deadline, "E-660";
    a_tombstone_never_forgotten_is_rejected: TombstoneNeverForgotten, "a tombstone", Deadline, "E-660";
    a_tombstone_that_is_listed_is_rejected: TombstoneListed, "a tombstone", Answer, "E-692";
    a_denylist_for_groups_is_rejected: DenylistForGroups, "a group fails over by the list", Answer, "G-214";
    a_group_failed_over_before_its_first_copy_is_rejected: GroupFailsOverUncopied, "a group fails over by the list", Answer, "G-633";
    a_group_failed_over_at_its_source_is_rejected: GroupFailsOverAtSource, "a group fails over by the list", Answer, "G-621";
    a_group_called_at_its_backup_site_is_rejected: GroupCalledAtBackup, "a group fails over by the list", Answer, "G-622";
    a_repeated_start_that_copies_again_is_rejected: GroupStartsAnew, "a group fails over by the list", Status, "G-111";
    a_member_that_commits_alone_is_rejected: MemberCommitsAlone, "a group fails over by the list", RecoverPoint, "G-641";
    a_spoilt_round_that_commits_is_rejected: SpoiltRoundCommits, "copies that commit together", RecoverPoint, "G-322";
    a_broken_member_that_spoils_the_round_is_rejected: BrokenMemberSpoils, "a member that breaks", Status, "G-320";
    members_done_once_and_run_again_are_rejected: SucceededRunAgain, "a stop and a failover that fail for some", Status, "G-131";
    a_group_reversed_by_halves_is_rejected: ReprotectHalfDone, "a group is reversed, or not at all", Answer, "C-040";
    a_broken_member_that_is_hidden_is_rejected: BrokenMemberHidden, "a member that breaks", Status, "G-400";
    a_recover_point_that_members_do_not_share_is_rejected: LatestRecoverPoint, "a member that breaks", RecoverPoint, "G-650";
    a_member_called_alone_is_rejected: MemberCalledAlone, "tags, a resource group, settings and progress", Answer, "E-623";
    a_pair_in_two_groups_is_rejected: PairInTwoGroups, "who joins and who leaves", Answer, "G-680";
    a_pair_from_elsewhere_that_joins_is_rejected: ElsewhereJoins, "who joins and who leaves", Answer, "G-685";
    a_group_without_bound_is_rejected: GroupWithoutBound, "as many pairs as a group may have", Answer, "G-686";
    a_group_that_runs_without_members_is_rejected: EmptiedGroupRuns, "the last member leaves", Status, "G-520";
    a_group_deleted_with_its_pairs_is_rejected: GroupDeletedWithPairs, "a deleted group", Answer, "G-671";
    a_group_never_forgotten_is_rejected: GroupTombstoneNeverForgotten, "a deleted group", Deadline, "G-697";
    a_deleted_group_that_is_listed_is_rejected: GroupTombstoneListed, "a deleted group", Answer, "G-696";
    a_drill_that_stops_replication_is_rejected: DrillStopsReplication, "a drill beside a copy", Deadline, "D-112";
    a_drill_at_the_source_is_rejected: DrillAtSource, "a drill where it does not belong", Answer, "D-621";
    a_drill_of_nothing_that_runs_is_rejected: DrillOfNothing, "a drill of nothing", Status, "D-111";
    a_drill_cleared_while_it_is_made_is_rejected: DrillClearedEarly, "a drill from its start to its end", Answer, "D-132";
    a_cleared_drill_that_stays_is_rejected: ClearedDrillStays, "a drill of nothing", Existence, "D-140";
    a_drill_that_outlives_its_pair_is_rejected: DrillOutlivesItsPair, "a drill of a deleted pair", Existence, "D-150";
    priority_ignored_is_rejected: PriorityIgnored, "a tie", Effects, "P-142";
    priority_inverted_is_rejected: PriorityInverted, "a tie", Effects, "P-142";
    a_lower_tier_offered_with_the_higher_is_rejected: LowerTierOffered, "a tie", Effects, "P-142";
    the_first_in_the_list_on_ties_is_rejected: FirstOnTies, "a tie", Effects, "P-142";
    anybody_chosen_is_rejected: AnybodyChosen, "a tie", Answer, "P-152";
    a_tier_that_is_frozen_is_rejected: TierFrozen, "a tie that changes", Effects, "P-150";
    tried_nodes_forgotten_is_rejected: TriedForgotten, "one attempt after another", Effects, "P-161";
    a_failed_node_retried_is_rejected: FailedNodeRetried, "one attempt after another", Effects, "P-161";
    a_failover_that_stops_at_the_first_failure_is_rejected: StopsAtFirstFailure,
        "a tie that changes", Status, "P-161";
    a_failover_that_gives_up_is_rejected: GivesUpAfterOneRound,
        "a failover that begins again", Deadline, "P-183";
    a_named_target_that_falls_through_is_rejected: ExplicitFallsThrough,
        "a named target that fails", Status, "P-162";
    another_node_promoted_than_named_is_rejected: AnotherPromoted, "a named target that fails", Effects, "P-140";
    a_writer_demoted_in_vain_is_rejected: DemotedInVain, "nobody to promote", Answer, "P-143";
    a_healthy_node_demoted_again_is_rejected: HealthyDemoted, "a tie that changes", Status, "P-160";
    an_optional_target_on_every_engine_is_rejected: TargetOptionalEverywhere,
        "an engine that wants its target named", Answer, "P-102";
    promotion_without_a_look_at_replication_is_rejected: ReplicationUnchecked,
        "replication that lags", Answer, "P-114";
    a_column_store_node_promoted_is_rejected: ColumnStorePromoted, "a column-store node", Effects, "P-141";
    a_node_promoted_that_is_down_is_rejected: DownNodePromoted, "a tie that changes", Effects, "P-150";
    two_writers_are_rejected: TwoWriters, "a tie", Writer, "P-160";
    a_writer_that_moves_at_acceptance_is_rejected: WriterMovesAtAcceptance,
        "a named target that fails", Writer, "P-160";
    a_priority_that_moves_with_the_role_is_rejected: PriorityMovesWithRole, "a tie", Priority, "P-121";
    a_missing_frequency_window_is_rejected: WindowIgnored,
        "a switch, and another within the window", Answer, "P-106";
    a_window_that_binds_automatic_failover_is_rejected: WindowBindsAutomatic,
        "a switch, and another within the window", Effects, "P-180";
    automatic_failover_on_one_engine_alone_is_rejected: AutomaticOnMySqlOnly,
        "an engine that wants its target named", Effects, "P-180";
    storage_that_never_takes_over_is_rejected: StorageNeverTakesOver,
        "a zone that storage takes over", Effects, "P-187";
    a_mode_that_switches_nothing_is_rejected: StandbyModeIgnored,
        "a standby cluster that is switched off", Deadline, "P-183";
    a_drill_that_moves_nobody_is_rejected: DrillMovesNobody,
        "a drill of the writer and of its zone", Effects, "P-180";
    a_locked_cluster_released_is_rejected: LockedReleased, "a locked cluster", Answer, "P-021";
    a_primary_removed_is_rejected: PrimaryRemoved,
        "a network from its beginning to its end", Answer, "P-421";
    a_network_deleted_with_secondaries_is_rejected: NetworkDeletedWithSecondaries,
        "a network from its beginning to its end", Answer, "P-430";
    an_old_primary_that_leaves_is_rejected: OldPrimaryLeaves,
        "a planned switch-over, and back", Membership, "P-446";
    a_primary_that_moves_at_acceptance_is_rejected: PrimaryMovesAtAcceptance,
        "a planned switch-over, and back", Primary, "P-440";
    a_failover_in_a_locked_network_is_rejected: FailoverWhileLocked,
        "a planned switch-over, and back", Answer, "P-450";
    a_member_released_is_rejected: MemberReleased,
        "a network from its beginning to its end", Answer, "P-452";
    a_clock_that_goes_back_is_rejected: ClockGoesBack, "a clock that leaps back", Deadline, "E-110";
    the_state_before_the_token_is_rejected: StateBeforeToken, "a lost reply", Answer, "T-080";
    a_replay_across_accounts_is_rejected: ReplayAcrossAccounts, "one token in two accounts", Answer, "E-014";
    a_replay_across_regions_is_rejected: ReplayAcrossRegions, "one token in two regions", Answer, "E-113";
    a_token_whose_case_is_folded_is_rejected: TokenCaseFolded,
        "two tokens that differ in case", Answer, "E-113";
    a_mismatch_ignored_is_rejected: MismatchIgnored, "one token for two requests", Answer, "T-090";
    an_effect_repeated_on_replay_is_rejected: EffectRepeatedOnReplay,
        "a replay after the failover failed", Status, "T-080";
    a_sliding_lifetime_is_rejected: SlidingLifetime, "a lifetime that is not extended", Answer, "E-113";
    a_lifetime_with_its_end_is_rejected: LifetimeInclusive, "the end of a lifetime", Answer, "E-113";
    a_refused_call_remembered_is_rejected: RefusedRemembered, "a refusal that passes", Answer, "E-130";
    a_token_settled_by_completion_is_rejected: SettledByCompletion, "a lost reply", Answer, "T-080";
    a_capacity_ignored_is_rejected: CapacityIgnored, "a full cache", Answer, "T-180";
    an_eviction_of_the_newest_is_rejected: NewestEvicted, "a cache that makes room", Answer, "T-080";
}

/// A mistake is made by the input that it is about, and not before.
#[test]
fn a_mistake_shows_where_it_is_made() {
    let stories = stories::all();
    for (bug, name, number, shown) in [
        (Bug::OldPrimaryFenced, "failover of a pair that was never started", 4, "none"),
        (Bug::DownDiskInvalidates, "disks", 4, "invalid"),
        (Bug::WriterMovesAtAcceptance, "a named target that fails", 1, "b"),
    ] {
        let story = stories.iter().find(|story| story.name == name).unwrap();
        let divergence = play(story, Some(bug)).unwrap_err();
        assert_eq!((divergence.number, &*divergence.shown), (number, shown), "{bug:?}: {divergence}");
    }
}

/// What a wrong model answers to a step, and whether it says that a token answered.
fn replayed(system: &mut ReferenceSubject, what: StepKind) -> Option<bool> {
    let step = TestStep { timing: Timing::Later(1), kind: what };
    match system.apply(&step.resolve(system.reference())) {
        Answer::Accepted { replayed, .. } | Answer::Refused { replayed, .. } => replayed,
        _ => None,
    }
}

/// Whoever settles a token by completion carries out what is repeated meanwhile, and answers from the token afterwards;
/// what else is under way is nothing to it.
#[test]
fn a_token_that_is_settled_by_completion_answers_after_completion() {
    let caller = |token| Origin { account: 0, region: CallRegion::Required, token };
    let well = StepKind::Ended(0, Completion::Success(0));
    let create = |id, token| StepKind::CreatePair {
        origin: caller(token),
        id,
        disks: (2 * id, 2 * id + 1),
        destination: CallRegion::Destination,
        months: None,
    };
    let ask = ReplicaCall::Start { one_shot: false };
    let start = || StepKind::Pair(caller(Some(0)), Some(0), ask);
    let bug = Some(Bug::SettledByCompletion);
    let mut system = ReferenceSubject::new(Reference::of(&stories::bare(|_| {}), at(START)), bug);
    let mut say = |what| replayed(&mut system, what);
    assert_eq!((say(create(1, None)), say(well.clone())), (Some(false), None));
    assert_eq!(
        (say(create(2, Some(1))), say(start()), say(start())),
        (Some(false), Some(false), Some(false))
    );
    assert_eq!((say(well.clone()), say(start())), (None, Some(true)), "the other pair is being made still");
    assert_eq!(say(create(2, Some(1))), Some(true), "the other token stays");

    let mut other = seed(&[("c", 5), ("d", 3)]);
    (other.id, other.nodes[0].id) = (id("pc-2"), id("v"));
    let clusters = vec![seed(&[("a", 5), ("b", 3)]), other];
    let world = World { clusters, ..stories::bare(|_| {}) };
    let mut system = ReferenceSubject::new(Reference::of(&world, at(START)), bug);
    let mut say = |what| replayed(&mut system, what);
    let fail_over =
        |cluster, token| StepKind::Cluster(caller(token), Some(cluster), stories::failover_ask(None));
    assert_eq!((say(fail_over(0, Some(0))), say(fail_over(1, None))), (Some(false), Some(false)));
    assert_eq!(say(fail_over(0, Some(0))), Some(false), "it is under way");
    assert_eq!((say(well), say(fail_over(0, Some(0)))), (None, Some(true)));
}

/// A clock that follows its callers goes back with each of them.
#[test]
fn a_clock_that_goes_back_does_so_whoever_tells_the_time() {
    let reference = Reference::of(&stories::bare(|_| {}), at(START));
    for (bug, clock) in [(None, START), (Some(Bug::ClockGoesBack), START - 5)] {
        let mut system = ReferenceSubject::new(reference.clone(), bug);
        let _ = system.apply(&Input::Advance(at(START - 5)));
        assert_eq!(system.reference().clock(), at(clock));
    }
}

#[test]
fn the_reference_without_a_mistake_passes() {
    for story in stories::all() {
        if let Err(divergence) = play(&story, None) {
            panic!("{}: {divergence}", story.name);
        }
    }
}

#[test]
fn every_mistake_is_shown_and_breaks_a_rule_of_the_catalogue() {
    let shown: BTreeSet<Bug> = SHOWN.iter().copied().collect();
    assert_eq!(shown.len(), SHOWN.len());
    assert_eq!(shown, Bug::ALL.iter().copied().collect());
    assert!(Bug::ALL.len() >= 25);
    let counted = format!("against {} wrong models", Bug::ALL.len());
    assert!(include_str!("../../../README.md").contains(&counted), "README does not say: {counted}");
    for bug in Bug::ALL {
        let rules = catalogue::rules();
        assert!(rules.iter().any(|rule| rule.id == bug.breaks()), "{bug:?} breaks {}", bug.breaks());
    }
}

/// Random sequences alone, without a story, find nearly all of the mistakes too.
#[test]
fn random_sequences_find_the_mistakes_by_themselves() {
    let mut runner = TestRunner::deterministic();
    let sequences: Vec<_> = (0..450)
        .map(|_| {
            let (model, steps, _) =
                Naive::sequential_strategy(30..60).new_tree(&mut runner).unwrap().current();
            (model.world, steps)
        })
        .collect();
    let missed: Vec<Bug> = (Bug::ALL.iter().copied())
        .filter(|bug| {
            !sequences.iter().any(|(world, steps)| {
                let reference = Reference::of(world, at(START));
                let system = ReferenceSubject::new(reference.clone(), Some(*bug));
                Drive::new(reference, system).and_then(|mut drive| drive.run(steps)).is_err()
            })
        })
        .collect();
    println!("of {} mistakes, {} sequences miss {missed:?}", Bug::ALL.len(), sequences.len());
    assert!(missed.len() <= 6, "{missed:?}");
    for (world, steps) in &sequences {
        let reference = Reference::of(world, at(START));
        let mut drive = Drive::new(reference.clone(), ReferenceSubject::new(reference, None)).unwrap();
        assert_eq!(drive.run(steps), Ok(()));
    }
}
