//! The conformance check itself: what it tells of a system that shows, answers or asks something else than is allowed.

use failover_model::ebs::{GroupStatus, PairSeed, PairStatus};
use failover_model::testing::steps::{ClusterCall, Completion, ReplicaCall, StepKind, TestStep, Timing};
use failover_model::testing::strategies::World;
use failover_model::testing::view::{Answer, Leeway, Task, View};
use failover_model::testing::{Aspect, Divergence, Drive, Reference, ReferenceSubject, Subject};
use failover_model::{EffectId, Input, Policy, Request, RuleId};

use super::small::{drive, pair, world};
use super::step::{OWNER, on_group, soon};
use crate::kit::{START, at, group_id, group_seed, message};

/// A system that shows one state whatever happens.
struct Frozen(View);

impl Subject for Frozen {
    fn apply(&mut self, _: &Input) -> Answer {
        Answer::Done
    }

    fn view(&self) -> View {
        self.0.clone()
    }
}

fn on_pair(pair: u8, ask: ReplicaCall) -> StepKind {
    StepKind::Pair(OWNER, Some(pair), ask)
}

const START_IT: ReplicaCall = ReplicaCall::Start { one_shot: false };
const FAIL_OVER: StepKind = StepKind::Cluster(
    OWNER,
    Some(0),
    ClusterCall::Failover { target: None, standby: false, back: false, zonal: false },
);
const WELL: StepKind = StepKind::Ended(0, Completion::Success(0));

/// Every respect in which two systems can differ, each with the words for both.
#[test]
fn what_differs_is_told_with_what_is_allowed() {
    type Change = fn(&mut View);
    let differences: &[(Aspect, &str, &str, &str, Change)] = &[
        (Aspect::Existence, "all pairs", "pair-1, pair-2, pair-3, pair-4, pair-5", "nothing", |view| {
            view.pairs.clear();
        }),
        (Aspect::Status, "pair-4", "created", "stopped", |view| view.pairs[3].status = "stopped".into()),
        (Aspect::Message, "pair-1", "absent", "DeviceRemoved", |view| {
            view.pairs[0].message = Some("DeviceRemoved".into());
        }),
        (
            Aspect::Direction,
            "pair-3",
            "from s-3 in cn-shanghai to t-3 in cn-beijing",
            "from t-3 in cn-beijing to s-3 in cn-shanghai",
            |view| {
                let pair = &mut view.pairs[2];
                std::mem::swap(&mut pair.source, &mut pair.destination);
            },
        ),
        (Aspect::SourceAccess, "pair-3", "read_write", "none", |view| view.pairs[2].source.access = "none"),
        (Aspect::DestinationAccess, "pair-3", "none", "read_only", |view| {
            view.pairs[2].destination.access = "read_only";
        }),
        (Aspect::RecoverPoint, "pair-3", "999000 ms", "absent", |view| view.pairs[2].recover_point = None),
        (Aspect::Membership, "pair-2", "group-1", "absent", |view| view.pairs[1].group = None),
        (Aspect::Existence, "all groups", "group-1", "nothing", |view| view.groups.clear()),
        (Aspect::Membership, "group-1", "pair-1, pair-2", "pair-2", |view| {
            view.groups[0].members.remove(0);
        }),
        (Aspect::Status, "group-1", "normal", "syncing", |view| view.groups[0].status = "syncing".into()),
        (
            Aspect::Direction,
            "group-1",
            "from cn-shanghai-a in cn-shanghai to cn-beijing-b in cn-beijing",
            "from cn-shanghai-b in cn-shanghai to cn-beijing-b in cn-beijing",
            |view| view.groups[0].source.zone = "cn-shanghai-b".into(),
        ),
        (Aspect::RecoverPoint, "group-1", "999000 ms", "1 ms", |view| {
            view.groups[0].recover_point = Some(at(1));
        }),
        (Aspect::Existence, "all drills", "drill-4", "nothing", |view| view.drills.clear()),
        (Aspect::Status, "drill-4", "executing", "executed", |view| {
            view.drills[0].status = "executed".into();
        }),
        (Aspect::Message, "drill-4", "absent", "late", |view| view.drills[0].message = Some("late".into())),
        (Aspect::RecoverPoint, "drill-4", "999000 ms", "absent", |view| view.drills[0].recover_point = None),
        (Aspect::Drill, "drill-4", "of pair-3 since 1001000 ms", "of pair-3 since 7 ms", |view| {
            view.drills[0].started_at = at(7);
        }),
        (Aspect::Drill, "drill-4", "x-4-0 of pair-3: creating", "x-4-0 of pair-3: created", |view| {
            view.drills[0].disks[0].status = "created".into();
        }),
        (Aspect::Existence, "all clusters", "pc-1", "nothing", |view| view.clusters.clear()),
        (Aspect::Existence, "pc-1", "a, b, w", "b, w", |view| {
            view.clusters[0].nodes.remove(1);
        }),
        (Aspect::Writer, "pc-1", "w", "a, w", |view| view.clusters[0].nodes[1].writer = true),
        (Aspect::Status, "pc-1", "Switching", "Running", |view| {
            view.clusters[0].status = "Running".into();
        }),
        (Aspect::Priority, "a", "5", "15", |view| view.clusters[0].nodes[1].priority = 15),
        (Aspect::Status, "b", "Running", "Rebooting", |view| {
            view.clusters[0].nodes[2].status = "Rebooting".into();
        }),
        (
            Aspect::Effects,
            "the outside",
            "choose one of a and b (pc-1), create (drill-4)",
            "choose one of a and b (pc-1)",
            |view| view.effects.retain(|asked| asked.resource == "pc-1"),
        ),
        (Aspect::EffectId, "pc-1", "9", "3", |view| view.effects[1].id = EffectId(3)),
        (Aspect::Deadline, "all", "pair-3 at 1900000 ms", "absent", |view| view.next_deadline = None),
    ];
    let mut drive = drive(&World { group: Some(group_seed(GroupStatus::Normal, &[1, 2])), ..world() });
    drive.run(&[soon(StepKind::Pair(OWNER, Some(2), ReplicaCall::StartDrill(4))), soon(FAIL_OVER)]).unwrap();
    let view = Subject::view(drive.subject());
    assert!(Drive::new(drive.reference().clone(), Frozen(view.clone())).is_ok());
    for (aspect, resource, allowed, shown, change) in differences {
        let mut other = view.clone();
        change(&mut other);
        let told = Drive::new(drive.reference().clone(), Frozen(other)).err().expect(resource);
        let words = (told.aspect, &*told.resource, &*told.allowed, &*told.shown);
        assert_eq!(words, (*aspect, *resource, *allowed, *shown));
    }
}

/// The effects of a system have ids of its own, but each one another.
#[test]
fn the_id_of_a_new_effect_was_never_used() {
    let stopping = [1, 2].map(|number| pair(number, PairStatus::Stopping));
    let world = World { pairs: stopping.to_vec(), group: None, clusters: Vec::new(), ..world() };
    let mut reference = Reference::of(&world, at(START));
    let mut view = Subject::view(&ReferenceSubject::new(reference.clone(), None));
    reference.bind(&view.effects[..1]);
    for used in [0, view.effects[0].id.0] {
        view.effects[1].id = EffectId(used);
        let told = Drive::new(reference.clone(), Frozen(view.clone())).err().expect("the id is not new");
        assert_eq!((told.aspect, &*told.resource), (Aspect::EffectId, "pair-2"));
        assert_eq!((told.allowed, told.shown), ("an id that was never used".into(), used.to_string()));
    }
    view.effects[1].id = EffectId(77);
    assert!(Drive::new(reference, Frozen(view)).is_ok());
}

/// A system that does everything right until one input, and then answers or shows something else.
struct Bent {
    system: ReferenceSubject,
    now: bool,
    answer: fn(&mut Answer),
    view: fn(&mut View),
}

impl Subject for Bent {
    fn apply(&mut self, input: &Input) -> Answer {
        let mut answer = self.system.apply(input);
        self.now = true;
        (self.answer)(&mut answer);
        answer
    }

    fn view(&self) -> View {
        let mut view = self.system.view();
        if self.now {
            (self.view)(&mut view);
        }
        view
    }
}

fn bent(
    before: &[StepKind],
    last: StepKind,
    answer: fn(&mut Answer),
    view: fn(&mut View),
) -> Result<(), Box<Divergence>> {
    let reference = Reference::of(&world(), at(START));
    let mut right = Drive::new(reference.clone(), ReferenceSubject::new(reference, None)).unwrap();
    before.iter().for_each(|what| right.step(&soon(what.clone())).unwrap());
    let system = Bent { system: right.subject().clone(), now: false, answer, view };
    Drive::new(right.reference().clone(), system).unwrap().step(&soon(last))
}

/// Time passes in a world to the first deadline, and the system shows something else.
fn bent_when_due(world: &World, view: fn(&mut View)) -> Divergence {
    let reference = Reference::of(world, at(START));
    let system =
        Bent { system: ReferenceSubject::new(reference.clone(), None), now: false, answer: |_| {}, view };
    let due = TestStep { timing: Timing::Deadline, kind: StepKind::Advance };
    *Drive::new(reference, system).unwrap().step(&due).expect_err("something else is shown")
}

/// The rule that is named is the one that speaks of what differs, not the one by which the input was decided.
#[test]
fn a_difference_is_told_by_the_rule_that_speaks_of_it() {
    let copied: &[StepKind] = &[on_pair(3, START_IT)];
    let stopping: &[StepKind] = &[on_pair(2, ReplicaCall::Stop)];
    let deleting: &[StepKind] = &[on_pair(4, ReplicaCall::Delete)];
    let failed_over: &[StepKind] = &[on_pair(2, ReplicaCall::Failover), WELL];
    let turned: &[StepKind] =
        &[on_pair(2, ReplicaCall::Failover), WELL, on_pair(2, ReplicaCall::Reprotect { reverse: true })];
    let promoted: &[StepKind] = &[FAIL_OVER, WELL];
    let group_copied = |view: &mut View| view.groups[0].recover_point = None;
    let open = |view: &mut View| view.pairs[2].destination.access = "none";
    let fenced = |view: &mut View| view.pairs[2].source.access = "none";
    let swap = |view: &mut View| {
        let pair = &mut view.pairs[2];
        std::mem::swap(&mut pair.source.disk, &mut pair.destination.disk);
    };
    let turn = |view: &mut View| view.groups[0].source.region = "cn-heyuan".into();
    let hidden = |view: &mut View| view.groups[0].status = "normal".into();
    let idle = |view: &mut View| view.next_deadline = None;
    let other_writer = |view: &mut View| view.clusters[0].nodes[0].writer = true;
    let moved = |view: &mut View| view.clusters[0].nodes[1].priority = 1;
    type Row<'a> = (&'a [StepKind], StepKind, fn(&mut View), Aspect, &'a str);
    let rows: &[Row<'_>] = &[
        (copied, WELL, |view| view.pairs[3].recover_point = None, Aspect::RecoverPoint, "E-650"),
        (stopping, WELL, |view| view.pairs[2].recover_point = None, Aspect::RecoverPoint, "E-651"),
        (deleting, WELL, |view| view.pairs[4].recover_point = None, Aspect::RecoverPoint, "E-651"),
        (turned, WELL, |view| view.pairs[2].recover_point = Some(at(1)), Aspect::RecoverPoint, "E-641"),
        (&[], on_pair(2, ReplicaCall::Stop), group_copied, Aspect::RecoverPoint, "G-650"),
        (&[], on_pair(2, ReplicaCall::Stop), turn, Aspect::Direction, "G-640"),
        (&[], StepKind::PairInvalid(Some(0)), hidden, Aspect::Status, "G-400"),
        (&[], on_pair(2, ReplicaCall::Stop), hidden_pair, Aspect::Status, "E-130"),
        (failed_over, on_pair(4, START_IT), open, Aspect::DestinationAccess, "E-671"),
        (failed_over, on_pair(4, START_IT), fenced, Aspect::SourceAccess, "E-670"),
        (&turned[..2], turned[2].clone(), fenced, Aspect::SourceAccess, "E-672"),
        (failed_over, on_pair(4, START_IT), swap, Aspect::Direction, "E-640"),
        (&[], StepKind::Pair(OWNER, Some(2), ReplicaCall::StartDrill(1)), idle, Aspect::Deadline, "D-112"),
        (deleting, WELL, idle, Aspect::Deadline, "E-660"),
        (promoted, WELL, other_writer, Aspect::Writer, "P-160"),
        (promoted, WELL, moved, Aspect::Priority, "P-121"),
        (&[], FAIL_OVER, moved, Aspect::Priority, "P-142"),
    ];
    for (at, (before, last, view, aspect, rule)) in rows.iter().enumerate() {
        let told = bent(before, last.clone(), |_| {}, *view).expect_err(rule);
        assert_eq!((told.aspect, told.rule.as_str()), (*aspect, *rule), "{at}: {told}");
    }
}

/// What time brings is told by the rule of the deadline, and by none of another that comes by the same one.
#[test]
fn a_difference_when_something_is_due_is_told_by_its_rule() {
    let told = bent_when_due(&world(), |view| view.groups[0].status = "normal".into());
    assert_eq!((told.aspect, &*told.resource, told.rule.as_str()), (Aspect::Status, "group-1", "G-410"));
    let pairs = vec![pair(1, PairStatus::Deleted), pair(2, PairStatus::Stopped)];
    let told = bent_when_due(&World { pairs, group: None, clusters: Vec::new(), ..world() }, |view| {
        view.pairs.clear();
    });
    assert_eq!((told.aspect, &*told.resource, told.rule.as_str()), (Aspect::Existence, "all pairs", "E-660"));
}

fn hidden_pair(view: &mut View) {
    view.pairs[2].status = "normal".into();
}

/// The right reply by another rule is another reply; a system that names no rule, nor whether a token answered, is not
/// asked for them.
#[test]
fn an_answer_is_compared_as_far_as_it_tells() {
    let asked = || on_pair(2, ReplicaCall::Stop);
    let other = |answer: &mut Answer| {
        if let Answer::Accepted { rule, .. } | Answer::Refused { rule, .. } = answer {
            *rule = Some(RuleId::new("none"));
        }
    };
    let refused = || on_pair(0, ReplicaCall::Stop);
    for (what, allowed) in [(asked(), "accepted (E-130)"), (refused(), "refused, OperationDenied (E-623)")] {
        let told = bent(&[], what, other, |_| {}).expect_err("by no rule of ours");
        assert_eq!((told.aspect, &*told.resource), (Aspect::Answer, "StopDiskReplicaPair"));
        assert_eq!(told.allowed, allowed);
        assert!(told.shown.ends_with("(none)"), "{told}");
    }
    let silent = |answer: &mut Answer| {
        if let Answer::Accepted { rule, replayed, .. } | Answer::Refused { rule, replayed, .. } = answer {
            (*rule, *replayed) = (None, None);
        }
    };
    assert_eq!(bent(&[], asked(), silent, |_| {}), Ok(()));
    assert_eq!(bent(&[], refused(), silent, |_| {}), Ok(()));
    let again = |answer: &mut Answer| {
        if let Answer::Accepted { replayed, .. } = answer {
            *replayed = Some(true);
        }
    };
    let told = bent(&[], asked(), again, |_| {}).expect_err("no token answered");
    assert_eq!((&*told.allowed, &*told.shown), ("accepted (E-130)", "accepted, as before (E-130)"));
}

/// What else is under way does not hide an election, and one that was counted is not counted again.
#[test]
fn an_election_beside_other_work_is_counted_once() {
    let reference = Reference::of(&world(), at(START));
    let system = ReferenceSubject::new(reference.clone(), None).electing_the_first();
    let mut drive = Drive::new(reference, system).unwrap();
    drive.run(&[soon(on_pair(2, ReplicaCall::Stop)), soon(FAIL_OVER), soon(WELL), soon(WELL)]).unwrap();
    assert_eq!(drive.summary().elections, [(2, 0)]);
    assert_eq!(drive.subject().leeway(), Leeway { elects_itself: true, ..Leeway::default() });
}

/// What the reference leaves out is applied to neither, and says nothing of the system.
#[test]
fn what_is_left_out_is_not_tried() {
    let mut drive = drive(&world());
    let before = drive.subject().clone();
    let restart = soon(StepKind::Cluster(OWNER, Some(0), ClusterCall::Restart { node: 1 }));
    let input = restart.resolve(drive.subject());
    assert!(matches!(&input, Input::Call(_, Request::RestartDbNode(_), _)));
    assert!(!Reference::knows(&input) && drive.reference().allowed(&input).is_empty());
    drive.input(&input).unwrap();
    assert!(*drive.subject() == before);
    assert_eq!(drive.summary().inputs, 0);
    let advance = Input::Advance(at(START + 1));
    assert!(Reference::knows(&advance) && drive.reference().allowed(&advance).len() == 1);
}

/// What a system is compared in are the readings that the reference knows: the others must be the default ones.
#[test]
fn readings_that_the_reference_does_not_know_are_the_default_ones() {
    use failover_model::policy::{ElectionZone, FirstCopy, MissingTarget, TokenScope};
    let mut policy = Policy::default();
    policy.ebs.first_copy =
        FirstCopy::ALL.iter().copied().find(|read| *read != policy.ebs.first_copy).unwrap();
    policy.polardb.missing_target = MissingTarget::MissingParameter;
    policy.tokens.scope = TokenScope::ALL.iter().copied().find(|read| *read != policy.tokens.scope).unwrap();
    assert_eq!(Reference::readings(&policy), policy);
    let known = policy.clone();
    policy.polardb.election_zone =
        ElectionZone::ALL.iter().copied().find(|read| *read != policy.polardb.election_zone).unwrap();
    assert_eq!(Reference::readings(&policy), known);
}

/// Each task is told apart, so that a system of one's own can be written after the control plane's view.
#[test]
fn the_control_plane_shows_what_it_asks_for() {
    let mut drive = drive(&world());
    let mut asked = Vec::new();
    for what in [
        on_pair(3, START_IT),
        on_pair(2, ReplicaCall::Stop),
        on_group(ReplicaCall::Stop),
        StepKind::Pair(OWNER, Some(4), ReplicaCall::StartDrill(1)),
        FAIL_OVER,
    ] {
        drive.step(&soon(what)).unwrap();
        let effect = Subject::view(drive.subject()).effects.pop().unwrap();
        asked.push((effect.task, effect.members.join(" ")));
    }
    let offered = Task::ChooseNode(vec!["a".into(), "b".into()]);
    let tasks = [Task::Copy, Task::Stop, Task::Stop, Task::Create, offered];
    let members = ["", "", "pair-1 pair-2", "", ""].map(String::from);
    assert_eq!(asked, tasks.into_iter().zip(members).collect::<Vec<_>>());
    let view = Subject::view(drive.subject());
    let mut shown = drive.reference().view();
    shown.effects.sort_by_key(|asked| asked.id);
    assert_eq!(shown, view);
    assert_eq!(view.groups[0].id, group_id(1).to_string());
}

/// Whatever status a pair or a group is taken in with, both begin alike: what is asked for, what falls due, what is open.
#[test]
fn what_is_taken_in_begins_alike_in_both() {
    let mut groups = 0;
    for status in PairStatus::ALL {
        let pairs = vec![PairSeed { status_message: Some(message("DeviceRemoved")), ..pair(1, *status) }];
        let alone = World { pairs, group: None, ..world() };
        let _ = drive(&alone);
        let Some(of_group) = GroupStatus::ALL.iter().find(|of_group| of_group.as_str() == status.as_str())
        else {
            continue;
        };
        let full = World { group: Some(group_seed(*of_group, &[1])), ..alone };
        if full.plane(at(START)).groups().next().is_some() {
            let _ = drive(&full);
            groups += 1;
        }
    }
    assert!(groups >= 8, "{groups}");
}
