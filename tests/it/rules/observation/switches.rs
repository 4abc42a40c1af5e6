//! The log of switches.

use super::*;

fn moved(took: u64) -> ClusterFact {
    let (from, to) = (id("a"), id("b"));
    ClusterFact::WriterMoved { from, to, attempts: 1, took: Span::from_millis(took), cause: Cause::Manual }
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
    match world.ask(ha_logs().node(id("s"))) {
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
    assert_eq!(page(&mut world, ha_logs().page_number(2)), (13, vec![3, 2, 1]));
    assert_eq!(page(&mut world, ha_logs().page_number(3)), (13, vec![]));
    assert_eq!(page(&mut world, ha_logs().page_size(5)), (13, (9..=13).rev().collect()));
    let of = |node: &str| ha_logs().node(id(node));
    assert_eq!(page(&mut world, of("w")), (1, vec![1]), "it wrote before the first");
    assert_eq!(page(&mut world, of("a")).0, 13);
    assert_eq!(page(&mut world, of("elsewhere")), (0, vec![]));
    let types = ["a", "b"].map(|node| log(&mut world, now, of(node)).instance_type);
    assert_eq!(types, [InstanceType::ReadWrite, InstanceType::ReadOnly], "the thirteenth went to a");
    let between = |from: u64, to: u64| ha_logs().from(at(from)).to(at(to));
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
