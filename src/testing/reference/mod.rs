//! The naive reference: the rules once more, without the crate's tables, ranking, token cache or indexes.
//!
//! It is written from the pages of rules, as plainly as possible: texts for statuses, lists searched from the front, one
//! `match` of what calls do in each status, and rule numbers as literals. It shares only the types of requests and the
//! policy with the [control plane](crate::control_plane), so that their agreement is evidence for both.

mod adopt;
mod clusters;
mod drills;
mod known;
mod labels;
mod membership;
mod networks;
mod replicas;
mod reports;
mod rounds;
mod show;
mod standby;
mod state;
mod statuses;
mod steps;
mod tokens;

use alloc::string::String;
use alloc::vec::Vec;

use super::bug::Bug;
use super::view::{Answer, Leeway, PendingEffect};
use crate::control_plane::{Call, Fresh, Input, Misuse, Request};
use crate::ids::EffectId;
use crate::polardb::HotStandby;
use crate::policy::Policy;
use crate::rule::RuleId;
use crate::time::Timestamp;

use state::{Cluster, Disk, Drill, Job, Kind, Network, Node, Place, Replica, Run, Token};

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
    /// This answer, by this rule.
    Answered(Answer, Rule),
    /// The call was refused for these reasons, in the order of checks.
    Refused(Vec<Fault>),
}

impl Reply {
    /// The call was accepted, and created this resource.
    const fn accepted(rule: Rule, created: Option<String>) -> Self {
        let (replayed, of) = (Some(false), Some(RuleId::new(rule)));
        Self::Answered(Answer::Accepted { created, replayed, rule: of }, rule)
    }

    const fn listed(rule: Rule, ids: Vec<String>) -> Self {
        Self::Answered(Answer::Listed(ids), rule)
    }

    /// The call was accepted, and its answer tells what the reference does not predict.
    const fn observed(rule: Rule) -> Self {
        Self::Answered(Answer::Accepted { created: None, replayed: Some(false), rule: None }, rule)
    }

    const fn misused(rule: Rule, misuse: Misuse) -> Self {
        Self::Answered(Answer::Misused(misuse), rule)
    }

    /// The report was accepted, or time advanced.
    const fn done(rule: Rule) -> Self {
        Self::Answered(Answer::Done, rule)
    }

    /// The call was refused for a single reason.
    fn refused(code: &'static str, rule: Rule) -> Self {
        Self::Refused(Vec::from([fault(code, rule)]))
    }
}

/// What is due, by its position.
enum DueAt {
    Replica(usize),
    Cluster(usize),
}

/// Puts a changed copy in the place of the original.
fn put<T>(list: &mut [T], at: usize, changed: T) {
    if let Some(place) = list.get_mut(at) {
        *place = changed;
    }
}

/// A naive model that answers each input with the set of all replies that the rules allow.
///
/// Each reply comes with the state that it leads to, as a [`Branch`]. Without [`Leeway`], as for the control plane, the set
/// has one member; a system that breaks ties itself may promote any node of a tier, and one that checks in another order
/// may report any fault of a call. Ids of effects are free: [`Reference::bind`] takes over any that were never used.
///
/// The reference does not model changes of nodes other than failure, recovery and priority. [`Reference::knows`] tells
/// whether an input is modelled; the initial state must have no standby nodes. Policy fields that only concern the rest, and
/// for PolarDB those about who is elected, where, and what follows, must have their defaults, as in
/// [`Reference::readings`]. Of describes the reference predicts the list of ids alone, without filters and pages; of
/// settings, whether they may change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    policy: Policy,
    clock: u64,
    /// The leeway of the system under test.
    pub(super) leeway: Leeway,
    bug: Option<Bug>,
    /// In order of creation.
    replicas: Vec<Replica>,
    drills: Vec<Drill>,
    disks: Vec<Disk>,
    clusters: Vec<Cluster>,
    networks: Vec<Network>,
    /// The number of pairs, groups and clusters so far.
    ordinals: usize,
    /// In order of completion.
    tokens: Vec<Token>,
    /// The ids of all effects so far, in order.
    pub(super) used: Vec<EffectId>,
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
    pub fn new(policy: Policy) -> Self {
        Self { policy, ..Self::default() }
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
            let Some(reply) = after.apply(input, which) else { return branches };
            let (answer, rule, others) = match reply {
                Reply::Answered(answer, rule) => (answer, rule, 1),
                Reply::Refused(faults) => {
                    let Some(Fault { code, rule }) = faults.get(which).copied() else { return branches };
                    let answer = Answer::Refused {
                        code: code.into(),
                        replayed: Some(false),
                        rule: Some(RuleId::new(rule)),
                    };
                    (answer, rule, if self.leeway.any_fault { faults.len() } else { 1 })
                }
            };
            let elected = if self.leeway.elects_itself { after.elections() } else { Vec::new() };
            let branch = |after| Branch { answer: answer.clone(), rule: RuleId::new(rule), after };
            branches.push(branch(after));
            branches.extend(elected.into_iter().map(branch));
            which = which.saturating_add(1);
            if which >= others {
                return branches;
            }
        }
    }

    /// Takes over the ids of new effects from those that a system shows; of one that shows none, numbers them itself.
    pub fn bind(&mut self, shown: &[PendingEffect]) {
        let (hidden, mut last) = (self.leeway.hides_effects, self.used.len());
        let replicas = self.replicas.iter_mut().map(|replica| (&replica.id, replica.job.as_mut()));
        let drills = self.drills.iter_mut().map(|drill| (&drill.shown.id, drill.job.as_mut()));
        let clusters = self.clusters.iter_mut().flat_map(|cluster| {
            let run = cluster.run.as_mut().map(|run| &mut run.job);
            let work = cluster.work.as_mut().map(|(job, _)| job);
            [(&cluster.id, cluster.job.as_mut()), (&cluster.id, run), (&cluster.id, work)]
        });
        let networks = self.networks.iter_mut().map(|network| (&network.id, network.job.as_mut()));
        for (id, job) in replicas.chain(drills).chain(clusters).chain(networks) {
            if let Some(job) = job.filter(|job| job.id.is_none()) {
                job.id = if hidden {
                    last = last.saturating_add(1);
                    Some(EffectId(last as u64))
                } else {
                    shown.iter().find(|effect| effect.is_of(id, &job.task)).map(|effect| effect.id)
                };
                self.used.extend(job.id);
            }
        }
    }

    /// The faults of a call on pairs and groups; `None` if it would be accepted, or is another call.
    fn faults_of(&self, call: &Call, request: &Request) -> Option<Vec<Fault>> {
        self.faults_of_replica(call, request).or_else(|| self.faults_of_membership(call, request))
    }

    fn position(&self, kind: Kind, id: &str) -> Option<usize> {
        self.replicas.iter().position(|replica| replica.is(kind, id))
    }

    fn find(&self, kind: Kind, id: &str) -> Option<&Replica> {
        self.replicas.iter().find(|replica| replica.is(kind, id))
    }

    fn find_mut(&mut self, kind: Kind, id: &str) -> Option<&mut Replica> {
        self.replicas.iter_mut().find(|replica| replica.is(kind, id))
    }

    /// A pair or group of this account.
    fn mine(&self, kind: Kind, id: &str, account: &str) -> Option<&Replica> {
        self.find(kind, id).filter(|replica| replica.account == account)
    }

    fn add_replica(&mut self, replica: Replica) {
        self.ordinals = self.ordinals.saturating_add(1);
        self.replicas.push(Replica { ordinal: self.ordinals, ..replica });
    }

    fn add_cluster(&mut self, cluster: Cluster) {
        self.ordinals = self.ordinals.saturating_add(1);
        self.clusters.push(Cluster { ordinal: self.ordinals, ..cluster });
    }

    /// `None` if the input is not modelled.
    fn apply(&mut self, input: &Input, which: usize) -> Option<Reply> {
        let reply = self.take(input, which)?;
        self.plan_rounds();
        Some(reply)
    }

    fn take(&mut self, input: &Input, which: usize) -> Option<Reply> {
        match input {
            Input::Call(call, request, fresh) => {
                self.pass(call.now);
                self.call(call, request, fresh, which)
            }
            Input::Report(now, report) => {
                self.pass(*now);
                self.report(report)
            }
            Input::Advance(now) => {
                // With the mistake, time goes back here too.
                if self.planted(Bug::ClockGoesBack) {
                    self.clock = self.clock.min(now.as_millis());
                }
                Some(self.advance(now.as_millis()))
            }
        }
    }

    /// Time passes up to a call or report.
    fn pass(&mut self, now: Timestamp) {
        if self.leeway.timers_follow_clock {
            self.advance(now.as_millis());
        }
        self.observe_time(now);
    }

    /// The clock never goes back (`C-030`).
    fn observe_time(&mut self, now: Timestamp) {
        let now = now.as_millis();
        self.clock = if self.planted(Bug::ClockGoesBack) { now } else { self.clock.max(now) };
    }

    /// Fires the deadlines that are due, by time and then in order of creation (`E-410`, `E-411`, `E-660`).
    fn advance(&mut self, now: u64) -> Reply {
        let target = now.max(self.clock);
        let mut rule = "C-030";
        while let Some((due, of)) = self.first_due().filter(|(due, _)| *due <= target) {
            self.clock = self.clock.max(due);
            rule = match of {
                DueAt::Replica(at) => self.fire(at, due),
                DueAt::Cluster(at) => self.fire_cluster(at),
            };
        }
        self.clock = target;
        Reply::done(rule)
    }

    /// The first deadline: its time, and what is due.
    fn first_due(&self) -> Option<(u64, DueAt)> {
        let replicas = self.replicas.iter().enumerate();
        let replicas = replicas.filter_map(|(at, it)| Some((it.due?, it.ordinal, DueAt::Replica(at))));
        let clusters = self.clusters.iter().enumerate();
        let clusters = clusters.filter_map(|(at, it)| Some((it.due?, it.ordinal, DueAt::Cluster(at))));
        let first = replicas.chain(clusters).min_by_key(|(due, ordinal, _)| (*due, *ordinal))?;
        Some((first.0, first.2))
    }

    /// A call: its token first (`C-020`), then the resource.
    fn call(&mut self, call: &Call, request: &Request, fresh: &Fresh, which: usize) -> Option<Reply> {
        if let Some(reply) = self.look_up_token(call, request) {
            return Some(reply);
        }
        let reply = self.perform(call, request, fresh)?;
        self.settle(call, request, &reply, which);
        Some(reply)
    }

    /// `None` if the request is not modelled.
    fn perform(&mut self, call: &Call, request: &Request, fresh: &Fresh) -> Option<Reply> {
        let account = call.account.as_str();
        if let Some(faults) = self.faults_of(call, request) {
            return Some(Reply::Refused(faults));
        }
        Some(match request {
            Request::CreateDiskReplicaPair(create) => self.create_pair(call, create, fresh),
            Request::DescribeDiskReplicaPairs(describe) => {
                self.list_replicas(call, Kind::Pair, describe.site)
            }
            Request::CreateDiskReplicaGroup(create) => self.create_group(call, create, fresh),
            Request::DescribeDiskReplicaGroups(describe) => {
                self.list_replicas(call, Kind::Group, describe.site)
            }
            Request::StartPairDrill(_) | Request::StartReplicaGroupDrill(_) => {
                self.start_drill(call, request, fresh)?
            }
            Request::ClearPairDrill(_) | Request::ClearReplicaGroupDrill(_) => {
                self.clear_drill(call, request)?
            }
            // What is to stand by for a new cluster is not stated here (`P-017`, `P-018`).
            Request::CreateDbCluster(create) => {
                (create.hot_standby == HotStandby::Off).then(|| self.create_cluster(call, create, fresh))?
            }
            Request::DeleteDbCluster(delete) => self.delete_cluster(account, delete.cluster.as_str()),
            Request::ModifyDbClusterDeletion(lock) => self.lock_cluster(account, lock),
            Request::ModifyDbNodeConfig(modify) => self.set_priority(account, modify),
            Request::ModifyDbCluster(modify) => self.modify_cluster(account, modify, fresh),
            Request::ModifyDbClusterArch(change) => self.change_arch(account, change, fresh),
            Request::FailoverDbCluster(failover) => self.fail_cluster_over(account, failover),
            Request::DescribeDbClusters(_) => self.list_clusters(call),
            Request::DescribeDbClusterAttribute(describe) => {
                match self.cluster(account, describe.cluster.as_str()) {
                    Some(_) => Reply::observed("P-300"),
                    None => Reply::refused("InvalidDBCluster.NotFound", "P-100"),
                }
            }
            Request::CreateGlobalDatabaseNetwork(create) => self.create_network(account, create, fresh),
            Request::DeleteGlobalDatabaseNetwork(delete) => {
                self.delete_network(account, delete.network.as_str())
            }
            Request::RemoveDbClusterFromGdn(remove) => self.remove_from_network(account, remove),
            Request::SwitchOverGlobalDatabaseNetwork(switch) => self.switch_network_over(account, switch),
            Request::DescribeGlobalDatabaseNetwork(describe) => {
                let id = describe.network.as_str();
                match self.networks.iter().any(|network| network.id == id && network.account == account) {
                    true => Reply::observed("P-460"),
                    false => Reply::refused("GDN.NotFound", "P-460"),
                }
            }
            Request::DescribeGlobalDatabaseNetworks(_) => self.list_networks(account),
            other => {
                let done = self.replica_call(other).or_else(|| self.membership_call(other));
                done.or_else(|| self.list_drills(call, other)).or_else(|| self.label_call(call, other))?
            }
        })
    }
}
