//! A snapshot read and verified, beside its reading alone; and what a pair takes in a copy of the state.

use std::hint::black_box;
use std::time::Instant;

use failover_model::ControlPlane;
use failover_model::snapshot::Snapshot;

use crate::control_plane::plane;
use crate::pair::{Row, median};

/// Restores so many pairs, each created under a token.
pub fn at(pairs: usize) -> Row {
    let text = serde_json::to_string(&plane(pairs).0.snapshot()).unwrap();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        let start = Instant::now();
        let snapshot: Snapshot = serde_json::from_str(&text).unwrap();
        let read = start.elapsed();
        let restored = black_box(ControlPlane::restore(snapshot).unwrap());
        ours.push(start.elapsed().as_nanos() as f64 / pairs as f64);
        bare.push(read.as_nanos() as f64 / pairs as f64);
        drop(restored);
    }
    let name = format!("a snapshot read and restored beside read, {pairs} pairs");
    Row { name, ours: median(ours), bare: median(bare), goal: Some(1.3) }
}

/// Bytes that a copy takes for each pair with its token, as the allocator counts; what copies share is not in it.
pub fn bytes(pairs: usize) -> f64 {
    let restored = ControlPlane::restore(plane(pairs).0.snapshot()).unwrap();
    let copied = allocation_counter::measure(|| drop(black_box(restored.clone())));
    copied.bytes_max as f64 / pairs as f64
}
