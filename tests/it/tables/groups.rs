//! The lifecycle of a group, stated a second time and independently: the grid below restates the vendor's pages,
//! and every cell of the table in the source is compared with it under both readings that the table
//! knows; then the same through the control plane; then what members show.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

use std::collections::{BTreeMap, BTreeSet};

use failover_model::ebs::{
    AddDiskReplicaPair, GroupEvent, GroupLifecycle, GroupStatus, ModifyDiskReplicaGroup, PairStatus,
    RemoveDiskReplicaPair, fits_group, may_leave_group, shown_by,
};
use failover_model::lifecycle::Verdict;
use failover_model::policy::{EbsPolicy, ReprotectFailedGroup};
use failover_model::{Refusal, Step};

use crate::kit::{self, SOURCE, World, group_id, pair_id};

/// A cell is where the status goes, `.` for a refusal, `=` for success without change; after `/R` what it is if a failed
/// reprotect may be repeated.
const CALLS: &str = "
                 Start    StartOneShot   Stop      Failover              Reprotect           Delete    Modify AddPair RemovePair
invalid          .        .              .         .                     .                   deleting  .      .       =
creating         .        .              .         .                     .                   .         .      .       .
created          syncing  manual_syncing .         .                     .                   deleting  =      =       =
create_failed    .        .              .         .                     .                   deleting  .      .       .
manual_syncing   .        =              stopping  failovering           .                   .         .      .       .
syncing          =        .              stopping  failovering           .                   .         .      .       .
normal           =        .              stopping  failovering           .                   .         .      .       .
stopping         .        .              =         failovering           .                   .         .      .       .
stopped          syncing  manual_syncing =         failovering           .                   deleting  =      =       =
stop_failed      .        .              stopping  failovering           .                   .         .      .       .
failovering      .        .              .         =                     .                   .         .      .       .
failovered       .        .              .         =                     reprotecting        deleting  .      .       .
failover_failed  .        .              .         failovering           .                   .         .      .       .
reprotecting     .        .              .         .                     .                   .         .      .       .
reprotect_failed .        .              .         ./Rfailovering        ./Rreprotecting     .         .      .       .
deleting         .        .              .         .                     .                   =         .      .       .
delete_failed    .        .              .         .                     .                   deleting  .      .       .
deleted          .        .              .         .                     .                   .         .      .       .
";

/// Outcomes and the clock: every cell that is no refusal.
const SPONTANEOUS: &str = "
creating         CreateSucceeded    created
creating         CreateFailed       create_failed
syncing          RoundSucceeded     normal
manual_syncing   RoundSucceeded     stopped
syncing          RoundFailed        =
manual_syncing   RoundFailed        stopped
stopping         StopSucceeded      stopped
stopping         StopFailed         stop_failed
failovering      FailoverSucceeded  failovered
failovering      FailoverFailed     failover_failed
reprotecting     ReprotectSucceeded stopped
reprotecting     ReprotectFailed    reprotect_failed
deleting         DeleteSucceeded    deleted
deleting         DeleteFailed       delete_failed
normal           CycleDue           syncing
syncing          CycleDue           =
";

/// Statuses that breaking leaves alone, and those that emptying leaves alone; all others become invalid, or stopped.
const BEYOND_BREAKING: &str = "invalid create_failed deleting deleted";
const AT_REST: &str =
    "invalid creating created create_failed stopped failovered deleting delete_failed deleted";

fn status(text: &str) -> GroupStatus {
    GroupStatus::parse(text).unwrap_or_else(|| panic!("no status {text}"))
}

fn event(text: &str) -> GroupEvent {
    let named = |event: &&GroupEvent| format!("{event:?}") == text;
    *GroupEvent::ALL.iter().find(named).unwrap_or_else(|| panic!("no event {text}"))
}

fn verdict(text: &str) -> Verdict<GroupStatus> {
    match text {
        "." => Verdict::Refuse,
        "=" => Verdict::NoOp,
        to => Verdict::Move(status(to)),
    }
}

type Cells = BTreeMap<(GroupStatus, GroupEvent), (Verdict<GroupStatus>, Option<Verdict<GroupStatus>>)>;

fn expected() -> Cells {
    let mut cells = Cells::new();
    let among = |list: &str, status: GroupStatus| list.split(' ').any(|one| one == status.as_str());
    for on in GroupEvent::ALL {
        for from in GroupStatus::ALL {
            let otherwise = match on {
                GroupEvent::Invalidated if among(BEYOND_BREAKING, *from) => Verdict::NoOp,
                GroupEvent::Invalidated => Verdict::Move(GroupStatus::Invalid),
                GroupEvent::Emptied if among(AT_REST, *from) => Verdict::NoOp,
                GroupEvent::Emptied => Verdict::Move(GroupStatus::Stopped),
                _ => Verdict::Refuse,
            };
            cells.insert((*from, *on), (otherwise, None));
        }
    }
    let mut lines = CALLS.lines().filter(|line| !line.is_empty());
    let events: Vec<GroupEvent> = lines.next().unwrap().split_whitespace().map(event).collect();
    let mut statuses = 0;
    for line in lines {
        let mut words = line.split_whitespace();
        let from = status(words.next().unwrap());
        statuses += 1;
        let row: Vec<&str> = words.collect();
        assert_eq!(row.len(), events.len(), "{line}");
        for (on, cell) in events.iter().zip(row) {
            let (then, repeated) = cell.split_once("/R").map_or((cell, None), |(a, b)| (a, Some(b)));
            cells.insert((from, *on), (verdict(then), repeated.map(verdict)));
        }
    }
    assert_eq!(statuses, GroupStatus::ALL.len());
    for line in SPONTANEOUS.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        cells.insert((status(words[0]), event(words[1])), (verdict(words[2]), None));
    }
    cells
}

#[test]
fn every_cell_of_the_table_is_as_the_facts_state_it_under_both_readings() {
    let literal = EbsPolicy::default();
    let repeat = EbsPolicy { reprotect_failed_group: ReprotectFailedGroup::Repeat, ..literal.clone() };
    let mut compared = 0;
    for ((from, on), (then, repeated)) in expected() {
        let row = GroupLifecycle::lookup(from, on);
        assert_eq!(row.verdict(&literal), then, "{} from {from} on {on:?}", row.rule);
        assert_eq!(row.verdict(&repeat), repeated.unwrap_or(then), "{} from {from} on {on:?}", row.rule);
        compared += 1;
    }
    assert_eq!(compared, 18 * GroupEvent::ALL.len());
}

/// The fixed-case twin of the grid: failover of a group is an allowlist of nine.
#[test]
fn failover_of_a_group_is_allowed_in_nine_statuses_and_refused_in_nine() {
    let policy = EbsPolicy::default();
    let allowed = |from: &&GroupStatus| {
        GroupLifecycle::lookup(**from, GroupEvent::Failover).verdict(&policy) != Verdict::Refuse
    };
    let allowed: Vec<&str> = GroupStatus::ALL.iter().filter(allowed).map(|from| from.as_str()).collect();
    assert_eq!(
        allowed,
        [
            "manual_syncing",
            "syncing",
            "normal",
            "stopping",
            "stopped",
            "stop_failed",
            "failovering",
            "failovered",
            "failover_failed"
        ]
    );
}

#[test]
fn every_row_covers_a_cell_and_its_number_is_its_own() {
    let mut numbers = BTreeSet::new();
    for row in GroupLifecycle::ROWS {
        assert!(numbers.insert(row.rule.as_str()), "{} numbers two rows", row.rule);
        assert!(row.from.iter().count() > 0 && row.on.iter().count() > 0, "{} covers nothing", row.rule);
        for on in row.on.iter() {
            for from in row.from.iter() {
                assert_eq!(GroupLifecycle::lookup(from, on).rule, row.rule);
            }
        }
        for (choice, then) in row.unless {
            assert_eq!((choice.field, choice.value), ("reprotect_failed_group", "Repeat"));
            assert_ne!(*then, row.then, "{}: a choice that changes nothing", row.rule);
        }
    }
}

/// The control plane asks the table and nothing else for the status: every status, reached by calls, and every call.
#[test]
fn the_control_plane_answers_each_group_call_in_each_status_as_the_table_says() {
    type Make = fn(&mut World) -> Result<Step, Refusal>;
    let calls: [(GroupEvent, Make); 9] = [
        (GroupEvent::Start, |world| world.start_group(false)),
        (GroupEvent::StartOneShot, |world| world.start_group(true)),
        (GroupEvent::Stop, |world| world.stop_group()),
        (GroupEvent::Failover, |world| world.failover_group()),
        (GroupEvent::Reprotect, |world| world.reprotect_group(false)),
        (GroupEvent::Delete, |world| world.delete_group()),
        (GroupEvent::Modify, |world| {
            let group = group_id(1);
            let request = ModifyDiskReplicaGroup::new(group);
            world.call(SOURCE, request)
        }),
        (GroupEvent::AddPair, |world| world.call(SOURCE, AddDiskReplicaPair::new(group_id(1), pair_id(9)))),
        (GroupEvent::RemovePair, |world| {
            let pair = pair_id(if world.plane.pair(&pair_id(1)).is_some() { 1 } else { 9 });
            world.call(SOURCE, RemoveDiskReplicaPair::new(group_id(1), pair))
        }),
    ];
    let cells = expected();
    let mut asked = 0;
    for from in GroupStatus::ALL {
        let mut world = World::default();
        world.bring_group_to(*from);
        world.create(9);
        world.pair_succeeds(9);
        let members = world.group(1).pairs.len();
        for (on, make) in calls {
            let mut world = world.clone();
            world.later(451_000);
            let row = GroupLifecycle::lookup(*from, on);
            let needs_members = matches!(
                on,
                GroupEvent::Start
                    | GroupEvent::StartOneShot
                    | GroupEvent::Failover
                    | GroupEvent::Reprotect
                    | GroupEvent::RemovePair
            );
            let needs_none = on == GroupEvent::Delete;
            let message = format!("{} from {from} on {on:?}", row.rule);
            let result = make(&mut world);
            // Whether there are members is asked before the status; and a group that was never copied does not fail over.
            if (needs_members && members == 0) || (needs_none && members > 0) {
                let rule = kit::rule(result);
                assert!(["G-670", "G-671", "G-690"].contains(&rule), "{message}: {rule}");
                continue;
            }
            asked += 1;
            match cells[&(*from, on)].0 {
                Verdict::Refuse => assert_eq!(kit::rule(result), row.rule.as_str(), "{message}"),
                Verdict::NoOp => {
                    result.unwrap();
                    assert_eq!(world.shows(), *from, "{message}");
                }
                Verdict::Move(to) => {
                    let step = result.unwrap();
                    assert_eq!(world.shows(), to, "{message}");
                    assert_eq!(step.events[0].rule, row.rule, "{message}");
                }
            }
        }
    }
    assert!(asked > 100, "{asked}");
}

#[test]
fn what_a_member_shows_stays_when_it_follows_its_group_again() {
    for group in GroupStatus::ALL {
        for member in PairStatus::ALL {
            let Some((_, shown)) = shown_by(*group, *member) else { continue };
            assert_eq!(shown_by(*group, shown).map(|(_, again)| again), Some(shown), "{group} {member}");
            assert!(fits_group(*group, shown));
        }
    }
}

/// The statuses in which members rest, stated independently.
#[test]
fn members_rest_in_these_statuses_and_no_others() {
    let stated = [
        ("invalid", "created stopped stop_failed failovered failover_failed reprotect_failed"),
        ("created", "created stopped"),
        ("manual_syncing", "manual_syncing"),
        ("syncing", "initial_syncing syncing"),
        ("normal", "normal"),
        ("stopping", "stopping stopped"),
        ("stopped", "created stopped"),
        ("stop_failed", "stopped stop_failed"),
        ("failovering", "failovering failovered"),
        ("failovered", "failovered"),
        ("failover_failed", "failovered failover_failed"),
        ("reprotecting", "reprotecting"),
        ("reprotect_failed", "reprotect_failed"),
    ];
    let stated: BTreeMap<&str, &str> = stated.into();
    for group in GroupStatus::ALL {
        let list = stated.get(group.as_str()).copied().unwrap_or_default();
        for member in PairStatus::ALL {
            let rests = *member == PairStatus::Invalid || list.split(' ').any(|one| one == member.as_str());
            assert_eq!(fits_group(*group, *member), rests, "{group} {member}");
        }
    }
}

#[test]
fn a_member_that_replicates_or_is_busy_does_not_leave() {
    let staying: Vec<&str> = PairStatus::ALL
        .iter()
        .filter(|status| !may_leave_group(**status))
        .map(|status| status.as_str())
        .collect();
    assert_eq!(
        staying,
        ["initial_syncing", "manual_syncing", "syncing", "normal", "stopping", "failovering", "reprotecting"]
    );
}

/// Outcomes are fenced by the ids of their effects and a group out of `normal` and `syncing` has no cycle, so that
/// nothing brings these events to the table: it is asked directly.
#[test]
fn an_outcome_that_nothing_waits_for_and_a_cycle_of_none_are_refused() {
    use GroupEvent as On;
    use GroupStatus as S;
    let events = [
        (&[S::Creating][..], &[On::CreateSucceeded, On::CreateFailed][..], "G-312"),
        (&[S::Syncing, S::ManualSyncing], &[On::RoundSucceeded, On::RoundFailed], "G-324"),
        (&[S::Stopping], &[On::StopSucceeded, On::StopFailed], "G-332"),
        (&[S::Failingover], &[On::FailoverSucceeded, On::FailoverFailed], "G-342"),
        (&[S::Reprotecting], &[On::ReprotectSucceeded, On::ReprotectFailed], "G-352"),
        (&[S::Deleting], &[On::DeleteSucceeded, On::DeleteFailed], "G-362"),
        (&[S::Normal, S::Syncing], &[On::CycleDue], "G-412"),
    ];
    for (waiting, events, number) in events {
        for from in GroupStatus::ALL.iter().filter(|from| !waiting.contains(from)) {
            for on in events {
                let row = GroupLifecycle::lookup(*from, *on);
                let refused = row.verdict(&EbsPolicy::default()) == Verdict::Refuse;
                assert_eq!((row.rule.as_str(), refused), (number, true), "{from} on {on:?}");
            }
        }
    }
}
