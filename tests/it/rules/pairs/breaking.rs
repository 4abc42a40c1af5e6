use super::*;

/// E-510, E-680.
#[test]
fn a_removed_disk_invalidates_its_pair_whatever_was_under_way() {
    for disk in ["s-1", "t-1"] {
        for status in [S::Creating, S::Created, S::Syncing, S::Stopping, S::Failingover, S::Reprotecting] {
            let mut world = at_status(status);
            let late = world.pair(1).pending().map(|pending| pending.id);
            let step = world.disk(disk, DiskChange::Removed);
            assert_eq!(rules(&step)[..2], ["E-680", "E-510"], "{status}");
            assert_eq!(world.status(1), S::Invalid, "{status}");
            assert_eq!(world.pair(1).status_message().unwrap().as_str(), "DeviceRemoved");
            if let Some(late) = late {
                assert_eq!(world.outcome(late, Outcome::Succeeded), Err(Misuse::Stale(late)));
            }
            assert_eq!(world.plane.next_deadline(), None);
            assert_eq!(rule(world.failover(DESTINATION)), "E-210");
            world.delete(SOURCE).unwrap();
        }
    }
}

/// E-511.
#[test]
fn a_removed_disk_leaves_a_pair_that_is_going_away_or_never_was() {
    for status in [S::CreateFailed, S::Deleting, S::Deleted, S::Invalid] {
        let mut world = at_status(status);
        let before = world.pair(1).clone();
        let step = world.disk("s-1", DiskChange::Removed);
        assert_eq!(rules(&step), ["E-680"], "{status}");
        assert_eq!(world.pair(1), &before);
    }
}

#[test]
fn a_disk_that_is_down_or_attached_does_not_invalidate_its_pair() {
    let mut world = at_status(S::Normal);
    for disk in ["s-1", "t-1"] {
        for change in [DiskChange::Up(false), DiskChange::Attached(true)] {
            assert_eq!(rules(&world.disk(disk, change)), ["E-680"]);
        }
    }
    assert_eq!(world.status(1), S::Normal);
    world.failover(DESTINATION).unwrap();
}

#[test]
fn an_observation_that_is_known_does_nothing() {
    let mut world = at_status(S::Normal);
    assert!(world.disk("s-1", DiskChange::Up(true)).is_empty());
    assert!(!world.disk("s-1", DiskChange::Removed).is_empty());
    let before = world.plane.clone();
    assert!(world.disk("s-1", DiskChange::Removed).is_empty());
    let invalid = Observation::PairInvalid { pair: pair_id(1), message: message("DeviceSizeChanged") };
    assert!(world.observe(invalid).is_empty());
    assert_eq!(world.plane, before, "the first cause stays");
}

#[test]
fn an_observation_of_an_unknown_pair_is_misuse() {
    let mut world = World::default();
    let invalid = Observation::PairInvalid { pair: pair_id(1), message: message("DeviceRemoved") };
    assert_eq!(world.report(failover_model::Report::Observed(invalid)).unwrap_err(), Misuse::Unknown);
}

#[test]
fn a_disk_that_is_as_it_was_before_anybody_reported_is_not_kept() {
    let mut world = World::default();
    let empty = world.plane.clone();
    world.disk("s-1", DiskChange::Up(false));
    assert_eq!(world.plane.disks(None).len(), 1);
    world.disk("s-1", DiskChange::Up(true));
    assert_eq!(world.plane, {
        let mut plane = empty;
        kit::look(&mut plane, at(world.now));
        plane
    });
}
