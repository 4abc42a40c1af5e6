//! What is restored goes on as the original, and equal states give equal bytes.

use super::*;

#[test]
fn a_restored_plane_goes_on_as_the_original_does() {
    let world = rich();
    goes_on(&world.plane);
    let (mut original, mut restored) = (world.plane.clone(), restore(&value(&world.plane)).unwrap());
    let now = at(world.now + 10 * kit::RPO_MS);
    assert_eq!(original.advance(now), restored.advance(now));
    for id in original.outstanding().map(|effect| effect.id).collect::<Vec<_>>() {
        let report = Report::Outcome { id, outcome: failover_model::Outcome::Succeeded };
        assert_eq!(original.report(now, &report), restored.report(now, &report));
    }
    assert_eq!(original, restored);
}

#[test]
fn equal_states_give_equal_bytes_under_any_hash_seed() {
    let run = |seed: u64| {
        let mut world = World { plane: ControlPlane::with_hash_seed(contrary(), seed), now: kit::START };
        for number in 1..40 {
            let _ = world.create(number);
        }
        for number in (1..40).step_by(3) {
            let _ = world.disk(&format!("s-{number}"), DiskChange::Removed);
        }
        world.cluster(&[("a", 5), ("b", 5)]);
        for number in 50..60 {
            let mut seed = kit::seed(&[]);
            seed.id = id(&format!("pc-{number}"));
            seed.nodes =
                vec![DbNode { priority: priority(3), ..kit::node(&format!("n-{number}"), Role::Writer, 1) }];
            let _ = world.adopt(seed);
        }
        let removed = failover_model::Observation::ClusterRemoved { cluster: id(CLUSTER) };
        let _ = world.observe(removed);
        (serde_json::to_string(&world.plane.snapshot()).unwrap(), world.plane)
    };
    let (bytes, plane) = run(0);
    for seed in [1, 7, u64::MAX] {
        let (others, other) = run(seed);
        assert_eq!(others, bytes);
        assert_eq!(other, plane);
    }
    // Nor does a way through a snapshot change them.
    for seed in [0, 7] {
        let snapshot = serde_json::from_str(&bytes).unwrap();
        let restored = ControlPlane::restore_with_hash_seed(snapshot, seed).unwrap();
        assert_eq!(serde_json::to_string(&restored.snapshot()).unwrap(), bytes);
        assert_eq!(restored, plane);
    }
}

#[test]
fn an_empty_plane_has_a_snapshot_and_its_shape_is_fixed() {
    let plane = ControlPlane::new(Policy::default());
    let snapshot = value(&plane);
    let fields: Vec<&String> = snapshot.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        ["clock", "clusters", "disks", "drills", "groups", "next_id", "pairs", "policy", "tokens", "version"]
    );
    assert_eq!(restore(&snapshot).unwrap(), plane);
}
