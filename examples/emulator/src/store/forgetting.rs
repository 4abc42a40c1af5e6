//! A key that is forgotten while a state of it is on its way does not come back with that.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::Opened;

/// A state that takes its time to be spelt.
struct Slow;

impl Serialize for Slow {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        std::thread::sleep(Duration::from_millis(300));
        to.serialize_str("old")
    }
}

#[test]
fn what_is_forgotten_stays_so_and_what_comes_after_is_kept() {
    let directory = std::env::temp_dir().join(format!("failover-store-{}", crate::draw_seed()));
    let opened = || Opened::at(&directory, "test 1\n", b"origin").expect("a store");
    let store = opened().store().expect("threads");
    for (key, number) in [("gone", 1), ("gone", 2), ("stays", 1)] {
        store.append(key, number, "old").durable_blocking().expect("kept");
    }
    store.keep("gone", 1, Slow);
    store.forget("gone").durable_blocking().expect("forgotten");
    store.append("gone", 1, "new").durable_blocking().expect("kept");
    store.forget("never there").durable_blocking().expect("forgotten");
    drop(store);
    let histories = opened().histories().expect("histories");
    let records = |key: &str| (histories[key].state.clone(), histories[key].records.clone());
    assert_eq!(records("gone"), (None, vec![(1, b"\"new\"".to_vec())]));
    assert_eq!(records("stays"), (None, vec![(1, b"\"old\"".to_vec())]));
    assert_eq!(histories.len(), 2);
    let _ = std::fs::remove_dir_all(&directory);
}
