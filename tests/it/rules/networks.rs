//! Global database networks.

use failover_model::polardb::{
    ClusterSeed, CreateGlobalDatabaseNetwork, DbCluster, DeleteDbCluster, DeleteGlobalDatabaseNetwork,
    DescribeGlobalDatabaseNetworks, Edition, Engine, FailoverDbClusterZonal, GlobalDatabaseNetwork,
    ModifyDbClusterDeletion, NetworkCreated, NetworkFact, NetworkPage, NetworkSeed, NetworkStatus, Removal,
    RemoveDbClusterFromGdn, RestartDbNode, Role, SwitchMode, SwitchOverGlobalDatabaseNetwork,
};
use failover_model::policy::NetworkEngines;
use failover_model::{
    Breach, EffectKind, Fact, Fresh, FreshCluster, Misuse, NotAdopted, Observation, Refusal, Request,
    Response, Step, Violation,
};

use crate::kit::{
    CLUSTER, DESTINATION, OWNER, SOURCE, START, World, at, create_cluster, failover_request, id, message,
    node, rule, seed,
};

const NETWORK: &str = "gdn-1";
const STRANGER: &str = "9";

/// A running cluster of this id.
fn stands(world: &mut World, name: &str) {
    let nodes =
        vec![node(&format!("{name}-w"), Role::Writer, 1), node(&format!("{name}-r"), Role::Reader, 1)];
    let _ = world.adopt(ClusterSeed { id: id(name), nodes, ..seed(&[]) });
}

fn create(world: &mut World, cluster: &str) -> Result<Step, Refusal> {
    let request = CreateGlobalDatabaseNetwork::new(id(cluster));
    let network = id(&cluster.replace("pc", "gdn"));
    let fresh = Fresh::Network(NetworkCreated { network });
    let output = world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap();
    output.result.unwrap().map(|_| output.step)
}

/// Creates a secondary in the region [`DESTINATION`], which stays in `Creating`.
fn join(world: &mut World, name: &str, version: &str) -> Result<Step, Refusal> {
    let (version, joins) = (version.into(), Some(id(NETWORK)));
    let request = with!(create_cluster(Edition::Normal, 2), version = version, joins = joins);
    let nodes = vec![id(&format!("{name}-w")), id(&format!("{name}-r"))];
    let fresh = Fresh::Cluster(FreshCluster { cluster: id(name), nodes, order: id("o-1") });
    let output = world.apply(OWNER, DESTINATION, None, request.into(), fresh).unwrap();
    output.result.unwrap().map(|_| output.step)
}

fn remove(cluster: &str, removal: Removal) -> RemoveDbClusterFromGdn {
    RemoveDbClusterFromGdn::new(id(NETWORK), id(cluster)).removal(removal)
}

fn switch(to: Option<&str>, mode: SwitchMode) -> SwitchOverGlobalDatabaseNetwork {
    with!(SwitchOverGlobalDatabaseNetwork::new(id(NETWORK)).mode(mode), cluster = to.map(id))
}

fn delete() -> DeleteGlobalDatabaseNetwork {
    DeleteGlobalDatabaseNetwork::new(id(NETWORK))
}

/// An active network of the primary `pc-1` and these secondaries, all running.
fn network(secondaries: &[&str]) -> World {
    let mut world = World::default();
    stands(&mut world, CLUSTER);
    let step = create(&mut world, CLUSTER).unwrap();
    let _ = world.succeed(step.effects[0].id);
    for name in secondaries {
        let step = join(&mut world, name, "8.0").unwrap();
        let _ = world.succeed(step.effects[0].id);
    }
    world
}

fn found(world: &World) -> &GlobalDatabaseNetwork {
    world.plane.network(&id(NETWORK)).expect("the network exists")
}

fn status(world: &World) -> &'static str {
    found(world).status().as_str()
}

/// The primary, then the secondaries with whether they replicate.
fn roles(world: &World) -> (String, Vec<(String, bool)>) {
    let of = |network: &GlobalDatabaseNetwork| {
        let secondaries = network.secondaries().iter();
        secondaries.map(|secondary| (secondary.cluster.to_string(), secondary.replicates)).collect()
    };
    (found(world).primary().to_string(), of(found(world)))
}

fn replicating(names: &[&str]) -> Vec<(String, bool)> {
    names.iter().map(|name| (String::from(*name), true)).collect()
}

fn pending(world: &World) -> failover_model::EffectId {
    found(world).pending().expect("an effect is pending").id
}

fn facts(step: &Step) -> Vec<(&'static str, NetworkFact)> {
    let fact = |event: &failover_model::Event| match &event.fact {
        Fact::Network { fact, network } => {
            assert_eq!(network.as_str(), NETWORK);
            Some((event.rule.as_str(), fact.clone()))
        }
        _ => None,
    };
    step.events.iter().filter_map(fact).collect()
}

fn wire<T: std::fmt::Debug>(result: Result<T, Refusal>) -> (u16, String, &'static str) {
    let refusal = result.expect_err("the call is refused");
    let wire = refusal.wire();
    (wire.status, wire.code.into_owned(), refusal.rule().as_str())
}

/// P-400, P-404.
#[test]
fn a_network_is_made_around_its_primary() {
    let mut world = World::default();
    stands(&mut world, CLUSTER);
    let step = create(&mut world, CLUSTER).unwrap();
    let begun = NetworkFact::Status { from: None, to: Some(NetworkStatus::Creating) };
    assert_eq!(facts(&step), [("P-400", begun)]);
    let EffectKind::Network { network, primary, secondaries, .. } = &step.effects[0].kind else { panic!() };
    assert_eq!((network.as_str(), primary.as_str(), secondaries.len()), (NETWORK, CLUSTER, 0));
    assert_eq!((status(&world), roles(&world)), ("creating", (CLUSTER.into(), vec![])));
    assert_eq!(world.plane.network_of(&id(CLUSTER)), Some(found(&world)));
    let mut failing = world.clone();
    let step = failing.fail(step.effects[0].id);
    let gone = NetworkFact::Status { from: Some(NetworkStatus::Creating), to: None };
    assert_eq!(facts(&step), [("P-404", gone)]);
    assert!(
        failing.plane.network(&id(NETWORK)).is_none() && failing.plane.network_of(&id(CLUSTER)).is_none()
    );
    assert_eq!(failing.db_status(), "Running");
    let effect = pending(&world);
    let _ = world.succeed(effect);
    assert_eq!(status(&world), "active");
}

/// P-401, P-402, P-403, P-100.
#[test]
fn a_network_is_not_made_of_any_cluster() {
    let mut world = network(&["pc-2"]);
    for taken in [CLUSTER, "pc-2"] {
        assert_eq!(wire(create(&mut world, taken)), (400, "MemberIns.Exist".into(), "P-401"));
    }
    assert_eq!(rule(create(&mut world, "pc-9")), "P-100");
    stands(&mut world, "pc-3");
    let status = Some(message("ClassChanging"));
    let _ = world.observe(Observation::ClusterBusy { cluster: id("pc-3"), status });
    let refused = (403, "OperationDenied.DBClusterStatus".into(), "P-403");
    assert_eq!(wire(create(&mut world, "pc-3")), refused);
}

/// P-402: every version of MySQL and the newest of the others, or by the reference MySQL 8.0 alone.
#[test]
fn only_some_engines_have_networks() {
    use Engine::{MySql, Oracle, PostgreSql};
    let all = [(MySql, "5.6"), (MySql, "5.7"), (MySql, "8.0"), (PostgreSql, "11"), (PostgreSql, "14")];
    let all = all.into_iter().chain([(PostgreSql, "15"), (Oracle, "11"), (Oracle, "14")]);
    for (engine, version) in all {
        for reading in [NetworkEngines::UserGuides, NetworkEngines::Reference] {
            let mut world = World::with(|policy| policy.polardb.network_engines = reading);
            let _ = world.adopt(ClusterSeed { engine, version: version.into(), ..seed(&[]) });
            let admitted = match reading {
                NetworkEngines::UserGuides => engine == MySql || version == "14",
                NetworkEngines::Reference => (engine, version) == (MySql, "8.0"),
            };
            match create(&mut world, CLUSTER) {
                Ok(_) => assert!(admitted, "{engine:?} {version}"),
                Err(refusal) => {
                    assert!(!admitted, "{engine:?} {version}");
                    let refused = (400, "InvalidEngineVersion.Unsupported".into(), "P-402");
                    assert_eq!(wire::<()>(Err(refusal)), refused);
                }
            }
        }
    }
}

/// P-410, P-413.
#[test]
fn a_secondary_is_a_member_from_the_call_that_creates_it() {
    let mut world = network(&[]);
    let step = join(&mut world, "pc-2", "8.0").unwrap();
    assert_eq!(facts(&step), [("P-413", NetworkFact::Joined(id("pc-2")))]);
    assert_eq!((status(&world), roles(&world).1), ("active", replicating(&["pc-2"])));
    let cluster = world.plane.cluster(&id("pc-2")).unwrap();
    assert_eq!((cluster.status().as_str(), cluster.region().as_str()), ("Creating", DESTINATION));
    let step = world.fail(step.effects[0].id);
    assert_eq!(facts(&step), [("P-453", NetworkFact::Left(id("pc-2")))]);
    assert_eq!((status(&world), roles(&world).1), ("active", vec![]));
    assert!(world.plane.network_of(&id("pc-2")).is_none());
}

/// P-411, P-412, P-451, P-460.
#[test]
fn a_network_has_four_secondaries_like_its_primary() {
    let mut world = network(&["pc-2", "pc-3", "pc-4"]);
    let engine = (400, "InvalidEngineVersion.Unsupported".into(), "P-411");
    assert_eq!(wire(join(&mut world, "pc-5", "5.7")), engine);
    let _ = join(&mut world, "pc-5", "8.0").unwrap();
    assert_eq!(wire(join(&mut world, "pc-6", "8.0")), (400, "MemberNumber.NotSupport".into(), "P-412"));
    assert!(world.plane.cluster(&id("pc-6")).is_none());
    let mut world = network(&["pc-2"]);
    let _ = world.call(SOURCE, switch(None, SwitchMode::Planned)).unwrap();
    let refused = (403, "OperationDenied.DBClusterStatus".into(), "P-451");
    assert_eq!(wire(join(&mut world, "pc-6", "8.0")), refused);
    assert_eq!(rule(join(&mut World::default(), "pc-2", "8.0")), "P-460");
}

/// A creation that is accepted needs fresh ids, and a network that takes no secondary needs none.
#[test]
fn a_network_is_made_under_an_id_that_is_free() {
    let mut world = network(&[]);
    stands(&mut world, "pc-2");
    let request = CreateGlobalDatabaseNetwork::new(id("pc-2"));
    let taken = Fresh::Network(NetworkCreated { network: id(NETWORK) });
    for fresh in [Fresh::None, taken] {
        let output = world.apply(OWNER, SOURCE, None, request.clone().into(), fresh);
        assert_eq!(output.unwrap_err(), Misuse::BadFreshId);
    }
}

/// P-420, P-424.
#[test]
fn a_secondary_that_is_removed_is_a_cluster_of_its_own() {
    let mut world = network(&["pc-2", "pc-3"]);
    let _ = world.call(SOURCE, remove("pc-2", Removal::Orderly)).unwrap();
    assert_eq!((status(&world), roles(&world).1.len()), ("removing_member", 2));
    let mut failing = world.clone();
    let step = failing.fail(pending(&world));
    assert_eq!((facts(&step)[0].0, status(&failing), roles(&failing).1.len()), ("P-424", "active", 2));
    let effect = pending(&world);
    let step = world.succeed(effect);
    assert_eq!(facts(&step)[0], ("P-420", NetworkFact::Left(id("pc-2"))));
    assert_eq!((status(&world), roles(&world).1), ("active", replicating(&["pc-3"])));
    let _ = create(&mut world, "pc-2").unwrap();
}

/// P-421, P-422, P-423, P-100, P-460.
#[test]
fn not_every_cluster_is_removed() {
    let mut world = network(&["pc-2"]);
    stands(&mut world, "pc-3");
    let mut ask = |cluster, removal| wire(world.call(SOURCE, remove(cluster, removal)));
    assert_eq!(ask(CLUSTER, Removal::Forced), (400, "MemberRole.NotSupport".into(), "P-421"));
    assert_eq!(ask("pc-3", Removal::Forced), (404, "InvalidDBClusterId.NotFound".into(), "P-422"));
    assert_eq!(ask("pc-9", Removal::Forced), (404, "InvalidDBCluster.NotFound".into(), "P-100"));
    let status = Some(message("ClassChanging"));
    let _ = world.observe(Observation::ClusterBusy { cluster: id("pc-2"), status });
    let refused = (403, "OperationDenied.DBClusterStatus".into(), "P-423");
    assert_eq!(wire(world.call(SOURCE, remove("pc-2", Removal::Orderly))), refused);
    let _ = world.call(SOURCE, remove("pc-2", Removal::Forced)).unwrap();
    assert_eq!(rule(world.call(SOURCE, remove("pc-2", Removal::Forced))), "P-451");
    assert_eq!(rule(World::default().call(SOURCE, remove("pc-2", Removal::Orderly))), "P-460");
}

/// P-430, P-431, P-424.
#[test]
fn a_network_is_deleted_when_its_primary_is_left_alone() {
    let mut world = network(&["pc-2"]);
    assert_eq!(wire(world.call(SOURCE, delete())), (400, "MemberNumber.NotSupport".into(), "P-430"));
    let _ = world.call(SOURCE, remove("pc-2", Removal::Orderly)).unwrap();
    let effect = pending(&world);
    let _ = world.succeed(effect);
    let _ = world.call(SOURCE, delete()).unwrap();
    assert_eq!(status(&world), "deleting");
    assert_eq!(rule(world.call(SOURCE, delete())), "P-451");
    let mut failing = world.clone();
    let _ = failing.fail(pending(&world));
    assert_eq!(status(&failing), "active");
    let effect = pending(&world);
    let step = world.succeed(effect);
    let gone = NetworkFact::Status { from: Some(NetworkStatus::Deleting), to: None };
    assert_eq!(facts(&step), [("P-431", gone)]);
    assert!(world.plane.network(&id(NETWORK)).is_none());
    assert_eq!(wire(world.call(SOURCE, delete())), (404, "GDN.NotFound".into(), "P-460"));
    let _ = create(&mut world, CLUSTER).unwrap();
}

/// P-440, P-446: the roles change, nobody leaves, and everybody replicates from the new primary.
#[test]
fn a_planned_switch_over_changes_the_roles() {
    let mut world = network(&["pc-2", "pc-3"]);
    let step = world.call(SOURCE, switch(Some("pc-3"), SwitchMode::Planned)).unwrap();
    assert_eq!((status(&world), roles(&world).0), ("locked", CLUSTER.into()));
    world.later(160_000);
    let step = world.succeed(step.effects[0].id);
    let (rule, NetworkFact::SwitchedOver { from, to, mode, took }) = &facts(&step)[0] else { panic!() };
    assert_eq!((*rule, from.as_str(), to.as_str()), ("P-446", CLUSTER, "pc-3"));
    assert_eq!((*mode, took.as_millis()), (SwitchMode::Planned, 160_000));
    assert_eq!(roles(&world), ("pc-3".into(), replicating(&["pc-2", CLUSTER])));
    // And back.
    let step = world.call(SOURCE, switch(Some(CLUSTER), SwitchMode::Planned)).unwrap();
    let _ = world.succeed(step.effects[0].id);
    assert_eq!(roles(&world), (CLUSTER.into(), replicating(&["pc-2", "pc-3"])));
}

/// P-447, P-445: the old primary stays and does not replicate; it is removed, or switched to by force.
#[test]
fn a_forced_switch_over_leaves_the_old_primary_behind() {
    let mut world = network(&["pc-2"]);
    let _ = world.observe(Observation::Node {
        node: id("pc-1-w"),
        change: failover_model::polardb::NodeChange::Up(false),
    });
    assert_eq!(world.db_status(), "Switching");
    assert_eq!(rule(world.call(SOURCE, switch(None, SwitchMode::Planned))), "P-444");
    let step = world.call(SOURCE, switch(None, SwitchMode::Forced)).unwrap();
    let step = world.succeed(step.effects[0].id);
    assert_eq!(facts(&step)[0].0, "P-447");
    let left_behind = ("pc-2".into(), vec![(CLUSTER.into(), false)]);
    assert_eq!(roles(&world), left_behind);
    let _ = world.promoted();
    assert_eq!(world.db_status(), "Running");
    let refused = (400, "UnsupportWitchUnhealthyReplication".into(), "P-445");
    assert_eq!(wire(world.call(SOURCE, switch(None, SwitchMode::Planned))), refused);
    let mut removing = world.clone();
    let step = removing.call(SOURCE, remove(CLUSTER, Removal::Orderly)).unwrap();
    let _ = removing.succeed(step.effects[0].id);
    assert!(removing.plane.network_of(&id(CLUSTER)).is_none());
    let step = world.call(SOURCE, switch(None, SwitchMode::Forced)).unwrap();
    let _ = world.succeed(step.effects[0].id);
    assert_eq!(roles(&world), (CLUSTER.into(), vec![("pc-2".into(), false)]));
}

/// P-448.
#[test]
fn a_switch_over_that_fails_leaves_the_roles() {
    for mode in [SwitchMode::Planned, SwitchMode::Forced] {
        let mut world = network(&["pc-2"]);
        let before = roles(&world);
        let step = world.call(SOURCE, switch(Some("pc-2"), mode)).unwrap();
        let step = world.fail(step.effects[0].id);
        assert_eq!(facts(&step)[0], ("P-448", NetworkFact::SwitchFailed { to: id("pc-2") }));
        assert_eq!((status(&world), roles(&world)), ("active", before));
    }
}

/// P-441, P-442, P-422, P-460, P-600.
#[test]
fn a_switch_over_names_a_secondary() {
    let planned = |to| switch(to, SwitchMode::Planned);
    let mut alone = network(&[]);
    let refused = (400, "MemberNumber.NotSupport".into(), "P-441");
    assert_eq!(wire(alone.call(SOURCE, planned(None))), refused);
    let mut world = network(&["pc-2", "pc-3"]);
    stands(&mut world, "pc-4");
    let mut ask = |to| wire(world.call(SOURCE, planned(to)));
    assert_eq!(ask(None), (400, "MissingParameter".into(), "P-600"));
    assert_eq!(ask(Some(CLUSTER)), (400, "MemberRole.NotSupport".into(), "P-442"));
    assert_eq!(ask(Some("pc-4")), (404, "InvalidDBClusterId.NotFound".into(), "P-422"));
    assert_eq!(ask(Some("pc-9")), (404, "InvalidDBCluster.NotFound".into(), "P-100"));
    assert_eq!(rule(World::default().call(SOURCE, planned(None))), "P-460");
    let _ = world.call(SOURCE, planned(Some("pc-3"))).unwrap();
    assert_eq!(rule(world.call(SOURCE, planned(Some("pc-2")))), "P-451");
}

/// P-443: there is a planned one, but no forced one, on the other engines.
#[test]
fn a_forced_switch_over_is_for_mysql() {
    let mut world = World::default();
    for (name, nodes) in [(CLUSTER, "w"), ("pc-2", "x")] {
        let nodes = vec![node(nodes, Role::Writer, 1)];
        let postgres = ClusterSeed { engine: Engine::PostgreSql, version: "14".into(), ..seed(&[]) };
        let _ = world.adopt(ClusterSeed { id: id(name), nodes, ..postgres });
    }
    let _ = adopt(&mut world, &["pc-2"], NetworkStatus::Active).unwrap();
    let refused = (400, "InvalidDBType.Malformed".into(), "P-443");
    assert_eq!(wire(world.call(SOURCE, switch(None, SwitchMode::Forced))), refused);
    let _ = world.call(SOURCE, switch(None, SwitchMode::Planned)).unwrap();
}

/// P-444: a forced one asks for the secondary alone.
#[test]
fn a_switch_over_needs_clusters_that_run() {
    for (busy, mode, fails) in [
        (CLUSTER, SwitchMode::Planned, true),
        (CLUSTER, SwitchMode::Forced, false),
        ("pc-2", SwitchMode::Planned, true),
        ("pc-2", SwitchMode::Forced, true),
    ] {
        let mut world = network(&["pc-2"]);
        let status = Some(message("ClassChanging"));
        let _ = world.observe(Observation::ClusterBusy { cluster: id(busy), status });
        let result = world.call(SOURCE, switch(None, mode));
        assert_eq!(result.is_err(), fails, "{busy} {mode:?}");
        if fails {
            let refused = (403, "OperationDenied.DBClusterStatus".into(), "P-444");
            assert_eq!(wire(result), refused);
        }
    }
}

/// P-450: each call that changes a cluster, at the primary and at a secondary; what only asks goes on.
#[test]
fn a_locked_network_locks_its_clusters() {
    let mut world = network(&["pc-2"]);
    let _ = world.call(SOURCE, switch(None, SwitchMode::Planned)).unwrap();
    let calls = |cluster: &str| -> Vec<(Request, &'static str)> {
        let failover =
            || with!(failover_request(None).to(id(&format!("{cluster}-r"))), cluster = id(cluster));
        vec![
            (failover().into(), "HaStatusNotSupport"),
            (FailoverDbClusterZonal(failover()).into(), "HaStatusNotSupport"),
            (RestartDbNode::new(id(&format!("{cluster}-r"))).into(), "OperationDenied.DBClusterStatus"),
            (ModifyDbClusterDeletion::new(id(cluster), true).into(), "OperationDenied.DBClusterStatus"),
        ]
    };
    for cluster in [CLUSTER, "pc-2"] {
        for (request, code) in calls(cluster) {
            let (_, found, rule) = wire(world.call(SOURCE, request.clone()));
            assert_eq!((found.as_str(), rule), (code, "P-450"), "{request:?}");
        }
    }
    let effect = pending(&world);
    let _ = world.succeed(effect);
    let mut unlocked = world.clone();
    let _ = unlocked.call(SOURCE, calls("pc-2").remove(0).0).unwrap();
}

/// An automatic failover is no call: it goes on in a locked network.
#[test]
fn a_locked_network_does_not_hold_an_automatic_failover() {
    let mut world = network(&["pc-2"]);
    let _ = world.call(SOURCE, switch(None, SwitchMode::Planned)).unwrap();
    let _ = world.node("pc-1-w", failover_model::polardb::NodeChange::Up(false));
    assert_eq!(world.promoting(), "pc-1-r");
    let _ = world.promoted();
    assert_eq!((world.writer(), status(&world)), ("pc-1-r".into(), "locked"));
}

/// P-452, P-453.
#[test]
fn a_cluster_in_a_network_is_not_released_and_may_be_lost() {
    let mut world = network(&["pc-2"]);
    for cluster in [CLUSTER, "pc-2"] {
        let refused = (403, "OperationDenied.OperateStatus".into(), "P-452");
        assert_eq!(wire(world.call(SOURCE, DeleteDbCluster::new(id(cluster)))), refused);
    }
    let mut primary = world.clone();
    let step = primary.observe(Observation::ClusterRemoved { cluster: id(CLUSTER) });
    let gone = NetworkFact::Status { from: Some(NetworkStatus::Active), to: None };
    assert_eq!(facts(&step), [("P-453", gone)]);
    assert!(primary.plane.networks().next().is_none());
    let _ = primary.call(SOURCE, DeleteDbCluster::new(id("pc-2"))).unwrap();
    // A secondary takes along what is pending about it, and nothing else.
    let _ = world.call(SOURCE, switch(None, SwitchMode::Planned)).unwrap();
    let effect = pending(&world);
    let step = world.observe(Observation::ClusterRemoved { cluster: id("pc-2") });
    assert_eq!(facts(&step)[0], ("P-453", NetworkFact::Left(id("pc-2"))));
    assert_eq!((status(&world), roles(&world)), ("active", (CLUSTER.into(), vec![])));
    assert_eq!(world.outcome(effect, failover_model::Outcome::Succeeded), Err(Misuse::Stale(effect)));
}

/// P-453: what is pending about another secondary goes on.
#[test]
fn the_loss_of_one_secondary_does_not_end_the_removal_of_another() {
    let mut world = network(&["pc-2", "pc-3"]);
    let _ = world.call(SOURCE, remove("pc-2", Removal::Orderly)).unwrap();
    let _ = world.observe(Observation::ClusterRemoved { cluster: id("pc-3") });
    assert_eq!(status(&world), "removing_member");
    let effect = pending(&world);
    let _ = world.succeed(effect);
    assert_eq!(roles(&world).1, vec![]);
}

fn list(world: &mut World, request: DescribeGlobalDatabaseNetworks) -> NetworkPage {
    let output = world.apply(OWNER, SOURCE, None, request.into(), Fresh::None).unwrap();
    let Some(Ok(Response::NetworkPage(page))) = output.result else { panic!("no page") };
    page
}

fn ids(page: &NetworkPage) -> Vec<&str> {
    page.networks.iter().map(|view| view.network.id().as_str()).collect()
}

/// P-461, P-462, P-460: by every filter, and only the caller's own.
#[test]
fn the_list_is_filtered() {
    let mut world = network(&["pc-2"]);
    stands(&mut world, "pc-3");
    let request = CreateGlobalDatabaseNetwork::new(id("pc-3"))
        .description(failover_model::text::NetworkDescription::parse("GDN-fortest").unwrap())
        .resource_group(id("rg-1"));
    let fresh = Fresh::Network(NetworkCreated { network: id("gdn-3") });
    let _ = world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap();
    let all = DescribeGlobalDatabaseNetworks::default;
    for (request, expected) in [
        (all(), vec!["gdn-1", "gdn-3"]),
        (all().network(id("gdn-3")), vec!["gdn-3"]),
        (all().network(id("gdn-9")), vec![]),
        (all().cluster(id("pc-2")), vec!["gdn-1"]),
        (all().description("fort".into()), vec!["gdn-3"]),
        (all().resource_group(id("rg-1")), vec!["gdn-3"]),
        // The other network is still being created.
        (all().region(id("cn-beijing")), vec!["gdn-1"]),
    ] {
        assert_eq!(ids(&list(&mut world, request.clone())), expected, "{request:?}");
    }
    let view = &list(&mut world, all()).networks[0];
    let members: Vec<(&str, &str)> =
        view.members.iter().map(|member| (member.cluster.id().as_str(), member.role.as_str())).collect();
    assert_eq!(members, [(CLUSTER, "primary"), ("pc-2", "standby")]);
    let by = all().cluster(id("pc-9"));
    assert_eq!(wire(world.call(SOURCE, by)), (404, "InvalidDBCluster.NotFound".into(), "P-100"));
    let output = world.apply(STRANGER, SOURCE, None, all().into(), Fresh::None).unwrap();
    assert!(matches!(output.result, Some(Ok(Response::NetworkPage(page))) if page.total == 0));
    let request = failover_model::polardb::DescribeGlobalDatabaseNetwork::new(id(NETWORK));
    let output = world.apply(STRANGER, SOURCE, None, request.into(), Fresh::None).unwrap();
    assert_eq!(wire(output.result.unwrap()), (400, "GDN.NotFound".into(), "P-460"));
    // A network with four secondaries has no room.
    for name in ["pc-4", "pc-5", "pc-6"] {
        let _ = join(&mut world, name, "8.0").unwrap();
    }
    let room = all().region(id("cn-beijing"));
    assert_eq!(list(&mut world, room).total, 0);
}

#[test]
fn the_list_has_pages() {
    let mut world = World::default();
    for number in 1..=35 {
        let name = format!("pc-{number}");
        stands(&mut world, &name);
        let _ = create(&mut world, &name).unwrap();
    }
    let mut page = |page_number, page_size| {
        let page = list(
            &mut world,
            DescribeGlobalDatabaseNetworks::default().page_number(page_number).page_size(page_size),
        );
        (page.networks.len(), page.total)
    };
    assert_eq!([page(1, 30), page(2, 30), page(3, 30)], [(30, 35), (5, 35), (0, 35)]);
    assert_eq!((page(1, 50), page(u32::MAX, 100)), ((35, 35), (0, 35)));
}

fn adopt(world: &mut World, secondaries: &[&str], status: NetworkStatus) -> Result<Step, NotAdopted> {
    let seed = NetworkSeed {
        id: id(NETWORK),
        description: None,
        resource_group: None,
        created_at: at(START),
        primary: id(CLUSTER),
        secondaries: secondaries.iter().map(|name| id(name)).collect(),
        status,
    };
    let before = world.plane.clone();
    let adopted = world.plane.adopt_network(at(world.now), &id(OWNER), seed);
    world.plane.check().unwrap();
    if adopted.is_err() {
        assert_eq!(before, world.plane);
    }
    adopted
}

#[test]
fn a_network_that_exists_is_adopted() {
    for (status, shows, asks) in [
        (NetworkStatus::Active, "active", 0),
        (NetworkStatus::Locked, "active", 0),
        (NetworkStatus::RemovingMember, "active", 0),
        (NetworkStatus::Creating, "creating", 1),
        (NetworkStatus::Deleting, "deleting", 1),
    ] {
        let mut world = World::default();
        stands(&mut world, CLUSTER);
        let step = adopt(&mut world, &[], status).unwrap();
        assert_eq!((found(&world).status().as_str(), step.effects.len()), (shows, asks));
        assert_eq!(world.plane.outstanding().count(), asks);
    }
}

#[test]
fn a_network_that_could_not_be_is_not_adopted() {
    let stage = || {
        let mut world = World::default();
        for name in [CLUSTER, "pc-2", "pc-3", "pc-4", "pc-5", "pc-6"] {
            stands(&mut world, name);
        }
        world
    };
    let violation = |found: Result<Step, NotAdopted>| match found.unwrap_err() {
        NotAdopted::Violation(Violation::Resource { why, .. }) => why,
        other => panic!("{other}"),
    };
    let active = NetworkStatus::Active;
    let mut world = stage();
    assert_eq!(violation(adopt(&mut world, &["pc-9"], active)), Breach::NoCluster);
    assert_eq!(violation(adopt(&mut world, &[CLUSTER], active)), Breach::MemberTwice);
    let five = ["pc-2", "pc-3", "pc-4", "pc-5", "pc-6"];
    assert_eq!(violation(adopt(&mut world, &five, active)), Breach::TooMany);
    let deleting = NetworkStatus::Deleting;
    assert_eq!(violation(adopt(&mut world, &["pc-2"], deleting)), Breach::Pending);
    let nodes = vec![node("o", Role::Writer, 1)];
    let _ = world.adopt(ClusterSeed { id: id("pc-7"), version: "5.7".into(), nodes, ..seed(&[]) });
    assert_eq!(violation(adopt(&mut world, &["pc-7"], active)), Breach::Engines);
    let mut early = World { now: START - 1, ..World::default() };
    stands(&mut early, CLUSTER);
    assert_eq!(violation(adopt(&mut early, &[], active)), Breach::InFuture);
    let _ = adopt(&mut world, &["pc-2"], active).unwrap();
    assert!(matches!(adopt(&mut world, &["pc-3"], active), Err(NotAdopted::IdInUse(id)) if id == NETWORK));
    let _ = create(&mut world, "pc-2").unwrap_err();
}

/// With an account its networks go, and their effects with them.
#[test]
fn a_forgotten_account_has_no_networks() {
    let mut world = network(&["pc-2"]);
    let _ = world.call(SOURCE, switch(None, SwitchMode::Planned)).unwrap();
    world.plane.forget_account(&id(OWNER));
    world.plane.check().unwrap();
    assert_eq!((world.plane.networks().count(), world.plane.outstanding().count()), (0, 0));
    assert!(world.plane.clusters().map(DbCluster::id).next().is_none());
}
