//! What a client can observe of a failover beside the describe calls: the endpoints, and the log of switches.

use failover_model::polardb::{
    Cause, ClusterFact, ClusterSeed, ClusterStatus, DescribeDbClusterEndpoints, DescribeDbClusters,
    DescribeHaLogs, Endpoint, EndpointKind, EndpointList, Engine, HaLog, HaLogPage, InstanceType, NodeChange,
    NodeKind, PayType, Role,
};
use failover_model::simulation::{BadWorld, LatencyProfile, Simulation, Transitions};
use failover_model::text::{Description, Tag, TagKey, TagValue};
use failover_model::wire::{Body, Format};
use failover_model::{
    AccountId, Call, ClusterId, ControlPlane, Observation, Operation, Policy, Refusal, Request, Response,
    Span, Timestamp,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::kit::{CLUSTER, OWNER, SOURCE, START, World, at, failover_request, id, node, rule, seed};

fn endpoints(world: &mut World) -> EndpointList {
    let request = DescribeDbClusterEndpoints { cluster: id(CLUSTER), endpoint: None };
    match world.ask(request) {
        Ok(Response::Endpoints(list)) => list,
        other => panic!("{other:?}"),
    }
}

fn names(endpoint: &Endpoint) -> Vec<&str> {
    endpoint.nodes.iter().map(|node| node.as_str()).collect()
}

trait Ask {
    fn ask(&mut self, request: impl Into<Request>) -> Result<Response, Refusal>;
}

impl Ask for World {
    fn ask(&mut self, request: impl Into<Request>) -> Result<Response, Refusal> {
        let output = self.apply(OWNER, SOURCE, None, request.into(), failover_model::Fresh::None).unwrap();
        assert!(output.step.is_empty(), "a describe does nothing");
        output.result.expect("a call has a result")
    }
}

/// P-500.
#[test]
fn a_cluster_has_a_cluster_endpoint_with_all_that_serve_and_a_primary_endpoint_with_the_writer() {
    let mut cluster = seed(&[("a", 1), ("b", 1)]);
    for (name, kind) in [("imci", NodeKind::ColumnStore), ("ai", NodeKind::Ai), ("spare", NodeKind::Standby)]
    {
        cluster.nodes.push(failover_model::polardb::DbNode { kind, ..node(name, Role::Reader, 1) });
    }
    let mut world = World::default();
    let _ = world.adopt(cluster);
    let list = endpoints(&mut world);
    assert_eq!(list.cluster.as_str(), CLUSTER);
    let [all, primary] = list.endpoints.as_slice() else { panic!("{list:?}") };
    assert_eq!((all.kind, names(all)), (EndpointKind::Cluster, vec!["w", "a", "b", "imci"]));
    assert_eq!((primary.kind, names(primary)), (EndpointKind::Primary, vec!["w"]));
    assert_ne!((&all.id, &all.connection_string), (&primary.id, &primary.connection_string));
}

/// P-501, P-502: the writer moves, and nothing else.
#[test]
fn the_primary_endpoint_follows_the_writer_and_no_address_changes() {
    let mut world = World::default();
    world.cluster(&[("a", 5), ("b", 3)]);
    let before = endpoints(&mut world);
    let _ = world.fail_over(None).unwrap();
    assert_eq!(endpoints(&mut world), before, "until the writer has moved");
    let _ = world.promoted();
    let after = endpoints(&mut world);
    assert_eq!(names(&after.endpoints[1]), ["a"]);
    assert_eq!(names(&after.endpoints[0]), ["w", "a", "b"]);
    for (was, is) in before.endpoints.iter().zip(&after.endpoints) {
        assert_eq!((&was.id, &was.connection_string, was.port), (&is.id, &is.connection_string, is.port));
    }
}

/// P-503.
#[test]
fn an_endpoint_is_found_by_its_id_and_an_unknown_one_leaves_the_list_empty() {
    let mut world = World::default();
    world.cluster(&[("a", 5)]);
    let all = endpoints(&mut world);
    let mut by_id = |endpoint: &str| {
        let endpoint = Some(endpoint.to_owned());
        match world.ask(DescribeDbClusterEndpoints { cluster: id(CLUSTER), endpoint }) {
            Ok(Response::Endpoints(list)) => list.endpoints,
            other => panic!("{other:?}"),
        }
    };
    for endpoint in &all.endpoints {
        assert_eq!(by_id(&endpoint.id), std::slice::from_ref(endpoint));
    }
    assert_eq!(by_id("pe-unknown"), []);
}

/// P-504.
#[test]
fn for_postgresql_and_oracle_endpoints_say_who_writes_and_number_the_readers() {
    for (engine, version, port) in [(Engine::PostgreSql, "14", 5432), (Engine::Oracle, "11", 1521)] {
        let mut world = World::default();
        let cluster = ClusterSeed { engine, version: version.into(), ..seed(&[("a", 1), ("b", 1)]) };
        let _ = world.adopt(cluster);
        let roles = |world: &mut World| {
            let list = endpoints(world);
            assert!(list.endpoints.iter().all(|endpoint| endpoint.port == port));
            list.endpoints
                .iter()
                .map(|endpoint| endpoint.roles.as_ref().unwrap().join(","))
                .collect::<Vec<_>>()
        };
        assert_eq!(roles(&mut world), ["Writer,Reader1,Reader2", "Writer"]);
        let _ = world.fail_over(Some("b")).unwrap();
        let _ = world.promoted();
        assert_eq!(roles(&mut world), ["Reader1,Reader2,Writer", "Writer"]);
    }
    let mut world = World::default();
    world.cluster(&[("a", 1)]);
    assert!(
        endpoints(&mut world).endpoints.iter().all(|endpoint| endpoint.roles.is_none()),
        "MySQL does not"
    );
}

fn as_json(operation: Operation, response: &Response) -> Value {
    let body = Body::success(operation, response, "R", Format::Json);
    assert_eq!(body.status, 200);
    serde_json::from_str(&body.text).unwrap()
}

#[test]
fn endpoints_on_the_wire() {
    let mut world = World::default();
    let cluster = ClusterSeed { engine: Engine::PostgreSql, version: "14".into(), ..seed(&[("a", 1)]) };
    let _ = world.adopt(cluster);
    let response = Response::Endpoints(endpoints(&mut world));
    let item = |kind: &str, nodes: &str, roles: &str, add: &str, end: &str, host: &str| {
        json!({
            "DBClusterId": CLUSTER, "DBEndpointId": format!("pe-1{end}"), "EndpointType": kind,
            "ReadWriteMode": "ReadWrite", "Nodes": nodes, "NodeWithRoles": roles, "AutoAddNewNodes": add,
            "AddressItems": [{"NetType": "Private", "Port": "5432",
                "ConnectionString": format!("pc-1.{host}.cn-shanghai.rds.aliyuncs.com")}],
        })
    };
    let expected = json!({"RequestId": "R", "Items": [
        item("Cluster", "w,a", "Writer,Reader1", "Enable", "c", "rwlb"),
        item("Primary", "w", "Writer", "Disable", "p", "pg.polardb"),
    ]});
    assert_eq!(as_json(Operation::DescribeDbClusterEndpoints, &response), expected);
}

/// A world that does everything at once.
fn simulation(policy: Policy) -> Simulation {
    let plane = ControlPlane::new(policy);
    let mut world = Simulation::new(plane, 1, Transitions::Timed, LatencyProfile::QUICK);
    let taken: Result<_, failover_model::NotAdopted> = world
        .adopt(at(START), |plane| plane.adopt_cluster(at(START), &id(OWNER), seed(&[("a", 5), ("b", 3)])));
    drop(taken.unwrap());
    world
}

fn ha_logs() -> DescribeHaLogs {
    DescribeHaLogs { cluster: id(CLUSTER), node: None, from: None, to: None, page_number: 1, page_size: 10 }
}

fn ask(world: &mut Simulation, now: u64, request: impl Into<Request>) -> Result<Response, Refusal> {
    let call = Call { now: at(now), account: id(OWNER), region: id(SOURCE), token: None };
    world.call(&call, &request.into()).0.result.expect("a result")
}

fn log(world: &mut Simulation, now: u64, request: DescribeHaLogs) -> HaLogPage {
    match ask(world, now, request) {
        Ok(Response::HaLogs(page)) => page,
        other => panic!("{other:?}"),
    }
}

/// P-511, P-512, P-513: a manual switch and one that a fault forced.
#[test]
fn the_log_has_a_switch_once_the_writer_has_moved_and_tells_manual_from_automatic() {
    let mut world = simulation(Policy::default());
    let page = log(&mut world, START, ha_logs());
    assert_eq!((page.total, page.instance_type), (0, InstanceType::ReadWrite));
    let answered = as_json(Operation::DescribeHaLogs, &Response::HaLogs(page));
    assert_eq!((&answered["HaStatus"], &answered["HaLogItems"]), (&json!(1), &json!([])));

    ask(&mut world, START, failover_request(None)).unwrap();
    assert_eq!(log(&mut world, START + 1_999, ha_logs()).total, 0, "not while it runs");
    assert_eq!(log(&mut world, START + 2_000, ha_logs()).total, 1);
    let down = Observation::Node { node: id("a"), change: NodeChange::Up(false) };
    drop(world.observe(at(START + 10_000), &down).unwrap());
    let page = log(&mut world, START + 60_000, ha_logs());
    let told: Vec<_> = (page.switches.iter())
        .map(|switch| (switch.number, switch.cause, switch.from.as_str(), switch.to.as_str()))
        .collect();
    assert_eq!(told, [(2, Cause::Automatic, "a", "b"), (1, Cause::Manual, "w", "a")], "the latest first");
    let times =
        |at: usize| (page.switches[at].started_at.as_millis(), page.switches[at].finished_at.as_millis());
    assert_eq!((times(0), times(1)), ((START + 10_000, START + 12_000), (START, START + 2_000)));

    let answered = as_json(Operation::DescribeHaLogs, &Response::HaLogs(page.clone()));
    assert_eq!(
        answered,
        json!({
            "TotalRecords": 2, "ItemsNumbers": 2, "PageNumber": 1, "PageSize": 10, "DBInstanceName": CLUSTER,
            "DBInstanceType": "polardb_mysql_rw", "HaStatus": 0, "RequestId": "R",
            "HaLogItems": [
                {"SwitchId": page.switches[0].id(&page.cluster),
                    "SwitchStartTime": "1970-01-01T00:16:50Z", "SwitchFinishTime": "1970-01-01T00:16:52Z"},
                {"SwitchId": page.switches[1].id(&page.cluster),
                    "SwitchCauseCode": "Platform.Ha.AuroraService.ManualOperations",
                    "SwitchCauseDetail": "Platform.Ha.ManuallyTriggered",
                    "SwitchStartTime": "1970-01-01T00:16:40Z", "SwitchFinishTime": "1970-01-01T00:16:42Z"},
            ],
        })
    );
    let ids: Vec<String> = page.switches.iter().map(|switch| switch.id(&page.cluster)).collect();
    assert_ne!(ids[0], ids[1]);
    assert!(
        ids.iter().all(|id| id.len() == 36 && id.split('-').map(str::len).eq([8, 4, 4, 4, 12])),
        "{ids:?}"
    );
    assert_ne!(page.switches[0].id(&id("pc-2")), ids[0]);
}

#[test]
fn a_switch_that_ends_without_success_is_not_in_the_log() {
    let mut world = simulation(Policy::default());
    let reason = failover_model::polardb::Failure::Network;
    world.plan(
        failover_model::simulation::Fault::Switch {
            node: failover_model::simulation::Selector::any(),
            reason,
        },
        None,
    );
    ask(&mut world, START, failover_request(None)).unwrap();
    assert_eq!(log(&mut world, START + 100_000, ha_logs()).total, 0);
}

#[test]
fn the_log_of_a_standby_node_says_what_it_is_of() {
    let mut world = World::default();
    let mut seed = seed(&[("s", 1)]);
    seed.nodes[1].kind = NodeKind::Standby;
    let _ = world.adopt(seed);
    match world.ask(DescribeHaLogs { node: Some(id("s")), ..ha_logs() }) {
        Ok(Response::HaLogs(page)) => assert_eq!(page.instance_type, InstanceType::Standby),
        other => panic!("{other:?}"),
    }
}

/// P-510.
#[test]
fn only_mysql_has_the_log() {
    let mut world = World::default();
    let _ =
        world.adopt(ClusterSeed { engine: Engine::PostgreSql, version: "14".into(), ..seed(&[("a", 1)]) });
    let refused = world.ask(ha_logs());
    assert_eq!(refused.as_ref().unwrap_err().wire().code, "InvalidDBType.Malformed");
    assert_eq!(rule(refused), "P-510");
}

/// P-514.
#[test]
fn the_end_of_the_time_asked_for_is_later_than_its_beginning() {
    let parse = |from: &str, to: &str| {
        let given =
            [("DBClusterId", CLUSTER), ("LogType", "HaSwitchLogList"), ("StartTime", from), ("EndTime", to)];
        let given = given.into_iter().collect();
        failover_model::wire::parse(Some("DescribeHALogs"), Some("2017-08-01"), &given)
    };
    assert!(parse("2025-05-01T00:00:00Z", "2025-05-01T00:00:01Z").is_ok());
    for to in ["2025-05-01T00:00:00Z", "2025-04-30T23:59Z"] {
        let refused = parse("2025-05-01T00:00:00Z", to).unwrap_err().wire();
        assert_eq!((refused.status, &*refused.code), (400, "InvalidEndTime.Malformed"));
    }
}

#[test]
fn the_log_is_asked_for_by_node_by_time_and_by_page() {
    let mut policy = Policy::default();
    policy.polardb.switch_window = Span::from_millis(0);
    let mut world = simulation(policy);
    let mut moved = Vec::new();
    for step in 0..13_u64 {
        let now = START + step * 10_000;
        let target = ["a", "b"][usize::from(step % 2 == 1)];
        ask(&mut world, now, failover_request(Some(target))).unwrap();
        moved.push((now, target));
    }
    let now = START + 1_000_000;
    let page = |world: &mut Simulation, request| {
        let page = log(world, now, request);
        (page.total, page.switches.iter().map(|switch| switch.number).collect::<Vec<_>>())
    };
    let all = page(&mut world, ha_logs());
    assert_eq!(all, (13, (4..=13).rev().collect()));
    assert_eq!(page(&mut world, DescribeHaLogs { page_number: 2, ..ha_logs() }), (13, vec![3, 2, 1]));
    assert_eq!(page(&mut world, DescribeHaLogs { page_number: 3, ..ha_logs() }), (13, vec![]));
    assert_eq!(
        page(&mut world, DescribeHaLogs { page_size: 5, ..ha_logs() }),
        (13, (9..=13).rev().collect())
    );
    let of = |node: &str| DescribeHaLogs { node: Some(id(node)), ..ha_logs() };
    assert_eq!(page(&mut world, of("w")), (1, vec![1]), "it wrote before the first");
    assert_eq!(page(&mut world, of("a")).0, 13);
    assert_eq!(page(&mut world, of("elsewhere")), (0, vec![]));
    let types = ["a", "b"].map(|node| log(&mut world, now, of(node)).instance_type);
    assert_eq!(types, [InstanceType::ReadWrite, InstanceType::ReadOnly], "the thirteenth went to a");
    let between = |from: u64, to: u64| DescribeHaLogs { from: Some(at(from)), to: Some(at(to)), ..ha_logs() };
    assert_eq!(page(&mut world, between(START + 10_000, START + 30_000)), (3, vec![4, 3, 2]));
    assert_eq!(page(&mut world, between(START + 10_001, START + 29_999)), (1, vec![3]));
}

#[test]
fn the_log_is_kept_with_the_world_and_goes_with_the_cluster_or_its_account() {
    let mut world = simulation(Policy::default());
    ask(&mut world, START, failover_request(None)).unwrap();
    drop(world.advance(at(START + 5_000)));
    let again = |world: &Simulation, data: Value| {
        let plane = ControlPlane::restore(world.plane().snapshot()).unwrap();
        Simulation::restore(plane, serde_json::from_value(data).unwrap())
    };
    let data = serde_json::to_value(world.world()).unwrap();
    let restored = again(&world, data.clone()).unwrap();
    assert_eq!(restored.ha_log(), world.ha_log());
    assert_eq!(restored.ha_log().of(&id(CLUSTER)).count(), 1);

    // What cannot have come about is not restored: another's, backwards, from the future, with a gap, or empty.
    type Break = fn(&mut Value);
    let broken: [(&str, Break); 6] = [
        ("account", |of| of["account"] = json!("other")),
        ("backwards", |of| of["kept"][0]["finished_at"] = json!(1)),
        ("from the future", |of| of["kept"][0]["finished_at"] = json!(u64::MAX / 2)),
        ("number", |of| of["kept"][0]["number"] = json!(0)),
        ("gap", |of| {
            let mut later = of["kept"][0].clone();
            later["number"] = json!(3);
            of["kept"].as_array_mut().unwrap().push(later);
        }),
        ("empty", |of| of["kept"] = json!([])),
    ];
    for (what, break_it) in broken {
        let mut data = data.clone();
        break_it(&mut data["ha_log"][CLUSTER]);
        assert_eq!(again(&world, data).unwrap_err(), BadWorld::HaLog(id(CLUSTER)), "{what}");
    }
    let mut unknown = data.clone();
    unknown["ha_log"]["pc-9"] = unknown["ha_log"][CLUSTER].clone();
    assert_eq!(again(&world, unknown).unwrap_err(), BadWorld::HaLog(id("pc-9")));

    let mut gone = world.clone();
    drop(gone.observe(at(START + 6_000), &Observation::ClusterRemoved { cluster: id(CLUSTER) }).unwrap());
    assert_eq!(gone.ha_log(), &HaLog::default());
    drop(world.forget_account(at(START + 6_000), &id(OWNER)));
    assert_eq!(world.ha_log(), &HaLog::default());
}

fn moved(took: u64) -> ClusterFact {
    let (from, to) = (id("a"), id("b"));
    ClusterFact::WriterMoved { from, to, attempts: 1, took: Span::from_millis(took), cause: Cause::Manual }
}

#[test]
fn of_many_switches_the_latest_are_kept_and_numbers_go_on() {
    let mut log = HaLog::default();
    let (cluster, account): (ClusterId, AccountId) = (id(CLUSTER), id(OWNER));
    for number in 0..(HaLog::CAPACITY as u64 + 5) {
        log.record(at(number), &account, &cluster, &moved(0));
    }
    let numbers: Vec<u64> = log.of(&cluster).map(|switch| switch.number).collect();
    assert_eq!(
        (numbers.len(), numbers[0], numbers[HaLog::CAPACITY - 1]),
        (HaLog::CAPACITY, 6, HaLog::CAPACITY as u64 + 5)
    );
    assert_eq!(log.misfit(Timestamp::from_millis(2_000), |_| Some(id(OWNER))), None);
}

proptest! {
    #![proptest_config(suite!("observation", 128))]

    /// The primary endpoint is the writer's and the cluster endpoint has it too, whatever happens to the nodes; the log has
    /// one switch for each move.
    #[test]
    fn endpoints_and_log_agree_with_the_cluster_whatever_happens(
        steps in prop::collection::vec((0_u8..4, 0_usize..3, 0_u64..700_000), 1..40),
    ) {
        agree(&steps);
    }
}

fn agree(steps: &[(u8, usize, u64)]) {
    let mut world = simulation(Policy::default());
    let (mut now, mut moves, mut writer) = (START, 0, "w".to_owned());
    for (what, which, later) in steps {
        now += later;
        let named = ["w", "a", "b"][*which];
        match what {
            0 => drop(ask(&mut world, now, failover_request(None))),
            1 => drop(ask(&mut world, now, failover_request(Some(named)))),
            up => {
                let change = NodeChange::Up(*up == 2);
                drop(world.observe(at(now), &Observation::Node { node: id(named), change }).unwrap());
            }
        }
        let cluster = world.plane().cluster(&id(CLUSTER)).unwrap();
        let standing = cluster.writer().unwrap().id.to_string();
        let [all, primary] = cluster.endpoints();
        assert_eq!(names(&primary), [standing.as_str()]);
        assert_eq!(names(&all), ["w", "a", "b"]);
        let page = log(&mut world, now, DescribeHaLogs { page_size: 50, ..ha_logs() });
        assert!(page.total >= moves && (page.total > moves || standing == writer));
        let to = page.switches.first().map_or("w", |switch| switch.to.as_str());
        assert_eq!(to, standing, "the latest switch led to the writer");
        (moves, writer) = (page.total, standing);
    }
}

/// The fixed-case twin.
#[test]
fn endpoints_and_log_agree_through_a_manual_and_an_automatic_switch() {
    agree(&[(0, 0, 0), (0, 0, 600_000), (3, 1, 5_000), (2, 1, 5_000), (1, 1, 700_000), (0, 0, 700_000)]);
}

/// Which clusters are listed, and how many match in all.
fn listed(world: &mut World, request: DescribeDbClusters) -> (Vec<String>, usize) {
    match world.ask(request) {
        Ok(Response::ClusterPage(page)) => {
            (page.clusters.iter().map(|cluster| cluster.id().to_string()).collect(), page.total)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_filter_narrows_the_list_of_clusters_and_all_of_them_hold() {
    let tag = |key: &str| Tag { key: TagKey::parse(key).unwrap(), value: TagValue::parse("v").unwrap() };
    let mut world = World::default();
    let _ = world.adopt(seed(&[]));
    let _ = world.adopt(ClusterSeed {
        id: id("pc-2"),
        engine: Engine::Oracle,
        version: "11".into(),
        pay_type: PayType::Prepaid,
        description: Some(Description::parse("the test one").unwrap()),
        resource_group: Some(id("rg-2")),
        tags: vec![tag("k"), tag("l")],
        nodes: vec![node("x", Role::Writer, 1)],
        status: ClusterStatus::Deleting,
        ..seed(&[])
    });
    let all = DescribeDbClusters::default;
    assert_eq!(listed(&mut world, all()), (vec!["pc-1".into(), "pc-2".into()], 2));
    for filter in [
        DescribeDbClusters { clusters: vec![id("pc-2"), id("pc-3")], ..all() },
        DescribeDbClusters { nodes: vec![id("y"), id("x")], ..all() },
        DescribeDbClusters { description: Some("test".into()), ..all() },
        DescribeDbClusters { status: Some("Deleting".into()), ..all() },
        DescribeDbClusters { engine: Some(Engine::Oracle), ..all() },
        DescribeDbClusters { version: Some("11".into()), ..all() },
        DescribeDbClusters { pay_type: Some(PayType::Prepaid), ..all() },
        DescribeDbClusters { resource_group: Some(id("rg-2")), ..all() },
        DescribeDbClusters { tags: vec![tag("l")], ..all() },
    ] {
        assert_eq!(listed(&mut world, filter.clone()), (vec!["pc-2".into()], 1), "{filter:?}");
        let none = DescribeDbClusters { tags: vec![tag("m")], ..filter };
        assert_eq!(listed(&mut world, none), (vec![], 0));
    }
}

#[test]
fn the_list_of_clusters_comes_in_pages() {
    let mut world = World::default();
    for number in 1..=5 {
        let nodes = vec![node(&format!("x-{number}"), Role::Writer, 1)];
        let _ = world.adopt(ClusterSeed { id: id(&format!("pc-{number}")), nodes, ..seed(&[]) });
    }
    let mut page = |page_number| {
        let (clusters, total) =
            listed(&mut world, DescribeDbClusters { page_number, page_size: 2, ..Default::default() });
        assert_eq!(total, 5);
        clusters.join(" ")
    };
    assert_eq!([page(1), page(2), page(3), page(4)], ["pc-1 pc-2", "pc-3 pc-4", "pc-5", ""]);
}
