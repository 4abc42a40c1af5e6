use super::*;

fn seed(status: S) -> PairSeed {
    PairSeed { last_recover_point: Some(at(1)), ..pair_seed(1, status) }
}

#[test]
fn a_pair_can_be_adopted_in_every_status_and_goes_on_from_there() {
    for status in S::ALL {
        for reversed in [false, true] {
            for told in [None, Some(message("DeviceRemoved"))] {
                let mut world = World::default();
                let seed = PairSeed { reversed, status_message: told, ..seed(*status) };
                let step = world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed).unwrap();
                world.plane.check().unwrap();
                assert_eq!(world.status(1), *status);
                assert_eq!(step.effects.len(), world.plane.outstanding().count());
                for effect in step.effects {
                    world.succeed(effect.id);
                }
                world.advance(10 * RPO_MS);
            }
        }
    }
}

#[test]
fn a_pair_in_one_place_is_adopted_in_no_status() {
    for status in S::ALL {
        let mut world = World::default();
        let request = with!(create_request(1), destination_disk = id("s-1"));
        let seed = PairSeed { request, ..seed(*status) };
        assert!(world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed).is_err(), "{status}");
        world.plane.check().unwrap();
    }
}

/// E-012: a tombstone binds no disk, so it alone is taken in beside the pair that has them now.
#[test]
fn a_pair_whose_disks_are_in_use_is_adopted_as_a_tombstone_alone() {
    for status in S::ALL {
        let mut world = World::default();
        world.create(1);
        let seed = PairSeed { id: pair_id(2), ..seed(*status) };
        let adopted = world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed);
        world.plane.check().unwrap();
        match adopted {
            Ok(_) => assert_eq!(*status, S::Deleted),
            Err(NotAdopted::Refused(refusal)) => assert_eq!(refusal.rule().as_str(), "E-012", "{status}"),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn times_of_a_seed_that_lie_ahead_count_as_now() {
    let mut world = World::default();
    let seed =
        PairSeed { created_at: at(u64::MAX), last_recover_point: Some(at(u64::MAX)), ..seed(S::Normal) };
    let _ = world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed).unwrap();
    world.plane.check().unwrap();
    assert_eq!(world.pair(1).last_recover_point(), Some(at(world.now)));
}
