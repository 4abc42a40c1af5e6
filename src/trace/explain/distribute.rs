//! The exchanges of a trace, each given to the components that it concerns.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::asked::{Asked, Expected, is_cut, part_of};
use super::compare::{Mismatch, miscounted};
use super::component::{Component, Finding, Nearest, Scope};
use super::judged::Judged;
use super::lost::Merged;
use super::names::{Kind, Names, asked_for, lists, only_looks, operation_of};
use super::run::{Run, World};
use super::survey::{Facts, Survey};
use super::{Explanation, Options, Part};
use crate::catalogue;
use crate::control_plane::ControlPlane;
use crate::ebs::RPO;
use crate::ids::RegionId;
use crate::operation::Operation;
use crate::polardb::HaLog;
use crate::policy::{Policy, RejectionPolicy};
use crate::rule::RuleId;
use crate::time::Span;
use crate::trace::exchange::Exchange;
use crate::trace::form::Unused;
use crate::trace::told::Told;
use crate::wire::{Parsed, WireRefusal, parse};

/// The region of calls that name none, if the recording does not say it.
const NOWHERE: &str = "cn-hangzhou";

/// Explains a trace exchange by exchange, in the order of their answers. Its memory grows with the resources and with what is
/// open at a time, not with the length of the trace.
#[derive(Debug)]
pub struct Explainer<'a> {
    survey: &'a Survey,
    options: &'a Options,
    share: Share,
    rules: Vec<RuleId>,
    /// Components that are one.
    merged: Merged,
    /// What is shown of each component.
    shown: BTreeMap<usize, Shown>,
    components: BTreeMap<usize, Component>,
    /// Calls that name nothing which exists.
    loose: Option<Component>,
    /// By account and kind, the components that have such resources.
    kinds: BTreeMap<(String, Kind), BTreeSet<usize>>,
    number: usize,
    judged: usize,
    unjudged: Vec<Unused>,
    /// The first answer that no state could give.
    misread: Option<Finding>,
}

/// Which of the components an [`Explainer`] explains. They are independent, so that several explainers can do it at once, in
/// threads of the caller; what each finds is [joined](Explanation::join).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The part, from 0.
    pub part: usize,
    /// Of how many, at least 1.
    pub of: usize,
}

impl Share {
    /// All components.
    pub const WHOLE: Self = Self { part: 0, of: 1 };

    /// Whether a component is in it. What concerns none is in the first part.
    fn has(self, component: Option<usize>) -> bool {
        let Some(component) = component else { return self.part == 0 };
        // Components of one kind can have numbers at regular distances.
        let mixed = (component as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        usize::try_from(mixed).unwrap_or(0).checked_rem(self.of).unwrap_or(0) == self.part
    }
}

/// What the survey knows of a component.
#[derive(Debug, Default)]
struct Shown {
    moments: BTreeSet<u64>,
    began: BTreeSet<u64>,
    created: BTreeSet<u64>,
    failovers: BTreeSet<u64>,
    turns: BTreeSet<u64>,
    delays: Vec<Span>,
    before: Vec<(String, Kind)>,
    lost: Vec<(String, Kind)>,
    resources: Vec<String>,
    logged: bool,
    told: Vec<Told>,
}

impl Shown {
    /// Takes in the pairs of answers between which something may have fallen due: at the earliest right after the first was
    /// asked for, and at the latest when the second came.
    fn turn(&mut self, turns: &BTreeSet<(u64, u64)>, clock_error: Span) {
        let error = clock_error.as_millis();
        for (after, until) in turns {
            self.turns.insert(after.saturating_sub(error).saturating_add(1));
            self.turns.insert(until.saturating_add(error));
        }
    }

    /// Puts what is told into the order of time, and leaves out what is of a time before any of it is shown, with the reason.
    fn hear(&mut self, facts: &Facts) -> Vec<Unused> {
        self.told.sort_by_key(|told| (told.at, told.order));
        let since = self.resources.iter().filter_map(|id| facts.shown_at.get(id)).min();
        let before =
            since.map_or(self.told.len(), |since| self.told.partition_point(|told| told.at < *since));
        let unused = |told: Told| {
            let at = format!("what is told of {}", told.at);
            Unused { at, why: "no answer shows what it is about until then".to_owned() }
        };
        self.told.drain(..before).map(unused).collect()
    }

    /// Takes in when switches are shown to begin, and how long after what sets it a deadline of these resources is.
    fn fall_due(&mut self, policy: &Policy, facts: &Facts) {
        for second in &self.began {
            let begins = second.saturating_mul(1_000);
            self.turns.extend([begins, begins.saturating_add(999)]);
        }
        let is = |kind| self.resources.iter().any(|id| facts.shown.get(id) == Some(&kind));
        if is(Kind::Cluster) {
            self.delays.push(policy.polardb.retry_pause);
        }
        if is(Kind::Pair) || is(Kind::Group) {
            self.delays.extend([RPO, policy.ebs.tombstone]);
        }
    }
}

impl<'a> Explainer<'a> {
    /// An explainer of the trace that was surveyed.
    pub fn new(survey: &'a Survey, options: &'a Options) -> Self {
        Self::sharing(survey, options, Share::WHOLE)
    }

    /// An explainer of a part of the components. It is given every exchange of the trace all the same.
    pub fn sharing(survey: &'a Survey, options: &'a Options, share: Share) -> Self {
        let mut rules: Vec<RuleId> = catalogue::rules().iter().map(|rule| rule.id).collect();
        rules.sort_unstable();
        let facts = &survey.facts;
        let merged = Merged::of(facts, &survey.together, options.clock_error);
        let component = |name: &str| Some(merged.component(survey.together.component(name)?));
        let component_of = |number: usize| merged.component(survey.together.component_of(number));
        let mut shown: BTreeMap<usize, Shown> = BTreeMap::new();
        let mut kinds: BTreeMap<(String, Kind), BTreeSet<usize>> = BTreeMap::new();
        for (id, kind) in &facts.shown {
            let Some(component) = component(id) else { continue };
            let of = shown.entry(component).or_default();
            of.resources.push(id.clone());
            if merged.has_made(id) {
                of.lost.push((id.clone(), *kind));
            } else if !facts.created.contains(id) {
                of.before.push((id.clone(), *kind));
            }
            let account = facts.accounts.get(id).cloned().unwrap_or_default();
            kinds.entry((account, *kind)).or_default().insert(component);
        }
        // Nodes too, which are no resources of their own.
        for (id, at) in &facts.created_at {
            if let Some(component) = component(id) {
                shown.entry(component).or_default().created.insert(*at);
            }
        }
        for (number, moments) in &facts.moments {
            shown.entry(component_of(*number)).or_default().moments.extend(moments);
        }
        for (number, began) in &facts.began {
            shown.entry(component_of(*number)).or_default().began.extend(began);
        }
        for (number, calls) in &facts.failovers {
            shown.entry(component_of(*number)).or_default().failovers.extend(calls);
        }
        for (number, turns) in &survey.turns.between {
            shown.entry(component_of(*number)).or_default().turn(turns, options.clock_error);
        }
        shown.values_mut().for_each(|shown| shown.fall_due(&options.policy, facts));
        for (number, told) in &facts.told {
            let place = |told: &Told| told.order.filter(|_| survey.is_counted());
            let told = told.iter().map(|told| Told { order: place(told), ..told.clone() });
            shown.entry(component_of(*number)).or_default().told.extend(told);
        }
        let unjudged = shown.values_mut().flat_map(|shown| shown.hear(facts)).collect();
        for cluster in &facts.logged {
            if let Some(component) = component(cluster) {
                shown.entry(component).or_default().logged = true;
            }
        }
        Self {
            survey,
            options,
            share,
            rules,
            merged,
            shown,
            components: BTreeMap::new(),
            loose: None,
            kinds,
            number: 0,
            judged: 0,
            unjudged: if share.has(None) { unjudged } else { Vec::new() },
            misread: None,
        }
    }

    /// Takes the next exchange. Explainers of several shares can be given the same one.
    pub fn take(&mut self, exchange: impl Into<Arc<Exchange>>) {
        let number = self.number;
        self.number = number.saturating_add(1);
        let exchange = exchange.into();
        let concerned = self.concerned(number, &exchange);
        if !concerned.iter().any(|component| self.share.has(*component)) {
            return;
        }
        // What cannot be judged is counted once.
        let counts = concerned.first().is_some_and(|component| self.share.has(*component));
        if let Err(why) = self.judge(number, exchange, &concerned, counts)
            && counts
        {
            self.unjudged.push(Unused { at: format!("exchange {}", number.saturating_add(1)), why });
        }
    }

    fn judge(
        &mut self,
        number: usize,
        exchange: Arc<Exchange>,
        concerned: &BTreeSet<Option<usize>>,
        counts: bool,
    ) -> Result<(), String> {
        let operation = operation_of(&exchange);
        let expected = Expected::of(&exchange)?;
        let parsed = parse(Some(&exchange.action), Some(&exchange.version), &exchange.wire_parameters());
        let (operation, parsed) = match (operation, parsed) {
            (Some(operation), Ok(parsed)) => (operation, parsed),
            (_, Err(WireRefusal::Gateway(error))) => return Err(error.to_string()),
            (None, _) => return Err(format!("{} is not modelled", exchange.action)),
            (Some(_), Err(WireRefusal::Refused(_))) if !counts => return Ok(()),
            (Some(_), Err(WireRefusal::Refused(refusal))) => {
                self.judged = self.judged.saturating_add(1);
                let error = refusal.wire();
                let shown = match expected {
                    Expected::Unknown => return Ok(()),
                    Expected::Refused { status, code }
                        if error.status == status && error.code == code.as_str() =>
                    {
                        return Ok(());
                    }
                    Expected::Refused { status, code } => format!("{status} {code}"),
                    Expected::Accepted { .. } => "accepted".to_owned(),
                };
                let allowed = format!("{} {}", error.status, error.code);
                let at = "the answer".to_owned();
                self.misread(number, Mismatch { at, allowed, shown, rule: Some(refusal.rule()) });
                return Ok(());
            }
        };
        let tags_alone = operation == Operation::ListTagResources
            && !exchange.parameters.keys().any(|name| name.starts_with("ResourceId."));
        if tags_alone {
            return Err("a list of tags without resources tells of no one resource".to_owned());
        }
        match operation {
            Operation::DescribeEbsRegions | Operation::DescribePolarDbRegions => {
                return Err("a list of regions tells of no resource".to_owned());
            }
            Operation::DescribeGlobalDatabaseNetworks | Operation::DescribeDbClustersZonal => {
                return Err(format!("what {} lists is not taken apart", exchange.action));
            }
            _ => {}
        }
        if let (Some(Kind::Cluster), Expected::Accepted { body, .. }) = (lists(operation), &expected)
            && let Some(mismatch) = miscounted(body)
        {
            if counts {
                self.judged = self.judged.saturating_add(1);
                self.misread(number, mismatch);
            }
            return Ok(());
        }
        let region = parsed.region.clone().or_else(|| exchange.region.clone());
        let region = region.map_or_else(|| RegionId::parse(NOWHERE), Ok).map_err(|bad| bad.to_string())?;
        let (begin, end) = match exchange.order.filter(|_| self.survey.is_counted()) {
            Some(order) => order,
            None => (exchange.sent.as_millis(), exchange.answered.as_millis()),
        };
        if matches!(expected, Expected::Unknown) && only_looks(operation) {
            return Err("the answer of a look is lost, which tells nothing".to_owned());
        }
        let Parsed { request, token, .. } = parsed;
        let sticks = token.is_some() && self.options.policy.tokens.rejections == RejectionPolicy::Sticky;
        let asked = Asked { number, exchange, begin, end, region, token, request, sticks, expected };
        self.distribute(asked, operation, concerned);
        Ok(())
    }

    /// No state gives this answer.
    fn misread(&mut self, exchange: usize, mismatch: Mismatch) {
        let nearest = Vec::from([Nearest { assumed: Vec::new(), mismatch }]);
        self.misread.get_or_insert(Finding::Refuted { exchange, nearest });
    }

    /// The component of a name.
    fn component(&self, name: &str) -> Option<usize> {
        Some(self.merged.component(self.survey.together.component(name)?))
    }

    /// The components that an exchange concerns: of a list that tells of several all of them. `None` stands for what names
    /// nothing that there is.
    fn concerned(&self, number: usize, exchange: &Exchange) -> BTreeSet<Option<usize>> {
        let Some(operation) = operation_of(exchange) else { return BTreeSet::from([None]) };
        if let Some(component) = self.merged.of_call(number) {
            return BTreeSet::from([Some(component)]);
        }
        let Some(kind) = lists(operation) else {
            let of = |names: Names| names.joined.iter().find_map(|name| self.component(name));
            let asked = of(Names::of_request(exchange, operation));
            return BTreeSet::from([asked.or_else(|| of(Names::of(exchange, operation)))]);
        };
        let ids = asked_for(exchange);
        if exchange.answer.as_ref().is_none_or(|answer| answer.code().is_some()) {
            return BTreeSet::from([ids.iter().find_map(|id| self.component(id))]);
        }
        let names = Names::of(exchange, operation);
        let mentioned = names.apart.iter().flatten().filter_map(|name| self.component(name));
        let mut components: BTreeSet<Option<usize>> = mentioned.map(Some).collect();
        if ids.is_empty() {
            let of = (exchange.account.as_str().to_owned(), kind);
            components.extend(self.kinds.get(&of).into_iter().flatten().map(|component| Some(*component)));
        }
        if components.is_empty() { BTreeSet::from([None]) } else { components }
    }

    fn distribute(&mut self, asked: Asked, operation: Operation, concerned: &BTreeSet<Option<usize>>) {
        let is_list = lists(operation).is_some() && matches!(asked.expected, Expected::Accepted { .. });
        let Some(first) = concerned.first().filter(|first| !is_list || first.is_none()) else {
            self.give_parts(&asked, operation, concerned);
            return;
        };
        self.give(*first, asked);
    }

    /// Gives each component what a list tells of it.
    fn give_parts(&mut self, asked: &Asked, operation: Operation, concerned: &BTreeSet<Option<usize>>) {
        let Expected::Accepted { body, .. } = &asked.expected else { return };
        let whole = concerned.len() == 1 && !asked_for(&asked.exchange).is_empty();
        let cut = is_cut(&asked.exchange, body);
        let share = self.share;
        for component in concerned.iter().copied().flatten().filter(|of| share.has(Some(*of))) {
            let body = match whole {
                true => body.clone(),
                false => part_of(operation, body, |id| self.component(id) == Some(component)),
            };
            let part = Asked {
                number: asked.number,
                exchange: Arc::clone(&asked.exchange),
                begin: asked.begin,
                end: asked.end,
                region: asked.region.clone(),
                token: asked.token.clone(),
                request: asked.request.clone(),
                sticks: asked.sticks,
                expected: Expected::Accepted { body, whole, cut },
            };
            self.give(Some(component), part);
        }
    }

    fn give(&mut self, component: Option<usize>, asked: Asked) {
        if !self.share.has(component) {
            return;
        }
        let asked = Arc::new(asked);
        let until = asked.end.saturating_sub(self.survey.longest());
        let none = Shown::default();
        let shown = component.and_then(|component| self.shown.get(&component)).unwrap_or(&none);
        let world = world(self.survey, self.options, &self.rules, shown);
        let policy = &self.options.policy;
        let new = || {
            let log = shown.logged.then(HaLog::default);
            let mut plane = ControlPlane::new(policy.clone());
            plane.set_regions(self.survey.facts.zones.clone());
            Component::new(Run::new(plane, log))
        };
        let to = match component {
            Some(number) => self.components.entry(number).or_insert_with(new),
            None => self.loose.get_or_insert_with(new),
        };
        to.enqueue(asked);
        to.explain(Some(until), scope(&world, self.options));
    }

    /// Explains what is left, and says what was found.
    pub fn finish(mut self) -> Explanation {
        let none = Shown::default();
        let mut explanation = Explanation {
            parts: Vec::new(),
            judged: self.judged,
            unjudged: core::mem::take(&mut self.unjudged),
        };
        let components =
            core::mem::take(&mut self.components).into_iter().map(|(number, of)| (Some(number), of));
        let loose = self.loose.take().map(|of| (None, of));
        for (number, mut component) in components.chain(loose) {
            let shown = number.and_then(|number| self.shown.get(&number)).unwrap_or(&none);
            let world = world(self.survey, self.options, &self.rules, shown);
            component.explain(None, scope(&world, self.options));
            let judged = component.judged;
            explanation.judged = explanation.judged.saturating_add(judged);
            for (number, why) in &component.unjudged {
                let at = format!("exchange {}", number.saturating_add(1));
                explanation.unjudged.push(Unused { at, why: why.clone() });
            }
            let mut needed = component.runs.first().map(|run| run.rules).unwrap_or_default();
            component.runs.iter().for_each(|run| needed.intersect(&run.rules));
            explanation.parts.push(Part {
                resources: shown.resources.clone(),
                judged,
                steps: component.steps(),
                needed: needed.of(&self.rules).collect(),
                finding: component.finding,
            });
        }
        if let Some(finding) = self.misread {
            let (resources, steps, needed) = (Vec::new(), Vec::new(), Vec::new());
            explanation.parts.push(Part { resources, judged: 1, finding, steps, needed });
        }
        explanation.sort();
        explanation
    }
}

fn world<'w>(survey: &'w Survey, options: &Options, rules: &'w [RuleId], shown: &'w Shown) -> World<'w> {
    World {
        facts: &survey.facts,
        moments: &shown.moments,
        began: &shown.began,
        created: &shown.created,
        failovers: &shown.failovers,
        turns: &shown.turns,
        delays: &shown.delays,
        longest: survey.longest_ms(),
        ends: survey.last().after(options.clock_error),
        before: &shown.before,
        lost: &shown.lost,
        clock_error: options.clock_error,
        switch_window: options.policy.polardb.switch_window,
        judged: Judged::default(),
        told: &shown.told,
        rules,
        keeps_steps: options.limits.steps_kept > 0,
    }
}

fn scope<'a>(world: &'a World<'a>, options: &'a Options) -> Scope<'a> {
    Scope { world, limits: &options.limits, others: options.others }
}
