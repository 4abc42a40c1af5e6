use super::*;

/// C-020: the late retry of a failover that worked does not meet the status that it brought about.
#[test]
fn the_token_is_looked_at_before_the_resource() {
    let mut world = at_status(S::Normal);
    assert!(accepted(&under(&mut world, "t", failover(1))));
    world.pair_succeeds(1);
    world
        .call(
            DESTINATION,
            failover_model::ebs::ReprotectDiskReplicaPair::new(pair_id(1)).reverse_replicate(true),
        )
        .unwrap();
    world.pair_succeeds(1);
    // By now the call belongs to the other region, and the pair could even be gone.
    let again = under(&mut world, "t", failover(1));
    assert!(again.replayed && accepted(&again));
    assert_eq!(kit::rule(world.failover(DESTINATION)), "E-621");
    assert_eq!(world.status(1), S::Stopped);
}

/// C-023.
#[test]
fn a_token_is_settled_by_the_acceptance_and_not_by_the_completion() {
    let mut world = at_status(S::Normal);
    let first = under(&mut world, "t", failover(1));
    let effect = first.step.effects[0].id;
    assert!(under(&mut world, "t", failover(1)).replayed);
    world.fail(effect);
    assert_eq!(world.status(1), S::FailoverFailed);
    let again = under(&mut world, "t", failover(1));
    assert!(again.replayed && again.step.is_empty());
    assert_eq!(world.status(1), S::FailoverFailed, "a replay is no retry");
    assert!(!under(&mut world, "another", failover(1)).replayed);
}

/// C-021.
#[test]
fn a_token_holds_for_one_account_region_product_and_operation() {
    let mut world = at_status(S::Normal);
    world.cluster(&[("a", 1)]);
    assert!(accepted(&under(&mut world, "t", stop(1))));
    // Another operation, product, region, account: each its own token.
    assert!(!under(&mut world, "t", failover(1)).replayed);
    let elsewhere = world.apply(OWNER, SOURCE, Some("t"), failover(1), Fresh::None).unwrap();
    assert_eq!(refusal(elsewhere), "E-621");
    let cluster = under(&mut world, "t", failover_request(None).into());
    assert!(!cluster.replayed && accepted(&cluster));
    let another = world.apply("2002", DESTINATION, Some("t"), stop(1), Fresh::None).unwrap();
    assert_eq!(refusal(another), "E-610");
    // And all of them are remembered side by side.
    for request in [stop(1), failover(1), failover_request(None).into()] {
        assert!(under(&mut world, "t", request).replayed);
    }
}

#[test]
fn by_policy_a_token_holds_for_the_whole_product() {
    let mut world = World::with(|policy| policy.tokens.scope = TokenScope::Product);
    world.bring_to(S::Normal);
    world.cluster(&[("a", 1)]);
    assert!(accepted(&under(&mut world, "t", stop(1))));
    assert_eq!(refusal(under(&mut world, "t", failover(1))), "T-090");
    assert!(accepted(&under(&mut world, "t", failover_request(None).into())));
}

/// T-090, before anything about the resource.
#[test]
fn another_request_under_a_used_token_is_a_mismatch() {
    let mut world = at_status(S::Normal);
    assert!(accepted(&under(&mut world, "t", failover(1))));
    assert_eq!(refusal(under(&mut world, "t", failover(99))), "T-090");
    let mut world = at_status(S::Created);
    let start = |one_shot| Request::from(StartDiskReplicaPair::new(pair_id(1)).one_shot(one_shot));
    assert!(accepted(&under(&mut world, "t", start(false))));
    assert_eq!(refusal(under(&mut world, "t", start(true))), "T-090");
}

/// C-022.
#[test]
fn a_refused_call_releases_its_token() {
    let mut world = at_status(S::Failingover);
    let request = || -> Request {
        failover_model::ebs::ReprotectDiskReplicaPair::new(pair_id(1)).reverse_replicate(true).into()
    };
    assert_eq!(refusal(under(&mut world, "t", request())), "E-232");
    world.pair_succeeds(1);
    let retried = under(&mut world, "t", request());
    assert!(accepted(&retried) && !retried.replayed);
}

#[test]
fn by_policy_a_refusal_is_remembered() {
    let mut world = World::with(|policy| policy.tokens.rejections = RejectionPolicy::Sticky);
    world.bring_to(S::Failingover);
    let request: Request =
        failover_model::ebs::ReprotectDiskReplicaPair::new(pair_id(1)).reverse_replicate(true).into();
    let call = |world: &mut World| {
        let token = failover_model::ClientToken::parse("t").unwrap();
        let call =
            failover_model::Call { now: at(world.now), account: id(OWNER), region: id(DESTINATION), token };
        world.plane.call_any(&call, &request, &Fresh::None).unwrap()
    };
    let first = call(&mut world);
    assert!(!first.replayed);
    world.pair_succeeds(1);
    let second = call(&mut world);
    assert!(second.replayed);
    assert_eq!(first.result, second.result);
    world.later(86_400_000);
    assert!(accepted(&call(&mut world)), "until the token expires");
}

/// C-010.
#[test]
fn a_token_of_a_narrower_alphabet_is_refused_before_anything_else() {
    let mut world = World::with(|policy| policy.tokens.alphabet = TokenAlphabet::Graphic);
    for token in ["a b", "tab\t", "\u{7f}"] {
        assert_eq!(refusal(under(&mut world, token, failover(9))), "E-601");
        assert_eq!(refusal(under(&mut world, token, failover_request(None).into())), "P-601");
        assert_eq!(refusal(under(&mut World::default(), token, failover(9))), "E-610");
    }
    assert_eq!(refusal(under(&mut world, "a-b", failover(9))), "E-610");
}

/// C-024.
#[test]
fn an_operation_without_a_client_token_ignores_one() {
    let mut world = World::with(|policy| policy.tokens.alphabet = TokenAlphabet::Graphic);
    world.cluster(&[("a", 1)]);
    let modify = |number| ModifyDbNodeConfig::new(id(CLUSTER), id("a"), priority(number));
    for number in [3, 3, 4] {
        let output = under(&mut world, "a b", modify(number).into());
        assert!(accepted(&output) && !output.replayed);
    }
    assert!(accepted(&under(&mut world, "t", DeleteDbCluster::new(id(CLUSTER)).into())));
    assert_eq!(refusal(under(&mut world, "t", DeleteDbCluster::new(id(CLUSTER)).into())), "P-020");
    assert!(world.plane.tokens().is_empty());
    let without: Vec<&str> =
        Operation::ALL.iter().filter(|operation| !operation.takes_token()).map(|op| op.as_str()).collect();
    assert_eq!(
        without,
        [
            "DescribeDiskReplicaPairs",
            "DescribeDiskReplicaPairProgress",
            "ListTagResources",
            "DescribeDiskReplicaGroups",
            "ClearPairDrill",
            "DescribePairDrills",
            "ClearReplicaGroupDrill",
            "DescribeReplicaGroupDrills",
            "DescribeRegions",
            "DeleteDBCluster",
            "ModifyDBNodeConfig",
            "RestartDBNode",
            "ModifyDBNodeHotReplicaMode",
            "ModifyDBClusterPrimaryZone",
            "ModifyDBClusterDeletion",
            "ModifyDBClusterMaintainTime",
            "ModifyDBCluster",
            "ModifyDBClusterArch",
            "DescribeDBClusters",
            "DescribeDBClustersZonal",
            "DescribeDBClusterAttribute",
            "DescribeDbClusterAttributeZonal",
            "DescribeDBClusterEndpoints",
            "DescribeDBClusterEndpointsZonal",
            "DescribeHALogs",
            "CreateGlobalDatabaseNetwork",
            "DeleteGlobalDatabaseNetwork",
            "RemoveDBClusterFromGDN",
            "SwitchOverGlobalDatabaseNetwork",
            "DescribeGlobalDatabaseNetwork",
            "DescribeGlobalDatabaseNetworks",
            "DescribeRegions"
        ]
    );
}

#[test]
fn a_replayed_create_answers_with_the_first_ids_and_uses_no_new_ones() {
    let mut world = World::default();
    let call = |world: &mut World, number| {
        world.apply(OWNER, SOURCE, Some("t"), create_request(1).into(), fresh(number))
    };
    let first = call(&mut world, 1).unwrap();
    for number in [2, 1] {
        let again = call(&mut world, number).unwrap();
        assert!(again.replayed);
        assert_eq!(again.result, first.result);
    }
    assert!(matches!(first.result, Some(Ok(Response::PairCreated(created))) if created.pair == pair_id(1)));
    assert_eq!(world.plane.pairs().count(), 1);
}

/// T-080 for the calls on nodes: the nodes and the order are the first ones.
#[test]
fn a_replayed_call_on_nodes_answers_with_the_first_ids() {
    let mut world = World::default();
    world.cluster(&[("a", 1)]);
    let create = CreateDbNodes::new(id(CLUSTER), vec![NewNode::default().class(id("polar.mysql.x4.large"))])
        .kind(NodeKind::Ordinary);
    let class = ModifyDbNodeClass::new(id(CLUSTER), ModifyType::Upgrade, id("polar.mysql.x8.large"));
    for request in [Request::from(create), class.into()] {
        let fresh = |number| {
            let order = id(&format!("o-{number}"));
            match request {
                Request::CreateDbNodes(_) => {
                    Fresh::Nodes(FreshNodes { nodes: vec![id(&format!("n-{number}"))], order })
                }
                _ => Fresh::Order(order),
            }
        };
        let first = world.apply(OWNER, SOURCE, Some("t"), request.clone(), fresh(1)).unwrap();
        assert!(accepted(&first) && !first.replayed, "{first:?}");
        let work = world.db().outstanding_work().expect("the call asked for work").0;
        world.succeed(work);
        let again = world.apply(OWNER, SOURCE, Some("t"), request.clone(), fresh(2)).unwrap();
        assert!(again.replayed);
        assert_eq!(again.result, first.result);
    }
    assert_eq!(world.db().nodes().len(), 3, "no node was made twice");
}

/// A file that was damaged may say that a stop answered what only a creation answers.
#[test]
fn a_token_that_remembers_the_answer_of_another_operation_is_a_mismatch() {
    let mut world = at_status(S::Normal);
    assert!(accepted(&under(&mut world, "t", stop(1))));
    let mut snapshot = serde_json::to_value(world.plane.snapshot()).unwrap();
    let outcome = snapshot.pointer_mut("/tokens/tenants/0/completed/0/outcome").unwrap();
    assert_eq!(*outcome, "accepted");
    *outcome = serde_json::json!({ "pair_created": { "pair": "pair-1", "order": "o-1" } });
    world.plane = ControlPlane::restore(serde_json::from_value(snapshot).unwrap()).unwrap();
    assert_eq!(refusal(under(&mut world, "t", stop(1))), "T-090");
}

#[test]
fn a_misused_call_leaves_its_token_free() {
    let mut world = World::default();
    world.create(1);
    let misuse = world.apply(OWNER, SOURCE, Some("t"), create_request(2).into(), fresh(1));
    assert_eq!(misuse.unwrap_err(), Misuse::BadFreshId);
    let output = world.apply(OWNER, SOURCE, Some("t"), create_request(2).into(), fresh(2)).unwrap();
    assert!(accepted(&output) && !output.replayed);
}

/// T-140, T-180, T-190 as the calls see them.
#[test]
fn tokens_expire_fill_up_and_are_evicted_as_the_policy_says() {
    let bounded = |overflow| {
        let mut world = World::with(|policy| {
            policy.tokens.capacity = NonZeroUsize::new(2).unwrap();
            policy.tokens.lifetime = Lifetime::For(NonZeroU64::new(1_000).unwrap());
            policy.tokens.overflow = overflow;
        });
        world.bring_to(S::Normal);
        world.later(10).failover(DESTINATION).unwrap();
        world
    };
    let mut world = bounded(Overflow::Refuse);
    assert!(accepted(&under(&mut world, "a", failover(1))));
    assert!(accepted(&under(&mut world, "b", failover(1))));
    assert_eq!(refusal(under(&mut world, "c", failover(1))), "T-180");
    assert_eq!(refusal(under(&mut world, "c", failover(99))), "T-180", "before the resource");
    world.later(999);
    assert!(under(&mut world, "a", failover(1)).replayed);
    world.later(1);
    let late = under(&mut world, "a", failover(1));
    assert!(accepted(&late) && !late.replayed);

    let mut world = bounded(Overflow::EvictOldestCompleted);
    for token in ["a", "b"] {
        under(&mut world, token, failover(1));
    }
    let third = under(&mut world, "c", failover(1));
    assert_eq!(kit::rules(&third.step), ["T-190"]);
    assert!(matches!(third.step.events[0].fact, Fact::TokenEvicted { horizon } if horizon > 0));
    assert!(under(&mut world, "b", failover(1)).replayed);
    assert!(!under(&mut world, "a", failover(1)).replayed);
}
