//! The second gallery: wrong services behind HTTP, each with one mistake, refuted by what they answered alone.
//!
//! A service is the naive reference with a mistake, behind the vendor's protocol. A session is a story of the first gallery: its
//! calls come over HTTP, what else happens in it happens inside, and after each step everything is looked at. What was asked
//! and answered is then explained. No effect is seen, no state, no deadline: mistakes that these sessions do not show are listed with
//! the reason.

mod server;
mod shown;

use failover_model::ebs::{
    DescribeDiskReplicaGroups, DescribeDiskReplicaPairs, DescribePairDrills, DescribeReplicaGroupDrills,
};
use failover_model::polardb::DescribeDbClusterAttribute;
use failover_model::testing::steps::{ACCOUNTS, REGIONS};
use failover_model::testing::{Bug, Drive, Reference, ReferenceSubject, Subject};
use failover_model::trace::Trace;
use failover_model::trace::explain::{Explanation, Finding, Options, Verdict, explain};
use failover_model::{Call, Fresh, Input, Request, Timestamp};

use crate::kit::{START, at};
use crate::oracle::stories::{self, Act, Story};
use server::Service;

/// Stories that are no sessions: with the right service they are not accepted, so a refusal would say nothing of a wrong one.
const NO_SESSIONS: &[(&str, &str)] = &[
    ("pairs that are taken in as they are", "its pairs are reversed before the first answer shows them"),
    (
        "a named target that fails after another node has changed",
        "more than one thing happens outside between two answers",
    ),
    ("a tie that grows", "more than one thing happens outside between two answers"),
];

/// What a session showed.
struct Session {
    trace: Trace,
    explanation: Explanation,
}

/// Plays a story to a service with a mistake, or without. `None` if one of its calls cannot be made over HTTP.
fn session(story: &Story, bug: Option<Bug>) -> Option<Session> {
    let subject = ReferenceSubject::new(Reference::of(&story.world, at(START)), bug);
    let plane = story.world.plane(at(START));
    let service = Service::start(subject, at(START), shown::before(&plane));
    look(&service);
    for act in &story.acts {
        let input = match act {
            Act::Raw(input) => (**input).clone(),
            Act::Step(step) => step.resolve(service.inside().subject.reference()),
        };
        match &input {
            Input::Call(call, request, fresh) => {
                set(&service, call.now, fresh.clone());
                service.call(call, request)?;
                assert_eq!(
                    service.inside().read.as_ref(),
                    Some(request),
                    "the parameters say something else"
                );
            }
            Input::Report(now, _) | Input::Advance(now) => {
                set(&service, *now, Fresh::None);
                let _ = service.inside().subject.apply(&input);
            }
        }
        look(&service);
    }
    let trace = service.recorded();
    let options = Options { policy: story.world.policy.clone(), ..Options::default() };
    let explanation = explain(&trace, &options);
    Some(Session { trace, explanation })
}

/// The clock of the service goes on, and never back.
fn set(service: &Service, now: Timestamp, fresh: Fresh) {
    let mut inside = service.inside();
    inside.now = inside.now.max(now);
    inside.fresh = fresh;
}

/// Looks at all there is, from where it can be seen.
fn look(service: &Service) {
    let (view, now) = {
        let inside = service.inside();
        (inside.subject.view(), inside.now)
    };
    let mut asked: Vec<(&str, Request)> = Vec::new();
    for region in [REGIONS[0], REGIONS[1]] {
        if !view.pairs.is_empty() {
            asked.push((region, DescribeDiskReplicaPairs::default().into()));
        }
        if !view.groups.is_empty() {
            asked.push((region, DescribeDiskReplicaGroups::default().into()));
        }
    }
    for drill in &view.drills {
        let of_pair = view.pairs.iter().find(|pair| pair.id == drill.owner);
        let request: Request = match of_pair {
            Some(_) => DescribePairDrills::new(drill.owner.parse().expect("an id")).into(),
            None => DescribeReplicaGroupDrills::new(drill.owner.parse().expect("an id")).into(),
        };
        asked.push((REGIONS[1], request));
    }
    for cluster in &view.clusters {
        asked.push((REGIONS[0], DescribeDbClusterAttribute::new(cluster.id.parse().expect("an id")).into()));
    }
    for (region, request) in asked {
        let (account, region) = (ACCOUNTS[0].parse().expect("an account"), region.parse().expect("a region"));
        let call = Call { now, account, region, token: None };
        service.call(&call, &request).expect("a look can be made over HTTP");
    }
}

/// The stories in which a mistake shows to whoever sees the inside, by the first gallery's own check.
fn telling(bug: Bug) -> impl Iterator<Item = Story> {
    stories::all().into_iter().filter(move |story| {
        let reference = Reference::of(&story.world, at(START));
        let drive = Drive::new(reference.clone(), ReferenceSubject::new(reference, Some(bug)));
        drive.and_then(|drive| story.play(drive)).is_err()
    })
}

/// The rules that the report of a refuted session names, and the operation whose answer nothing explains.
fn named(session: &Session) -> Option<(String, Vec<String>)> {
    session.explanation.parts.iter().find_map(|part| {
        let Finding::Refuted { exchange, nearest } = &part.finding else { return None };
        let mut rules: Vec<String> =
            nearest.iter().filter_map(|near| Some(near.mismatch.rule?.to_string())).collect();
        rules.sort();
        rules.dedup();
        Some((session.trace.exchanges.get(*exchange)?.action.clone(), rules))
    })
}

/// What the sessions of a mistake came to.
enum Found {
    /// The first that is refuted: its row, and whether the broken rule is among those that it names.
    Refuted { row: String, names_the_rule: bool },
    /// None is refuted, of so many, and whether one is undecided.
    Hidden { sessions: usize, undecided: bool },
}

fn found(bug: Bug) -> Found {
    let (mut sessions, mut undecided) = (0, false);
    for story in telling(bug).filter(|story| NO_SESSIONS.iter().all(|(name, _)| *name != story.name)) {
        let Some(session) = session(&story, Some(bug)) else { continue };
        let Some((action, rules)) = named(&session) else {
            sessions += 1;
            undecided |= session.explanation.verdict() == Verdict::Undecided;
            continue;
        };
        let (calls, broken) = (session.trace.exchanges.len(), bug.breaks());
        let names_the_rule = rules.iter().any(|rule| rule == broken.as_str());
        let rules = rules.join(", ");
        let row = format!("| `{bug:?}` | {broken} | {} | {calls} | `{action}` | {rules} |\n", story.name);
        return Found::Refuted { row, names_the_rule };
    }
    Found::Hidden { sessions, undecided }
}

/// Why no session shows a mistake, where it is of a kind.
fn why_hidden(bug: Bug, sessions: usize, undecided: bool) -> &'static str {
    match bug {
        Bug::OldPrimaryFenced | Bug::OldPrimaryOpenInReverse | Bug::SecondaryOpenAtAcceptance => {
            "what a host may do with a disk is in no answer"
        }
        Bug::StartOverAttachedDisk | Bug::ReverseOverAttachedDisk => {
            "no answer tells whether a disk is attached, and it may have been detached in time"
        }
        Bug::DownDiskInvalidates => "a pair may break for another reason",
        Bug::FailoverStartsAnew => "only the number of the work that is under way differs",
        _ if sessions == 0 => {
            "it has no session: its stories have calls that are not explained, or are no sessions"
        }
        _ if undecided => "one of its sessions is undecided, and none refuted",
        _ => "hidden work, or something outside, explains every answer of its sessions",
    }
}

/// Where the tables of the page begin and end.
const BEGIN: &str = "<!-- wrong services -->\n";
const END: &str = "<!-- end of wrong services -->\n";

#[test]
fn wrong_services_are_refuted_as_the_page_says() {
    let mut refuted = String::from(
        "| Mistake | Breaks | Session | Calls | Refuted at | Rules of the nearest explanations |\n|---|---|---|---|---|---|\n",
    );
    let mut hidden =
        String::from("| Mistake that no session of these shows | Breaks | Why |\n|---|---|---|\n");
    let (mut shown, mut named) = (0, 0);
    for bug in Bug::ALL {
        match found(*bug) {
            Found::Refuted { row, names_the_rule } => {
                shown += 1;
                named += usize::from(names_the_rule);
                refuted += &row;
            }
            Found::Hidden { sessions, undecided } => {
                let why = why_hidden(*bug, sessions, undecided);
                hidden += &format!("| `{bug:?}` | {} | {why} |\n", bug.breaks());
            }
        }
    }
    let all = Bug::ALL.len();
    let counts = format!(
        "Of {all} mistakes {shown} are refuted, {named} of them with the broken rule itself among those named.\n"
    );
    let made = format!("{counts}\n{refuted}\n{hidden}");
    let page = include_str!("../../../docs/traces.md");
    let (before, rest) = page.split_once(BEGIN).expect("the tables begin");
    let (_, after) = rest.split_once(END).expect("the tables end");
    let page = format!("{before}{BEGIN}{made}{END}{after}");
    crate::generated::keep("docs/traces.md", &page, "cargo test --test recordings services");
    assert!(shown >= 60 && named >= 30, "{counts}");
}

/// The right service is accepted in every session, and what is left out of them is left out rightly.
#[test]
fn the_right_service_is_accepted_in_every_session() {
    let mut sessions = 0;
    for story in stories::all() {
        let Some(session) = session(&story, None) else { continue };
        let accepted = session.explanation.verdict() == Verdict::Accepted;
        let page = || session.explanation.page(&|number| session.trace.exchanges.get(number));
        let left_out = NO_SESSIONS.iter().any(|(name, _)| *name == story.name);
        assert_eq!(accepted, !left_out, "{}: {}", story.name, page());
        sessions += usize::from(accepted);
    }
    assert!(sessions >= 40, "{sessions}");
}
