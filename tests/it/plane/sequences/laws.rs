//! The laws, verified after every input.

use super::*;

/// The nodes that can be elected and were not tried in this round.
fn open<'a>(state: &'a DbCluster, failover: &Failover) -> Vec<(&'a NodeId, Priority)> {
    (state.nodes().iter())
        .filter(|node| can_be_elected(node, failover.electorate()) && !failover.tried().contains(&node.id))
        .map(|node| (&node.id, node.priority))
        .collect()
}

/// A state but for its tokens.
fn but_tokens(plane: &ControlPlane) -> serde_json::Value {
    let mut state = serde_json::to_value(plane.snapshot()).unwrap();
    state["tokens"].take();
    state
}

impl Watched {
    /// The twin must be built alike; its hasher is seeded otherwise.
    pub(super) fn new(world: &strategies::World) -> Self {
        let plane = world.plane(kit::at(kit::START));
        let mut twin = ControlPlane::with_hash_seed(world.policy.clone(), 0xdead_beef);
        let _ = twin.advance(kit::at(kit::START));
        let (account, region) = (kit::id(steps::ACCOUNTS[0]), kit::id(steps::REGIONS[0]));
        for pair in &world.pairs {
            let _ = twin.adopt_pair(kit::at(kit::START), &account, &region, pair.clone());
        }
        if let Some(group) = &world.group {
            let _ = twin.adopt_group(kit::at(kit::START), &account, &region, group.clone());
        }
        for cluster in &world.clusters {
            let _ = twin.adopt_cluster(kit::at(kit::START), &account, cluster.clone());
        }
        if let Some(network) = &world.network {
            let _ = twin.adopt_network(kit::at(kit::START), &account, network.clone());
        }
        plane.check().unwrap();
        let counts = Counts::default();
        let (tokens, promoted, failovers) = (BTreeMap::new(), BTreeMap::new(), Failovers::default());
        Self { plane, twin, tokens, promoted, failovers, counts }
    }

    pub(super) fn of(policy: Policy) -> Self {
        Self::new(&strategies::World {
            policy,
            pairs: Vec::new(),
            group: None,
            clusters: Vec::new(),
            network: None,
        })
    }

    /// Runs a whole sequence.
    pub(super) fn run(&mut self, steps: &[TestStep]) {
        for step in steps {
            let _ = self.step(step);
        }
        assert_eq!(json(&self.twin), json(&self.plane), "equal states have equal snapshots");
    }

    pub(super) fn step(&mut self, step: &TestStep) -> Result<Output, Misuse> {
        let input = step.resolve(&self.plane);
        self.apply(&input)
    }

    /// Applies an input and asserts every law.
    fn apply(&mut self, input: &Input) -> Result<Output, Misuse> {
        let mut before = self.plane.clone();
        let result = self.plane.apply(input);
        self.counts.inputs += 1;

        assert_eq!(self.plane.check(), Ok(()), "after {input:?}");
        assert!(self.plane.clock() >= before.clock() && self.plane.clock() >= time(input));

        // The hash seed is never observable.
        assert_eq!(self.twin.apply(input), result, "the twin differs on {input:?}");
        assert_eq!(self.twin, self.plane);
        let text = json(&self.plane);

        // A snapshot is the state, whole.
        let restored = ControlPlane::restore(serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(restored, self.plane);
        assert_eq!(json(&restored), text);
        assert!(restored.outstanding().eq(self.plane.outstanding()));
        assert_eq!(restored.next_deadline(), self.plane.next_deadline());

        // What is refused, replayed or misused changes nothing but the clock; so does what has nothing to change.
        let idle = match &result {
            Err(_) => true,
            Ok(output) if output.replayed || matches!(output.result, Some(Err(_))) => {
                // By policy a refusal is remembered, which changes the tokens and may evict one, and nothing else.
                let remembered =
                    !output.replayed && self.plane.policy().tokens.rejections == RejectionPolicy::Sticky;
                let evicts = |event: &failover_model::Event| event.rule.as_str() == "T-190";
                assert!(output.step.effects.is_empty());
                assert!(output.step.is_empty() || (remembered && output.step.events.iter().all(evicts)));
                if remembered {
                    let mut still = before.clone();
                    look(&mut still, time(input));
                    assert_eq!(but_tokens(&self.plane), but_tokens(&still), "{input:?} changed something");
                }
                !remembered
            }
            Ok(_) => false,
        };
        if idle {
            let mut still = before.clone();
            look(&mut still, time(input));
            assert_eq!(json(&still), text, "{input:?} changed something");
        }

        self.watch_effects(&before, input, &result);
        self.watch_clusters(&before, &result);
        self.watch_failovers(&before, input, &result);
        if let Input::Call(call, request, _) = input {
            kit::assert_count(&before, &self.plane, request.operation(), &result);
            self.watch_tokens(&mut before, call, request, &result);
        }
        self.count(input, &result);
        result
    }

    /// The effects returned are those that are outstanding now and were not before; a report is taken only on one that
    /// was.
    fn watch_effects(&self, before: &ControlPlane, input: &Input, result: &Result<Output, Misuse>) {
        let known: BTreeSet<EffectId> = before.outstanding().map(|effect| effect.id).collect();
        if let Input::Report(_, Report::Outcome { id, .. }) = input {
            assert!(known.contains(id) || result.is_err(), "{id} was not outstanding");
        }
        let all: Vec<Effect> = self.plane.outstanding().collect();
        assert!(all.windows(2).all(|two| two[0].id < two[1].id), "outstanding effects ascend");
        let new: Vec<Effect> = all.iter().filter(|effect| !known.contains(&effect.id)).cloned().collect();
        let mut returned = result.as_ref().map(|output| output.step.effects.clone()).unwrap_or_default();
        returned.sort_by_key(|effect| effect.id);
        assert_eq!(returned, new);
        if let Some(highest) = known.last() {
            assert!(new.iter().all(|effect| effect.id > *highest), "an id is never used again");
        }
        for effect in &all {
            assert_eq!(self.plane.effect(effect.id).as_ref(), Some(effect));
        }
    }

    fn watch_clusters(&mut self, before: &ControlPlane, result: &Result<Output, Misuse>) {
        for cluster in self.plane.clusters() {
            let writers = cluster.nodes().iter().filter(|node| node.role == Role::Writer).count();
            assert_eq!(writers, 1, "{} has exactly one writer", cluster.id());
            let moved = before.cluster(cluster.id()).is_some_and(|old| {
                old.created_at() == cluster.created_at()
                    && old.writer().map(|node| &node.id) != cluster.writer().map(|node| &node.id)
            });
            let told = result.iter().flat_map(|output| &output.step.events).any(|event| {
                matches!(&event.fact, Fact::Cluster { fact: ClusterFact::WriterMoved { .. }, cluster: of } if of == cluster.id())
            });
            assert_eq!(
                moved,
                told,
                "the writer of {} moves only by a promotion that was reported",
                cluster.id()
            );
        }
        let Ok(output) = result else { return };
        for event in &output.step.events {
            if let Fact::Cluster { cluster, fact: ClusterFact::FailoverBegan { .. } } = &event.fact {
                self.promoted.insert(cluster.clone(), Vec::new());
            }
        }
        for effect in &output.step.effects {
            let EffectKind::Cluster { cluster, effect } = &effect.kind else { continue };
            let state = self.plane.cluster(cluster).unwrap();
            let Some(failover) = state.failover() else { continue };
            let tried = self.promoted.entry(cluster.clone()).or_default();
            // Nothing but the answer to this input has happened since the choice, so the nodes are as they were then.
            let (this_round, open) = (failover.tried(), open(state, failover));
            let highest = open.iter().map(|(_, priority)| *priority).max();
            match effect {
                ClusterEffect::PromoteNode(node) => {
                    self.counts.promotions += 1;
                    let named = failover.requested() == Some(node) && failover.cause() == Cause::Manual;
                    let first = |node: &NodeId| {
                        let hot = |id: &NodeId| state.node(id).is_some_and(|node| node.hot_replica);
                        let colder = failover.electorate().hot_first && !hot(node);
                        !colder || !open.iter().any(|(id, priority)| Some(*priority) == highest && hot(id))
                    };
                    // By policy a named target may be outside the zone and below the floor of the election after it.
                    let named_outside = named && state.node(node).is_some_and(|node| node.is_running());
                    let own = open.iter().find(|(open, _)| *open == node).map(|(_, priority)| *priority);
                    assert!(own.is_some() || named_outside, "{node} can be elected and was not tried");
                    assert!(named || own == highest, "{node} has the highest priority of those left");
                    assert!(named || first(node), "a hot replica comes first, by policy");
                    if self.plane.policy().polardb.rounds == NonZeroU8::MIN {
                        assert!(!tried.contains(node), "{node} is tried a second time");
                        let own = |node: &&NodeId| state.node(node).is_some();
                        assert_eq!(*this_round, tried.iter().filter(own).cloned().collect());
                    }
                    tried.push(node.clone());
                    let rounds = usize::from(self.plane.policy().polardb.rounds.get());
                    let times = tried.iter().filter(|tried| *tried == node).count();
                    assert!(times <= rounds, "{node} is tried more often than there are rounds");
                }
                ClusterEffect::ChooseNode(_) | ClusterEffect::Lifecycle(_) | ClusterEffect::Work(_) => {}
            }
        }
        // A choice that is pending, since now or for long, offers what the ranking says now.
        for effect in self.plane.outstanding() {
            let EffectKind::Cluster { cluster, effect: ClusterEffect::ChooseNode(offered) } = effect.kind
            else {
                continue;
            };
            let state = self.plane.cluster(&cluster).unwrap();
            let failover = state.failover().expect("a choice is asked for in a failover");
            let open = open(state, failover);
            let highest = open.iter().map(|(_, priority)| *priority).max();
            let mut tier: Vec<NodeId> = (open.iter())
                .filter(|(_, priority)| Some(*priority) == highest)
                .map(|(node, _)| (*node).clone())
                .collect();
            let hot = |id: &NodeId| state.node(id).is_some_and(|node| node.hot_replica);
            if failover.electorate().hot_first && tier.iter().any(hot) {
                tier.retain(hot);
            }
            assert_eq!(offered, tier);
            assert!(tier.len() > 1);
        }
    }

    /// The laws of failover, which look from outside.
    fn watch_failovers(&mut self, before: &ControlPlane, input: &Input, result: &Result<Output, Misuse>) {
        // A cluster that was removed and created again under its id is another one.
        let same = |cluster: &DbCluster| {
            let old = before.cluster(cluster.id());
            old.filter(|old| old.created_at() == cluster.created_at())
        };
        let then: Vec<Sight> = before.clusters().map(|cluster| Sight::of(cluster, None)).collect();
        let now: Vec<Sight> =
            self.plane.clusters().map(|cluster| Sight::of(cluster, same(cluster))).collect();
        let known = then
            .into_iter()
            .filter(|then| self.plane.clusters().any(|now| then.id == *now.id() && same(now).is_some()));
        let policy = &self.plane.policy().polardb;
        let kept =
            self.failovers.observe(policy, input, is_accepted(result), &known.collect::<Vec<_>>(), &now);
        assert_eq!(kept, Ok(()), "after {input:?}");
    }

    /// One token, one effect: while a token is remembered, its request takes effect no second time, and another request
    /// does not take effect under it.
    fn watch_tokens(
        &mut self,
        before: &mut ControlPlane,
        call: &failover_model::Call,
        request: &Request,
        result: &Result<Output, Misuse>,
    ) {
        let Some(token) = call.token.as_ref().filter(|_| request.operation().takes_token()) else {
            assert!(!result.as_ref().is_ok_and(|output| output.replayed), "no token, no replay");
            return;
        };
        let policy = self.plane.policy().tokens;
        let operation = request.operation();
        let scoped = policy.scope == failover_model::policy::TokenScope::Operation;
        let key: Key = (
            call.account.to_string(),
            call.region.to_string(),
            operation.product().code().to_string(),
            scoped.then(|| operation.as_str().to_string()),
            token.as_str().to_string(),
        );
        let now = self.plane.clock();
        let lives = |known: &Remembered| match policy.lifetime {
            Lifetime::Never => true,
            Lifetime::For(ms) => now.as_millis() - known.at.as_millis() < ms.get(),
        };
        let known = self.tokens.get(&key).filter(|known| lives(known)).cloned();
        // Evictions are told by the horizon, below which nothing is promised.
        let evicted = before.tokens().horizon(&call.account) > 0;
        let Ok(output) = result else {
            assert!(known.is_none() || evicted, "a remembered request needs no fresh ids");
            return;
        };
        let answer = output.result.clone().unwrap();
        match (&known, output.replayed) {
            (Some(known), true) => {
                assert_eq!(known.request, *request);
                assert_eq!(known.result, answer, "a replay answers as the first time");
            }
            (None, true) => panic!("{key:?} replays what was never done"),
            (Some(known), false) if !evicted => {
                assert_ne!(known.request, *request, "{key:?} takes effect a second time");
                assert_eq!(answer.as_ref().unwrap_err().rule().as_str(), "T-090");
            }
            (_, false) => {
                let settles = match &answer {
                    Ok(_) => true,
                    Err(refusal) => {
                        let by_the_token = matches!(refusal.rule().as_str(), "T-090" | "T-180")
                            || refusal.to_string().contains("ClientToken");
                        policy.rejections == RejectionPolicy::Sticky && !by_the_token
                    }
                };
                if settles {
                    self.tokens.insert(key, Remembered { request: request.clone(), result: answer, at: now });
                } else if answer.is_err() && known.is_none() && policy.overflow == Overflow::Refuse {
                    self.tokens.remove(&key);
                }
            }
        }
    }

    fn count(&mut self, input: &Input, result: &Result<Output, Misuse>) {
        let counts = &mut self.counts;
        counts.misused += u32::from(result.is_err());
        match (input, result) {
            (Input::Call(..), Ok(output)) => {
                counts.calls += 1;
                counts.replayed += u32::from(output.replayed);
                match output.result.as_ref().unwrap() {
                    Ok(_) => counts.accepted += 1,
                    Err(refusal) => {
                        counts.refused += 1;
                        counts.rules.insert(refusal.rule().as_str());
                    }
                }
            }
            (Input::Report(_, Report::Outcome { .. }), _) => {
                counts.reports += 1;
                counts.taken += u32::from(result.is_ok());
            }
            _ => {}
        }
        if let Ok(output) = result {
            counts.rules.extend(output.step.events.iter().map(|event| event.rule.as_str()));
        }
        counts.statuses.extend(self.plane.pairs().map(|pair| pair.status().as_str()));
    }
}
