//! Independent streams of numbers, keyed by purpose.
//!
//! A stream is a key and has no state: reading one number never advances another stream, so an additional call never
//! changes a choice. The mixing is SplitMix64, implemented here because its numbers must be the same on every platform
//! and in every release; an even distribution is the only quality needed.

/// The number of the stream `domain` and `parts` at `count`, under `seed`.
pub(super) fn number(seed: u64, domain: &str, parts: &[&str], count: u64) -> u64 {
    let mut state = mix(seed ^ 0x9e37_79b9_7f4a_7c15);
    for text in core::iter::once(domain).chain(parts.iter().copied()) {
        // The length separates ("a", "bc") from ("ab", "c").
        state = mix(state ^ text.len() as u64);
        for byte in text.bytes() {
            state = mix(state ^ u64::from(byte));
        }
    }
    mix(state ^ count)
}

/// A number below `bound`, evenly spread up to one part in 2^64; zero if `bound` is.
pub(super) fn below(number: u64, bound: usize) -> usize {
    let scaled = u128::from(number).wrapping_mul(bound as u128) >> 64;
    usize::try_from(scaled).unwrap_or(0)
}

const fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_pinned_and_keys_are_separate() {
        assert_eq!(number(1, "choose", &["pc-1"], 7), 0xd3b2_df0d_1d15_79be);
        assert_ne!(number(1, "choose", &["pc-1"], 7), number(2, "choose", &["pc-1"], 7));
        assert_ne!(number(1, "choose", &["pc-1"], 7), number(1, "choose", &["pc-1"], 8));
        assert_ne!(number(1, "a", &["bc"], 0), number(1, "ab", &["c"], 0));
        assert_eq!(number(0, "", &[], 0), 0x80ab_e802_ac1e_182e);
    }

    #[test]
    fn below_is_even_enough_and_stays_below() {
        let mut hits = [0_u32; 3];
        for count in 0..30_000 {
            hits[below(number(5, "even", &[], count), 3)] += 1;
        }
        assert!(hits.iter().all(|hit| (9_700..10_300).contains(hit)), "{hits:?}");
        assert_eq!(below(u64::MAX, 1), 0);
        assert_eq!(below(u64::MAX, 0), 0);
    }
}
