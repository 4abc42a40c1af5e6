//! The ordered map: what it compares and shows, and what removing an entry costs.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use failover_model::Map;

fn map(keys: impl IntoIterator<Item = u32>) -> Map<Arc<u32>, u32> {
    let mut map = Map::new();
    for key in keys {
        map.insert(Arc::new(key), key * 10);
    }
    map
}

fn hash(map: &Map<Arc<u32>, u32>) -> u64 {
    let mut hasher = DefaultHasher::new();
    map.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn a_gap_is_no_entry() {
    let mut gone = map([1, 2]);
    gone.remove(&1);
    assert_eq!((gone.len(), gone.is_empty()), (1, false));
    assert_eq!(format!("{gone:?}"), "{2: 20}");
    assert!(gone == map([2]) && hash(&gone) == hash(&map([2])));
    gone.remove(&2);
    assert_eq!((gone.len(), gone.is_empty()), (0, true));
    assert_eq!(gone, map([]));
}

#[test]
fn other_entries_another_order_and_another_number_of_entries_are_another_map() {
    let others = [map([1, 2, 3]), map([1, 2]), map([]), map([3, 2, 1]), map([1, 2, 4])];
    for (at, one) in others.iter().enumerate() {
        for other in &others[at + 1..] {
            assert!(one != other && hash(one) != hash(other), "{one:?} is {other:?}");
        }
    }
}

/// To shift all later entries at each removal would cost O(n).
#[test]
fn removing_an_early_entry_moves_no_later_one() {
    let mut map = map(0..10);
    let place = |map: &Map<Arc<u32>, u32>| std::ptr::from_ref(map.get(&9).unwrap());
    let before = place(&map);
    map.remove(&0);
    assert_eq!(place(&map), before);
}

/// The keys of gaps are let go once there are more of them than entries: a map that shrinks does not hold what it held.
#[test]
fn a_map_that_shrinks_lets_the_removed_keys_go() {
    for number in [100, 101] {
        let keys: Vec<Arc<u32>> = (0..number).map(Arc::new).collect();
        let mut map = Map::new();
        for key in &keys {
            map.insert(Arc::clone(key), ());
        }
        for left in (0..number as usize).rev() {
            map.remove(&keys[left]);
            let held = keys.iter().filter(|key| Arc::strong_count(key) > 1).count();
            assert!(held <= 2 * left + 16, "{held} keys are held of {left} entries");
        }
    }
}
