//! The lifecycle of a pair, stated a second time and independently: the grid below restates the vendor's pages,
//! and every cell of the table in the source is compared with it under every combination of
//! readings.

use std::collections::{BTreeMap, BTreeSet};

use failover_model::Policy;
use failover_model::catalogue;
use failover_model::ebs::{PairEvent, PairLifecycle, PairStatus};
use failover_model::lifecycle::{Choice, Verdict};
use failover_model::policy::{
    DeleteBeforeStart, EbsPolicy, FailoverWhileBusy, FailoverWithoutRecoverPoint, FirstCopy,
    FirstCopyAfterReverse, PairFailover, RetryAfterFailure, ReverseNeeds, SameRegionPairs,
    StartWhileReplicating,
};

use crate::kit::{self, DESTINATION, SOURCE, World};

/// Calls. A cell is where the status goes, `.` for a refusal, `=` for success without change; after a slash, a letter
/// for a reading and what the cell is then:
///
/// * `A` failover as the group page lists it, `B` no failover while another operation is under way,
/// * `R` starting what already replicates is a success, `N` no retry of a failed operation,
/// * `D` no deletion of a pair that was never started.
const CALLS: &str = "
                 StartFirst      StartAgain StartOneShot   Stop        Failover           Reprotect        Delete       Modify AddToGroup
invalid          .               .          .              .           .                  .                deleting     .      .
creating         .               .          .              .           failovering/A./B.  .                .            .      .
created          initial_syncing syncing    manual_syncing .           failovering/A.     .                deleting/D.  =      =
create_failed    .               .          .              .           failovering/A.     .                deleting/D.  .      .
initial_syncing  .               .          .              stopping    failovering        .                .            .      .
manual_syncing   .               .          ./R=           stopping    failovering        .                .            .      .
syncing          ./R=            ./R=       .              stopping    failovering        .                .            .      .
normal           ./R=            ./R=       .              stopping    failovering        .                .            .      .
stopping         .               .          .              .           failovering/B.     .                .            .      .
stopped          initial_syncing syncing    manual_syncing .           failovering        .                deleting     =      =
stop_failed      .               .          .              stopping/N. failovering        .                .            .      .
failovering      .               .          .              .           =                  .                .            .      .
failovered       .               .          .              .           =                  reprotecting     deleting     .      .
failover_failed  .               .          .              .           failovering        .                .            .      .
reprotecting     .               .          .              .           failovering/A./B.  .                .            .      .
reprotect_failed .               .          .              .           failovering/A.     ./Areprotecting  .            .      .
deleting         .               .          .              .           failovering/A./B.  .                .            .      .
delete_failed    .               .          .              .           failovering/A.     .                deleting/N.  .      .
deleted          .               .          .              .           .                  .                .            .      .
";

/// Outcomes and the clock: every cell that is no refusal.
const SPONTANEOUS: &str = "
creating         CreateSucceeded    created
creating         CreateFailed       create_failed
initial_syncing  CopySucceeded      normal
syncing          CopySucceeded      normal
manual_syncing   CopySucceeded      stopped
initial_syncing  CopyFailed         =
syncing          CopyFailed         =
manual_syncing   CopyFailed         stopped
stopping         StopSucceeded      stopped
stopping         StopFailed         stop_failed
failovering      FailoverSucceeded  failovered
failovering      FailoverFailed     failover_failed
reprotecting     ReprotectSucceeded stopped
reprotecting     ReprotectFailed    reprotect_failed
deleting         DeleteSucceeded    deleted
deleting         DeleteFailed       delete_failed
normal           CycleDue           syncing
initial_syncing  CycleDue           =
syncing          CycleDue           =
";

/// Statuses that a broken relation leaves alone: broken already, never made, or going away. All others become invalid.
const BEYOND_BREAKING: &str = "invalid create_failed deleting deleted";

type Cells = BTreeMap<(PairStatus, PairEvent), Vec<(Option<char>, Verdict<PairStatus>)>>;

fn status(text: &str) -> PairStatus {
    PairStatus::parse(text).unwrap_or_else(|| panic!("no status {text}"))
}

fn event(text: &str) -> PairEvent {
    let named = |event: &&PairEvent| format!("{event:?}") == text;
    *PairEvent::ALL.iter().find(named).unwrap_or_else(|| panic!("no event {text}"))
}

fn verdict(text: &str) -> Verdict<PairStatus> {
    match text {
        "." => Verdict::Refuse,
        "=" => Verdict::NoOp,
        to => Verdict::Move(status(to)),
    }
}

fn expected() -> Cells {
    let mut cells = Cells::new();
    for on in PairEvent::ALL {
        for from in PairStatus::ALL {
            let broken = if BEYOND_BREAKING.split(' ').any(|beyond| beyond == from.as_str()) {
                Verdict::NoOp
            } else {
                Verdict::Move(PairStatus::Invalid)
            };
            let otherwise = if *on == PairEvent::Invalidated { broken } else { Verdict::Refuse };
            cells.insert((*from, *on), vec![(None, otherwise)]);
        }
    }
    let mut lines = CALLS.lines().filter(|line| !line.is_empty());
    let events: Vec<PairEvent> = lines.next().unwrap().split_whitespace().map(event).collect();
    let mut statuses = 0;
    for line in lines {
        let mut words = line.split_whitespace();
        let from = status(words.next().unwrap());
        statuses += 1;
        let row: Vec<&str> = words.collect();
        assert_eq!(row.len(), events.len(), "{line}");
        for (on, cell) in events.iter().zip(row) {
            let mut readings = cell.split('/');
            let mut all = vec![(None, verdict(readings.next().unwrap()))];
            for other in readings {
                let (letter, then) = other.split_at(1);
                all.push((letter.chars().next(), verdict(then)));
            }
            cells.insert((from, *on), all);
        }
    }
    assert_eq!(statuses, PairStatus::ALL.len());
    for line in SPONTANEOUS.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        cells.insert((status(words[0]), event(words[1])), vec![(None, verdict(words[2]))]);
    }
    cells
}

/// All combinations of the ten readings, each with the letters that the grid uses for those made otherwise.
fn readings() -> Vec<(String, EbsPolicy)> {
    (0..1024_u32)
        .map(|bits| {
            let chosen = |bit: u32| bits & (1 << bit) != 0;
            let mut letters = String::new();
            let mut policy = EbsPolicy::default();
            for (bit, letter) in "ABRND".chars().enumerate() {
                if chosen(bit as u32) {
                    letters.push(letter);
                }
            }
            if chosen(0) {
                policy.pair_failover = PairFailover::GroupAllowlist;
            }
            if chosen(1) {
                policy.failover_while_busy = FailoverWhileBusy::Refuse;
            }
            if chosen(2) {
                policy.start_while_replicating = StartWhileReplicating::NoOp;
            }
            if chosen(3) {
                policy.retry_after_failure = RetryAfterFailure::Refuse;
            }
            if chosen(4) {
                policy.delete_before_start = DeleteBeforeStart::Refuse;
            }
            // The table knows nothing of the other five.
            if chosen(5) {
                policy.failover_without_recover_point = FailoverWithoutRecoverPoint::Refuse;
            }
            if chosen(6) {
                policy.first_copy = FirstCopy::AfterOneRpo;
            }
            if chosen(7) {
                policy.first_copy_after_reverse = FirstCopyAfterReverse::Syncing;
            }
            if chosen(8) {
                policy.same_region_pairs = SameRegionPairs::Refuse;
            }
            if chosen(9) {
                policy.reverse_needs = ReverseNeeds::Detached;
            }
            (letters, policy)
        })
        .collect()
}

#[test]
fn every_cell_of_the_table_is_as_the_facts_state_it_under_every_combination_of_readings() {
    let cells = expected();
    let mut compared = 0;
    for (letters, policy) in readings() {
        for ((from, on), stated) in &cells {
            let mut then: Vec<Verdict<PairStatus>> = (stated.iter())
                .filter(|(letter, _)| letter.is_some_and(|letter| letters.contains(letter)))
                .map(|(_, verdict)| *verdict)
                .collect();
            then.dedup();
            assert!(then.len() <= 1, "two readings contradict each other in {from} on {on:?}");
            let then = then.first().copied().unwrap_or(stated[0].1);
            let row = PairLifecycle::lookup(*from, *on);
            assert_eq!(row.verdict(&policy), then, "{} from {from} on {on:?} under {letters:?}", row.rule);
            compared += 1;
        }
    }
    assert_eq!(compared, 1024 * 19 * PairEvent::ALL.len());
}

/// The fixed-case twin of the grid: the sentences that readers know by heart.
#[test]
fn failover_is_refused_in_invalid_and_deleted_and_nowhere_else() {
    let policy = EbsPolicy::default();
    for from in PairStatus::ALL {
        let refused = PairLifecycle::lookup(*from, PairEvent::Failover).verdict(&policy) == Verdict::Refuse;
        assert_eq!(refused, matches!(from, PairStatus::Invalid | PairStatus::Deleted), "{from}");
    }
    assert_eq!(PairLifecycle::lookup(PairStatus::Deleted, PairEvent::Failover).rule.as_str(), "E-210");
}

#[test]
fn every_row_covers_a_cell_and_its_number_is_its_own() {
    let catalogued: BTreeSet<&str> = catalogue::rules().iter().map(|rule| rule.id.as_str()).collect();
    let mut numbers = BTreeSet::new();
    for row in PairLifecycle::ROWS {
        assert!(numbers.insert(row.rule.as_str()), "{} numbers two rows", row.rule);
        assert!(catalogued.contains(row.rule.as_str()), "{} is not in the catalogue", row.rule);
        assert!(row.from.iter().count() > 0 && row.on.iter().count() > 0, "{} covers nothing", row.rule);
        for on in row.on.iter() {
            for from in row.from.iter() {
                assert_eq!(PairLifecycle::lookup(from, on).rule, row.rule);
            }
        }
        for (choice, then) in row.unless {
            assert!(CHOICES.contains(&(choice.field, choice.value)), "{}: {choice:?}", row.rule);
            assert_ne!(*then, row.then, "{}: a choice that changes nothing", row.rule);
        }
    }
}

#[test]
fn each_choice_is_made_by_its_own_reading_alone() {
    let mut made = BTreeSet::new();
    for (letters, policy) in readings() {
        for choice in choices() {
            let at = CHOICES.iter().position(|known| *known == (choice.field, choice.value)).unwrap();
            let letter = "ABRND".chars().nth(at).unwrap();
            assert_eq!((choice.holds)(&policy), letters.contains(letter), "{choice:?}");
            made.insert(at);
        }
    }
    assert_eq!(made.len(), CHOICES.len(), "a choice that no row depends on");
}

/// The fields on which rows of the table depend, with the value that makes a difference, in the order of their letters.
const CHOICES: [(&str, &str); 5] = [
    ("pair_failover", "GroupAllowlist"),
    ("failover_while_busy", "Refuse"),
    ("start_while_replicating", "NoOp"),
    ("retry_after_failure", "Refuse"),
    ("delete_before_start", "Refuse"),
];

fn choices() -> impl Iterator<Item = &'static Choice<EbsPolicy>> {
    PairLifecycle::ROWS.iter().flat_map(|row| row.unless).map(|(choice, _)| choice)
}

/// The control plane asks the table and nothing else for the status: every status, reached by calls, and every call.
#[test]
fn the_control_plane_answers_each_call_in_each_status_as_the_table_says() {
    type Make = fn(&mut World) -> Result<failover_model::Step, failover_model::Refusal>;
    let calls: [(PairEvent, Make); 6] = [
        (PairEvent::StartAgain, |world| world.start(SOURCE, false)),
        (PairEvent::StartOneShot, |world| world.start(DESTINATION, true)),
        (PairEvent::Stop, |world| world.stop(DESTINATION)),
        (PairEvent::Failover, |world| world.failover(DESTINATION)),
        (PairEvent::Reprotect, |world| world.reprotect(DESTINATION, false)),
        (PairEvent::Delete, |world| world.delete(SOURCE)),
    ];
    let cells = expected();
    for from in PairStatus::ALL {
        let mut world = World::default();
        world.bring_to(*from);
        for (on, make) in calls {
            let mut world = world.clone();
            world.later(451_000);
            // Before any copy the first automatic one is `StartFirst`.
            let first = on == PairEvent::StartAgain && world.pair(1).last_recover_point().is_none();
            let on = if first { PairEvent::StartFirst } else { on };
            let row = PairLifecycle::lookup(*from, on);
            let result = make(&mut world);
            let message = format!("{} from {from} on {on:?}", row.rule);
            match cells[&(*from, on)][0].1 {
                Verdict::Refuse => assert_eq!(kit::rule(result), row.rule.as_str(), "{message}"),
                Verdict::NoOp => {
                    assert!(result.unwrap().is_empty(), "{message}");
                    assert_eq!(world.status(1), *from, "{message}");
                }
                Verdict::Move(to) => {
                    let step = result.unwrap();
                    assert_eq!(world.status(1), to, "{message}");
                    assert_eq!(step.effects.len(), 1, "{message}");
                    assert_eq!(step.events[0].rule, row.rule, "{message}");
                }
            }
        }
    }
}

#[test]
fn the_default_policy_makes_no_choice() {
    let policy = Policy::default();
    assert!(choices().all(|choice| !(choice.holds)(&policy.ebs)));
}

/// Outcomes are fenced by the ids of their effects, so that no report brings a late one to the table: it is asked
/// directly.
#[test]
fn an_outcome_that_nothing_waits_for_is_refused() {
    use PairEvent as On;
    use PairStatus as S;
    let copying: &[S] = &[S::InitialSyncing, S::ManualSyncing, S::Syncing];
    let outcomes = [
        (&[S::Creating][..], [On::CreateSucceeded, On::CreateFailed], "E-312"),
        (copying, [On::CopySucceeded, On::CopyFailed], "E-324"),
        (&[S::Stopping], [On::StopSucceeded, On::StopFailed], "E-332"),
        (&[S::Failingover], [On::FailoverSucceeded, On::FailoverFailed], "E-342"),
        (&[S::Reprotecting], [On::ReprotectSucceeded, On::ReprotectFailed], "E-352"),
        (&[S::Deleting], [On::DeleteSucceeded, On::DeleteFailed], "E-362"),
    ];
    for (waiting, events, number) in outcomes {
        for from in PairStatus::ALL.iter().filter(|from| !waiting.contains(from)) {
            for on in events {
                let row = PairLifecycle::lookup(*from, on);
                let refused = row.verdict(&EbsPolicy::default()) == Verdict::Refuse;
                assert_eq!((row.rule.as_str(), refused), (number, true), "{from} on {on:?}");
            }
        }
    }
}
