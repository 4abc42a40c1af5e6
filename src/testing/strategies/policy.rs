//! Any policy.

use super::*;
use crate::policy::READINGS;

/// Any combination of the readings that are listed; numbers and sets at their defaults.
fn readings() -> impl Strategy<Value = Policy> {
    let indices: Vec<_> = READINGS.iter().map(|reading| 0..reading.values.len().max(1)).collect();
    indices.prop_map(|indices| {
        let mut policy = Policy::default();
        READINGS.iter().zip(indices).for_each(|(reading, index)| (reading.set)(&mut policy, index));
        policy
    })
}

/// The default policy half of the time; else any readings in all combinations, with short and with default times, one to
/// three rounds, and token caches small enough to overflow. Every region is admitted.
pub fn policy() -> impl Strategy<Value = Policy> {
    let ebs_times = (select([0, 1, 60, 3_600].as_slice()), select([0, 450].as_slice()));
    let polardb_numbers = (1_u8..=3, select([0, 1, 600].as_slice()), select([0, 3, 60].as_slice()));
    let lifetime = prop_oneof![
        Just(Lifetime::default()),
        Just(Lifetime::Never),
        (1_u64..1_000_000).prop_map(|ms| NonZeroU64::new(ms).map_or(Lifetime::Never, Lifetime::For)),
    ];
    let overflow = select([Overflow::Refuse, Overflow::EvictOldestCompleted].as_slice());
    let numbers = (ebs_times, polardb_numbers, (lifetime, 1_usize..6, overflow));
    let any = (readings(), numbers).prop_map(|(mut policy, (ebs, polardb, tokens))| {
        policy.ebs.tombstone = Span::from_secs(ebs.0);
        policy.ebs.one_shot_gap = Span::from_secs(ebs.1);
        policy.polardb.rounds = NonZeroU8::new(polardb.0).unwrap_or(NonZeroU8::MIN);
        policy.polardb.switch_window = Span::from_secs(polardb.1);
        policy.polardb.retry_pause = Span::from_secs(polardb.2);
        policy.polardb.sight_delay = policy.polardb.retry_pause;
        policy.tokens.lifetime = tokens.0;
        policy.tokens.capacity = NonZeroUsize::new(tokens.1).unwrap_or(NonZeroUsize::MIN);
        policy.tokens.overflow = tokens.2;
        policy
    });
    prop_oneof![Just(Policy::default()), any]
}
