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
    /// The number of pairs and groups so far.
    born: usize,
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
            born: 0,
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

    /// Takes over the ids of new effects from those that a system shows.
    pub fn bind(&mut self, shown: &[PendingEffect]) {
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
