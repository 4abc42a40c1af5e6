//! Any policy.

use super::*;

/// Any readings of the EBS documents, in all combinations, with short and with default times. No regions are shut out.
pub fn ebs_policy() -> impl Strategy<Value = EbsPolicy> {
    let readings = (
        select(PairFailover::ALL),
        select(FailoverWhileBusy::ALL),
        select(FailoverWithoutRecoverPoint::ALL),
        select(StartWhileReplicating::ALL),
        select(FirstCopy::ALL),
        select(FirstCopyAfterReverse::ALL),
        select(RetryAfterFailure::ALL),
        select(DeleteBeforeStart::ALL),
        select(SameRegionPairs::ALL),
        select(ReverseNeeds::ALL),
    );
    let times = (select([0, 1, 60, 3_600].as_slice()), select([0, 450].as_slice()));
    (readings, times).prop_map(|(readings, (tombstone, gap))| EbsPolicy {
        pair_failover: readings.0,
        failover_while_busy: readings.1,
        failover_without_recover_point: readings.2,
        start_while_replicating: readings.3,
        first_copy: readings.4,
        first_copy_after_reverse: readings.5,
        retry_after_failure: readings.6,
        delete_before_start: readings.7,
        same_region_pairs: readings.8,
        reverse_needs: readings.9,
        regions: None,
        tombstone: Span::from_secs(tombstone),
        one_shot_gap: Span::from_secs(gap),
    })
}

/// Any readings of the PolarDB documents, with one to three rounds.
pub fn polardb_policy() -> impl Strategy<Value = PolarDbPolicy> {
    let window = select([0, 1, 600].as_slice());
    let election = (
        select(AfterExhaustion::ALL),
        select(LowerTiers::ALL),
        select(HotReplicaPreference::ALL),
        select(ColumnStoreElection::ALL),
        select(ElectionZone::ALL),
        select(ZoneLoss::ALL),
        select(RollBack::ALL),
    );
    let calls = (
        select(MissingTarget::ALL),
        select(TokenMismatch::ALL),
        select(BusyCluster::ALL),
        select(SwitchStatus::ALL),
        select(StandardNodes::ALL),
    );
    let windows =
        (window, select(WindowFrom::ALL), select(AutomaticInWindow::ALL), select(TargetInWindow::ALL));
    let retries = (1_u8..=3, select(ExplicitTargetFails::ALL));
    (retries, election, calls, windows).prop_map(|((rounds, fails), election, calls, windows)| {
        PolarDbPolicy {
            rounds: NonZeroU8::new(rounds).unwrap_or(NonZeroU8::MIN),
            explicit_target_fails: fails,
            switch_window: Span::from_secs(windows.0),
            after_exhaustion: election.0,
            lower_tiers: election.1,
            hot_replicas: election.2,
            column_store: election.3,
            election_zone: election.4,
            missing_target: calls.0,
            token_mismatch: calls.1,
            busy_cluster: calls.2,
            switch_status: calls.3,
            window_from: windows.1,
            automatic_in_window: windows.2,
            target_in_window: windows.3,
            roll_back: election.6,
            standard_nodes: calls.4,
            zone_loss: election.5,
        }
    })
}

/// Any readings of the idempotence documents, with caches small enough to overflow.
pub fn token_policy() -> impl Strategy<Value = TokenPolicy> {
    let lifetime = prop_oneof![
        Just(Lifetime::default()),
        Just(Lifetime::Never),
        (1_u64..1_000_000).prop_map(|ms| NonZeroU64::new(ms).map_or(Lifetime::Never, Lifetime::For)),
    ];
    let bounds =
        (lifetime, 1_usize..6, select([Overflow::Refuse, Overflow::EvictOldestCompleted].as_slice()));
    let readings = (select(RejectionPolicy::ALL), select(TokenScope::ALL), select(TokenAlphabet::ALL));
    (bounds, readings).prop_map(|((lifetime, capacity, overflow), (rejections, scope, alphabet))| {
        TokenPolicy {
            lifetime,
            capacity: NonZeroUsize::new(capacity).unwrap_or(NonZeroUsize::MIN),
            overflow,
            rejections,
            scope,
            alphabet,
        }
    })
}

/// The default policy half of the time, else any.
pub fn policy() -> impl Strategy<Value = Policy> {
    let any = (ebs_policy(), polardb_policy(), token_policy());
    prop_oneof![
        Just(Policy::default()),
        any.prop_map(|(ebs, polardb, tokens)| Policy { ebs, polardb, tokens })
    ]
}
