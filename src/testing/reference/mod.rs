//! The naive reference: the rules once more, without the crate's tables, ranking, token cache or indexes.
//!
//! It is written from the rules' pages, as plainly as we could: texts for statuses, lists that are searched from the
//! front, chains of `if`. It is slow and it is short, and where it and the [control plane](crate::control_plane) agree,
//! two texts agree that share nothing but the types of requests and the policy.
//!
//! An input has a **set of allowed replies** ([`Reference::allowed`]), each with the state that it leads to
//! ([`Branch`]). Under strict [`Leeway`], as for the control plane, the set has one member; a system that elects by
//! itself may promote any node of a tier, and one that checks in another order may name any fault of a call. The ids of
//! effects are free in any case: whatever is shown is taken over, if it was never used before.
//!
//! Left out is what happens to nodes but failing, recovering and changing priority, and what no lifecycle depends on: tags,
//! resource groups, progress and settings of pairs. [`Reference::knows`] says of an input whether it is about something of
//! that kind, and a world for the reference has no standby nodes. The readings that only these things ask for are left out
//! too, and of PolarDB's those of who is elected, where, and what follows: [`Reference::readings`] puts them at their
//! defaults. Of describes only the list of ids is foretold, without filters and paging, and of a group's settings only
//! whether they may change.

mod adopt;
mod clusters;
mod drills;
mod groups;
mod known;
mod membership;
mod pairs;
mod reports;
mod rounds;
mod show;
mod state;
mod tokens;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::conformance::{Answer, Asked, Leeway};
use super::gallery::Bug;
use crate::control_plane::{Call, Fresh, Input, Misuse, Request};
use crate::ids::EffectId;
use crate::policy::Policy;
use crate::rule::RuleId;
use crate::time::Timestamp;

use state::{Cluster, Disk, Drill, Group, Job, Kept, Node, Pair, Place, Run, Site, Token};

/// One RPO in milliseconds.
const CYCLE: u64 = 900_000;

/// The number of a rule.
type Rule = &'static str;

/// Why a call is refused: the code on the wire and the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fault {
    code: &'static str,
    rule: Rule,
}

const fn fault(code: &'static str, rule: Rule) -> Fault {
    Fault { code, rule }
}

/// What came of an input before it is put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Came {
    /// A call was accepted, by this rule, and has created this.
    Accepted(Rule, Option<String>),
    /// A describe.
    Listed(Rule, Vec<String>),
    /// A describe of one resource.
    Shown(Rule),
    /// Refused, for each of these reasons; the first in the order of checks comes first.
    Refused(Vec<Fault>),
    /// Not taken.
    Misused(Rule, Misuse),
    /// Taken.
    Done(Rule),
    /// Answered by a token.
    Replayed(Kept),
}

/// What a deadline is of, by its position.
#[derive(Clone, Copy)]
enum Whose {
    Pair(usize),
    Group(usize),
}

/// The state, naively.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    policy: Policy,
    clock: u64,
    leeway: Leeway,
    bug: Option<Bug>,
    pairs: Vec<Pair>,
    groups: Vec<Group>,
    drills: Vec<Drill>,
    /// How many pairs and groups there ever were.
    born: usize,
    disks: Vec<Disk>,
    clusters: Vec<Cluster>,
    /// In the order of completion.
    tokens: Vec<Token>,
    /// Every effect id that was ever shown, in the order in which it was asked for.
    used: Vec<EffectId>,
}

/// One of the replies that are allowed, and where it leads.
#[derive(Debug, Clone)]
pub struct Branch {
    /// What is answered.
    pub answer: Answer,
    /// The rule that decided.
    pub rule: RuleId,
    /// The state afterwards. Effects that are new have the id 0 in its view.
    pub after: Reference,
}

impl Reference {
    /// Nothing yet, under these readings.
    pub const fn new(policy: Policy) -> Self {
        Self {
            policy,
            clock: 0,
            leeway: Leeway { elects_itself: false, any_fault: false },
            bug: None,
            pairs: Vec::new(),
            groups: Vec::new(),
            drills: Vec::new(),
            born: 0,
            disks: Vec::new(),
            clusters: Vec::new(),
            tokens: Vec::new(),
            used: Vec::new(),
        }
    }

    /// The same with what a system may decide by itself.
    #[must_use]
    pub fn with_leeway(self, leeway: Leeway) -> Self {
        Self { leeway, ..self }
    }

    /// The same with one mistake built in: for the [gallery](super::gallery).
    #[must_use]
    pub(super) fn with_bug(self, bug: Option<Bug>) -> Self {
        Self { bug, ..self }
    }

    /// The time seen.
    pub const fn clock(&self) -> Timestamp {
        Timestamp::from_millis(self.clock)
    }

    /// The readings in force.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What a system may decide by itself.
    pub(super) const fn leeway(&self) -> Leeway {
        self.leeway
    }

    fn planted(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Every reply that the rules allow to an input, the crate's own first. Empty for what is left out.
    pub fn allowed(&self, input: &Input) -> Vec<Branch> {
        if !Self::knows(input) {
            return Vec::new();
        }
        let mut branches = Vec::new();
        let mut which = 0;
        loop {
            let mut after = self.clone();
            let came = after.take(input, which);
            let others = match &came {
                Came::Refused(faults) if self.leeway.any_fault => faults.len(),
                _ => 1,
            };
            let (answer, rule) = say(&came, which);
            let elected = if self.leeway.elects_itself { after.elections() } else { Vec::new() };
            let branch = |after| Branch { answer: answer.clone(), rule: RuleId(rule), after };
            branches.push(branch(after));
            branches.extend(elected.into_iter().map(branch));
            which = which.saturating_add(1);
            if which >= others {
                return branches;
            }
        }
    }

    /// Takes the ids of effects over from those that a system shows.
    pub fn bind(&mut self, shown: &[Asked]) {
        let shown =
            |resource: &str| shown.iter().find(|effect| effect.resource == resource).map(|effect| effect.id);
        for pair in &mut self.pairs {
            if let Some(job) = pair.job.as_mut().filter(|job| job.id.is_none()) {
                job.id = shown(&pair.id);
                self.used.extend(job.id);
            }
        }
        let groups = self.groups.iter_mut().map(|group| (&group.id, &mut group.job));
        let drills = self.drills.iter_mut().map(|drill| (&drill.id, &mut drill.job));
        for (id, job) in groups.chain(drills) {
            if let Some(job) = job.as_mut().filter(|job| job.id.is_none()) {
                job.id = shown(id);
                self.used.extend(job.id);
            }
        }
        for cluster in &mut self.clusters {
            let run = cluster.run.as_mut().map(|run| &mut run.job);
            for job in cluster.job.as_mut().into_iter().chain(run).filter(|job| job.id.is_none()) {
                job.id = shown(&cluster.id);
                self.used.extend(job.id);
            }
        }
    }

    /// Whether a call on a pair or a group would be accepted now.
    pub(super) fn accepts(&self, call: &Call, request: &Request) -> bool {
        self.faults_of(call, request).is_none()
    }

    /// Why a call on a pair or a group would be refused now; `None` if it would be accepted, or is another.
    fn faults_of(&self, call: &Call, request: &Request) -> Option<Vec<Fault>> {
        let group =
            || self.faults_of_group(call, request).or_else(|| self.faults_of_membership(call, request));
        self.faults_of_pair(call, request).or_else(group)
    }

    /// The number of a pair or group that comes to be.
    const fn bear(&mut self) -> usize {
        self.born = self.born.saturating_add(1);
        self.born
    }

    /// The effect ids that were ever asked for, in order.
    pub(super) fn used(&self) -> &[EffectId] {
        &self.used
    }

    fn take(&mut self, input: &Input, which: usize) -> Came {
        match input {
            Input::Call(call, request, fresh) => {
                self.see(call.now);
                self.call(call, request, fresh, which)
            }
            Input::Report(now, report) => {
                self.see(*now);
                self.report(report)
            }
            Input::Advance(now) => {
                // Under the planted bug time goes back here too.
                if self.planted(Bug::ClockGoesBack) {
                    self.clock = self.clock.min(now.as_millis());
                }
                self.advance(now.as_millis())
            }
        }
    }

    /// The clock never goes back (`C-030`).
    fn see(&mut self, now: Timestamp) {
        let now = now.as_millis();
        self.clock = if self.planted(Bug::ClockGoesBack) { now } else { self.clock.max(now) };
    }

    /// Fires what is due, the earliest first; of several, what was created first (`E-410`, `E-411`, `E-660`).
    fn advance(&mut self, now: u64) -> Came {
        let target = now.max(self.clock);
        let mut rule = "C-030";
        while let Some((due, _, whose)) = self.first_due().filter(|(due, ..)| *due <= target) {
            self.clock = self.clock.max(due);
            rule = match whose {
                Whose::Pair(at) => self.fire(at, due),
                Whose::Group(at) => self.fire_group(at, due),
            };
        }
        self.clock = target;
        Came::Done(rule)
    }

    /// The first deadline, the number of what it is of, and what that is.
    fn first_due(&self) -> Option<(u64, usize, Whose)> {
        let pairs = self.pairs.iter().enumerate();
        let pairs = pairs.filter_map(|(at, pair)| Some((pair.due?, pair.born, Whose::Pair(at))));
        let groups = self.groups.iter().enumerate();
        let groups = groups.filter_map(|(at, group)| Some((group.due?, group.born, Whose::Group(at))));
        pairs.chain(groups).min_by_key(|(due, born, _)| (*due, *born))
    }

    /// A call: its token first (`C-020`), then the resource.
    fn call(&mut self, call: &Call, request: &Request, fresh: &Fresh, which: usize) -> Came {
        if let Some(came) = self.look_up(call, request) {
            return came;
        }
        let came = self.perform(call, request, fresh);
        self.settle(call, request, &came, which);
        came
    }

    #[allow(unreachable_patterns, reason = "requests of what is left out")]
    fn perform(&mut self, call: &Call, request: &Request, fresh: &Fresh) -> Came {
        let account = call.account.as_str();
        match request {
            Request::CreateDiskReplicaPair(create) => self.create_pair(call, create, fresh),
            Request::StartDiskReplicaPair(_)
            | Request::StopDiskReplicaPair(_)
            | Request::FailoverDiskReplicaPair(_)
            | Request::ReprotectDiskReplicaPair(_)
            | Request::DeleteDiskReplicaPair(_) => self.pair_call(call, request),
            Request::DescribeDiskReplicaPairs(describe) => self.list_pairs(call, describe),
            Request::CreateDiskReplicaGroup(create) => self.create_group(call, create, fresh),
            Request::ModifyDiskReplicaGroup(_)
            | Request::StartDiskReplicaGroup(_)
            | Request::StopDiskReplicaGroup(_)
            | Request::FailoverDiskReplicaGroup(_)
            | Request::ReprotectDiskReplicaGroup(_)
            | Request::DeleteDiskReplicaGroup(_) => self.group_call(call, request),
            Request::AddDiskReplicaPair(_) | Request::RemoveDiskReplicaPair(_) => {
                self.membership_call(call, request)
            }
            Request::DescribeDiskReplicaGroups(describe) => self.list_groups(call, describe),
            Request::StartPairDrill(_) | Request::StartReplicaGroupDrill(_) => {
                self.start_drill(call, request, fresh)
            }
            Request::ClearPairDrill(_) | Request::ClearReplicaGroupDrill(_) => {
                self.clear_drill(call, request)
            }
            Request::DescribePairDrills(_) | Request::DescribeReplicaGroupDrills(_) => {
                self.list_drills(call, request)
            }
            Request::CreateDbCluster(create) => self.create_cluster(call, create, fresh),
            Request::DeleteDbCluster(delete) => self.delete_cluster(account, delete.cluster.as_str()),
            Request::ModifyDbNodeConfig(modify) => self.set_priority(account, modify),
            Request::FailoverDbCluster(failover) => self.fail_cluster_over(account, failover),
            Request::DescribeDbClusters(_) => self.list_clusters(call),
            Request::DescribeDbClusterAttribute(describe) => {
                let id = describe.cluster.as_str();
                match self.clusters.iter().any(|cluster| cluster.id == id && cluster.account == account) {
                    true => Came::Shown("P-300"),
                    false => Came::Refused(alloc::vec![fault("InvalidDBCluster.NotFound", "P-100")]),
                }
            }
            _ => Came::Done("C-030"),
        }
    }
}

/// Puts what came of an input into words.
fn say(came: &Came, which: usize) -> (Answer, Rule) {
    let replayed = Some(false);
    match came {
        Came::Accepted(rule, created) => {
            let answer = Answer::Accepted { created: created.clone(), replayed, rule: Some(RuleId(rule)) };
            (answer, rule)
        }
        Came::Listed(rule, ids) => (Answer::Listed(ids.clone()), rule),
        Came::Shown(rule) => (Answer::Accepted { created: None, replayed, rule: None }, rule),
        Came::Refused(faults) => {
            let Fault { code, rule } =
                faults.get(which).or(faults.first()).copied().unwrap_or(fault("InternalError", "C-022"));
            (Answer::Refused { code: code.to_string(), replayed, rule: Some(RuleId(rule)) }, rule)
        }
        Came::Misused(rule, misuse) => (Answer::Misused(*misuse), rule),
        Came::Done(rule) => (Answer::Done, rule),
        Came::Replayed(kept) => {
            let (replayed, rule) = (Some(true), Some(RuleId("T-080")));
            let answer = match kept {
                Kept::Accepted(created) => Answer::Accepted { created: created.clone(), replayed, rule },
                Kept::Refused(code) => Answer::Refused { code: code.to_string(), replayed, rule },
            };
            (answer, "T-080")
        }
    }
}
