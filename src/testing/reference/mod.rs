//! The naive reference: the rules once more, without the crate's tables, ranking, token cache or indexes.
//!
//! It is written from the pages of rules, as plainly as possible: texts for statuses, lists searched from the front, chains
//! of `if`, and rule numbers as literals. It shares only the types of requests and the policy with the
//! [control plane](crate::control_plane), so that their agreement is evidence for both.

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
mod steps;
mod tokens;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::bug::Bug;
use super::view::{Answer, Leeway, PendingEffect};
use crate::control_plane::{Call, Fresh, Input, Misuse, Request};
use crate::ids::EffectId;
use crate::policy::Policy;
use crate::rule::RuleId;
use crate::time::Timestamp;

use state::{Cluster, Disk, Drill, Group, Job, Node, Pair, Place, Remembered, Run, Site, Token};

/// One RPO in milliseconds.
const CYCLE: u64 = 900_000;

/// The number of a rule.
type Rule = &'static str;

/// A reason to refuse a call: the code on the wire and the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fault {
    code: &'static str,
    rule: Rule,
}

const fn fault(code: &'static str, rule: Rule) -> Fault {
    Fault { code, rule }
}

/// The reply to an input.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reply {
    /// The call was accepted, and created this resource.
    Accepted(Rule, Option<String>),
    /// A list of ids.
    Listed(Rule, Vec<String>),
    /// The description of one resource.
    Shown(Rule),
    /// The call was refused for these reasons, in the order of checks.
    Refused(Vec<Fault>),
    /// The input was rejected as misuse.
    Misused(Rule, Misuse),
    /// The report was accepted, or time advanced.
    Done(Rule),
    /// A token answered the call.
    Replayed(Remembered),
}

/// Puts a changed copy in the place of the original.
fn put<T>(list: &mut [T], at: usize, changed: T) {
    if let Some(place) = list.get_mut(at) {
        *place = changed;
    }
}

/// The owner of a deadline, by its position.
#[derive(Clone, Copy)]
enum DeadlineOf {
    Pair(usize),
    Group(usize),
    Cluster(usize),
}

/// A naive model that answers each input with the set of all replies that the rules allow.
///
/// Each reply comes with the state that it leads to, as a [`Branch`]. Without [`Leeway`], as for the control plane, the set
/// has one member; a system that breaks ties itself may promote any node of a tier, and one that checks in another order
/// may report any fault of a call. Ids of effects are free: [`Reference::bind`] takes over any that were never used.
///
/// The reference does not model changes of nodes other than failure, recovery and priority, nor calls that concern no
/// lifecycle: tags, resource groups, progress and settings of pairs. [`Reference::knows`] tells whether an input is
/// modelled; the initial state must have no standby nodes. Policy fields that only concern the rest, and for PolarDB those
/// about who is elected, where, and what follows, must have their defaults, as in [`Reference::readings`]. Of describes the
/// reference predicts the list of ids alone, without filters and pages; of a group's settings, whether they may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    policy: Policy,
    clock: u64,
    leeway: Leeway,
    bug: Option<Bug>,
    pairs: Vec<Pair>,
    groups: Vec<Group>,
    drills: Vec<Drill>,
    /// The number of pairs, groups and clusters so far.
    ordinals: usize,
    disks: Vec<Disk>,
    clusters: Vec<Cluster>,
    /// In order of completion.
    tokens: Vec<Token>,
    /// The ids of all effects so far, in order.
    used: Vec<EffectId>,
}

/// An allowed reply and the state that it leads to.
#[derive(Debug, Clone)]
pub struct Branch {
    /// The answer.
    pub answer: Answer,
    /// The rule that decided.
    pub rule: RuleId,
    /// The state afterwards. New effects have the id 0 in its view.
    pub after: Reference,
}

impl Reference {
    /// An empty state.
    pub const fn new(policy: Policy) -> Self {
        Self {
            policy,
            clock: 0,
            leeway: Leeway { elects_itself: false, any_fault: false },
            bug: None,
            pairs: Vec::new(),
            groups: Vec::new(),
            drills: Vec::new(),
            ordinals: 0,
            disks: Vec::new(),
            clusters: Vec::new(),
            tokens: Vec::new(),
            used: Vec::new(),
        }
    }

    /// The same state for a system with this leeway.
    #[must_use]
    pub fn with_leeway(self, leeway: Leeway) -> Self {
        Self { leeway, ..self }
    }

    /// The same state with a mistake built in.
    #[must_use]
    pub(super) fn with_bug(self, bug: Option<Bug>) -> Self {
        Self { bug, ..self }
    }

    /// The latest time seen.
    pub const fn clock(&self) -> Timestamp {
        Timestamp::from_millis(self.clock)
    }

    /// The policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The leeway of the system under test.
    pub(super) const fn leeway(&self) -> Leeway {
        self.leeway
    }

    fn planted(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Every reply that the rules allow, the control plane's own first; empty if the input is not modelled.
    pub fn allowed(&self, input: &Input) -> Vec<Branch> {
        if !Self::knows(input) {
            return Vec::new();
        }
        let mut branches = Vec::new();
        let mut which = 0;
        loop {
            let mut after = self.clone();
            let reply = after.apply(input, which);
            let others = match &reply {
                Reply::Refused(faults) if self.leeway.any_fault => faults.len(),
                _ => 1,
            };
            let (answer, rule) = answer_of(&reply, which);
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

    /// Takes over the ids of new effects from those that a system shows.
    pub fn bind(&mut self, shown: &[PendingEffect]) {
        let pairs = self.pairs.iter_mut().map(|pair| (&pair.id, pair.job.as_mut()));
        let groups = self.groups.iter_mut().map(|group| (&group.id, group.job.as_mut()));
        let drills = self.drills.iter_mut().map(|drill| (&drill.id, drill.job.as_mut()));
        let clusters = self.clusters.iter_mut().flat_map(|cluster| {
            let run = cluster.run.as_mut().map(|run| &mut run.job);
            [(&cluster.id, cluster.job.as_mut()), (&cluster.id, run)]
        });
        for (id, job) in pairs.chain(groups).chain(drills).chain(clusters) {
            if let Some(job) = job.filter(|job| job.id.is_none()) {
                job.id = shown.iter().find(|effect| effect.resource == *id).map(|effect| effect.id);
                self.used.extend(job.id);
            }
        }
    }

    /// The faults of a call on a pair or group; `None` if it would be accepted, or is another call.
    fn faults_of(&self, call: &Call, request: &Request) -> Option<Vec<Fault>> {
        let group =
            || self.faults_of_group(call, request).or_else(|| self.faults_of_membership(call, request));
        self.faults_of_pair(call, request).or_else(group)
    }

    /// The ordinal of a new pair, group or cluster.
    const fn next_ordinal(&mut self) -> usize {
        self.ordinals = self.ordinals.saturating_add(1);
        self.ordinals
    }

    /// The ids of all effects so far, in order.
    pub(super) fn used(&self) -> &[EffectId] {
        &self.used
    }

    fn apply(&mut self, input: &Input, which: usize) -> Reply {
        let reply = self.take(input, which);
        self.plan_rounds();
        reply
    }

    fn take(&mut self, input: &Input, which: usize) -> Reply {
        match input {
            Input::Call(call, request, fresh) => {
                self.observe_time(call.now);
                self.call(call, request, fresh, which)
            }
            Input::Report(now, report) => {
                self.observe_time(*now);
                self.report(report)
            }
            Input::Advance(now) => {
                // With the mistake, time goes back here too.
                if self.planted(Bug::ClockGoesBack) {
                    self.clock = self.clock.min(now.as_millis());
                }
                self.advance(now.as_millis())
            }
        }
    }

    /// The clock never goes back (`C-030`).
    fn observe_time(&mut self, now: Timestamp) {
        let now = now.as_millis();
        self.clock = if self.planted(Bug::ClockGoesBack) { now } else { self.clock.max(now) };
    }

    /// Fires the deadlines that are due, by time and then by ordinal (`E-410`, `E-411`, `E-660`).
    fn advance(&mut self, now: u64) -> Reply {
        let target = now.max(self.clock);
        let mut rule = "C-030";
        while let Some((due, _, of)) = self.first_due().filter(|(due, ..)| *due <= target) {
            self.clock = self.clock.max(due);
            rule = match of {
                DeadlineOf::Pair(at) => self.fire(at, due),
                DeadlineOf::Group(at) => self.fire_group(at, due),
                DeadlineOf::Cluster(at) => self.fire_cluster(at),
            };
        }
        self.clock = target;
        Reply::Done(rule)
    }

    /// The first deadline: its time, and the ordinal and position of its owner.
    fn first_due(&self) -> Option<(u64, usize, DeadlineOf)> {
        let pairs = self.pairs.iter().enumerate();
        let pairs = pairs.filter_map(|(at, pair)| Some((pair.due?, pair.ordinal, DeadlineOf::Pair(at))));
        let groups = self.groups.iter().enumerate();
        let groups =
            groups.filter_map(|(at, group)| Some((group.due?, group.ordinal, DeadlineOf::Group(at))));
        let clusters = self.clusters.iter().enumerate();
        let clusters = clusters
            .filter_map(|(at, cluster)| Some((cluster.due?, cluster.ordinal, DeadlineOf::Cluster(at))));
        pairs.chain(groups).chain(clusters).min_by_key(|(due, ordinal, _)| (*due, *ordinal))
    }

    /// A call: its token first (`C-020`), then the resource.
    fn call(&mut self, call: &Call, request: &Request, fresh: &Fresh, which: usize) -> Reply {
        if let Some(reply) = self.look_up_token(call, request) {
            return reply;
        }
        let reply = self.perform(call, request, fresh);
        self.settle(call, request, &reply, which);
        reply
    }

    fn perform(&mut self, call: &Call, request: &Request, fresh: &Fresh) -> Reply {
        let account = call.account.as_str();
        if let Some(faults) = self.faults_of(call, request) {
            return Reply::Refused(faults);
        }
        match request {
            Request::CreateDiskReplicaPair(create) => self.create_pair(call, create, fresh),
            Request::StartDiskReplicaPair(_)
            | Request::StopDiskReplicaPair(_)
            | Request::FailoverDiskReplicaPair(_)
            | Request::ReprotectDiskReplicaPair(_)
            | Request::DeleteDiskReplicaPair(_) => self.pair_call(request),
            Request::DescribeDiskReplicaPairs(describe) => self.list_pairs(call, describe),
            Request::CreateDiskReplicaGroup(create) => self.create_group(call, create, fresh),
            Request::ModifyDiskReplicaGroup(_)
            | Request::StartDiskReplicaGroup(_)
            | Request::StopDiskReplicaGroup(_)
            | Request::FailoverDiskReplicaGroup(_)
            | Request::ReprotectDiskReplicaGroup(_)
            | Request::DeleteDiskReplicaGroup(_) => self.group_call(request),
            Request::AddDiskReplicaPair(_) | Request::RemoveDiskReplicaPair(_) => {
                self.membership_call(request)
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
                    true => Reply::Shown("P-300"),
                    false => Reply::Refused(alloc::vec![fault("InvalidDBCluster.NotFound", "P-100")]),
                }
            }
            _ => Reply::Done("C-030"),
        }
    }
}

/// The visible answer and the rule of a reply.
fn answer_of(reply: &Reply, which: usize) -> (Answer, Rule) {
    let replayed = Some(false);
    match reply {
        Reply::Accepted(rule, created) => {
            let answer = Answer::Accepted { created: created.clone(), replayed, rule: Some(RuleId(rule)) };
            (answer, rule)
        }
        Reply::Listed(rule, ids) => (Answer::Listed(ids.clone()), rule),
        Reply::Shown(rule) => (Answer::Accepted { created: None, replayed, rule: None }, rule),
        Reply::Refused(faults) => {
            let Fault { code, rule } =
                faults.get(which).or(faults.first()).copied().unwrap_or(fault("InternalError", "C-022"));
            (Answer::Refused { code: code.to_string(), replayed, rule: Some(RuleId(rule)) }, rule)
        }
        Reply::Misused(rule, misuse) => (Answer::Misused(*misuse), rule),
        Reply::Done(rule) => (Answer::Done, rule),
        Reply::Replayed(kept) => {
            let (replayed, rule) = (Some(true), Some(RuleId("T-080")));
            let answer = match kept {
                Remembered::Accepted(created) => {
                    Answer::Accepted { created: created.clone(), replayed, rule }
                }
                Remembered::Refused(code) => Answer::Refused { code: code.to_string(), replayed, rule },
            };
            (answer, "T-080")
        }
    }
}
