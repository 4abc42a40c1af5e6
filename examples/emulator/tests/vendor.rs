//! The vendor's protocol over HTTP.

mod support;

use serde_json::{Value, json};
use support::{EBS, MYSQL, PAIR, POLARDB, START, Server, form, text};

#[test]
fn a_pair_fails_over_from_its_secondary_s_region() {
    let server = Server::manual();
    let created = server.ebs("CreateDiskReplicaPair", &PAIR).ok();
    let pair = text(&created, "/ReplicaPairId");
    assert!(text(&created, "/RequestId").len() == 36 && !text(&created, "/OrderId").is_empty());
    assert_eq!(text(&server.pair(&pair), "/Status"), "creating");
    server.advance(2_000);
    assert_eq!(text(&server.pair(&pair), "/Status"), "created");
    let at = |region| [("RegionId", region), ("ReplicaPairId", pair.as_str())];
    server.ebs("StartDiskReplicaPair", &at("cn-shanghai")).ok();
    assert_eq!(text(&server.pair(&pair), "/Status"), "initial_syncing");
    assert_eq!(server.pair(&pair).get("LastRecoverPoint"), None);
    server.advance(5_000);
    assert_eq!(text(&server.pair(&pair), "/Status"), "normal");
    let point = (START + 7_000) / 1_000;
    assert_eq!(server.pair(&pair)["LastRecoverPoint"], point);

    server.advance(60_000);
    let wrong = server.ebs("FailoverDiskReplicaPair", &at("cn-shanghai"));
    assert_eq!(wrong.code(403), "OperationDenied.OperateNotAllowedForPrimary");
    server.ebs("FailoverDiskReplicaPair", &at("cn-beijing")).ok();
    assert_eq!(text(&server.pair(&pair), "/Status"), "failovering");
    server.advance(2_000);
    assert_eq!(text(&server.pair(&pair), "/Status"), "failovered");

    let events = server.events(&format!("resource={pair}"));
    let done = events.iter().find(|event| event["kind"] == "failovered").expect("the event");
    assert_eq!((done["from"].as_str(), done["to"].as_str()), (Some("failovering"), Some("failovered")));
    assert_eq!(done["detail"], json!({ "recover_point": point, "lost_ms": 60_000, "duration_ms": 2_000 }));
    assert_eq!(done["at_ms"], START + 69_000);
    assert_eq!(done["account"], "1234567890123456");
    assert!(text(done, "/rule").starts_with("E-"));
    let disks = server.get("disks").ok();
    let wanted = json!([
        { "id": "d-destination", "up": true, "attached": false, "access": "read_write" },
        { "id": "d-source", "up": true, "attached": false, "access": "read_write" },
    ]);
    assert_eq!(disks["disks"], wanted);

    server.ebs("ReprotectDiskReplicaPair", &at("cn-beijing")).ok();
    server.advance(2_000);
    let view = server.pair(&pair);
    assert_eq!(
        (text(&view, "/Status"), text(&view, "/SourceDiskId")),
        ("stopped".into(), "d-destination".into())
    );
    server.ebs("DeleteDiskReplicaPair", &at("cn-beijing")).ok();
    server.advance(2_000);
    assert_eq!(server.pair(&pair), Value::Null);
    server.advance(3_600_000);
    assert_eq!(server.kinds(&format!("resource={pair}")).last().map(String::as_str), Some("forgotten"));
}

#[test]
fn a_cluster_fails_over_to_the_highest_priority_and_past_a_node_that_fails() {
    let server = Server::manual();
    let (cluster, nodes) = server.cluster(MYSQL, 5);
    for (node, priority) in [(&nodes[1], "3"), (&nodes[2], "9"), (&nodes[3], "5")] {
        let parameters = [
            ("DBClusterId", cluster.as_str()),
            ("DBNodeId", node),
            ("ConfigName", "FailoverPriority"),
            ("ConfigValue", priority),
        ];
        server.polardb("ModifyDBNodeConfig", &parameters).ok();
    }
    server.fault(json!({ "kind": "switch", "node": nodes[2], "reason": "network" }));
    let seen = server.get("events").ok()["next_seq"].as_u64().expect("a number") - 1;
    server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster), ("TargetDBNodeId", "")]).ok();
    assert_eq!(text(&server.attribute(&cluster), "/DBClusterStatus"), "Switching");
    server.advance(4_000);
    assert_eq!(text(&server.attribute(&cluster), "/DBClusterStatus"), "Running");
    assert_eq!(server.writer(&cluster), nodes[3]);

    let events = server.events(&format!("after={seen}&resource={cluster}"));
    let steps: Vec<_> = events.iter().filter(|event| event["kind"] != "call").collect();
    let kinds: Vec<_> = steps.iter().map(|event| text(event, "/kind")).collect();
    let wanted = [
        "failover_began",
        "attempt_began",
        "cluster_status",
        "attempt_failed",
        "attempt_began",
        "writer_moved",
        "cluster_status",
    ];
    assert_eq!(kinds, wanted);
    assert_eq!(steps[0]["detail"], json!({ "cause": "manual", "requested": null }));
    assert_eq!(steps[3]["detail"], json!({ "node": nodes[2], "reason": "network" }));
    assert_eq!(steps[3]["rule"], "P-161");
    assert_eq!((&steps[5]["from"], &steps[5]["to"]), (&json!(nodes[0]), &json!(nodes[3])));
    assert_eq!(
        steps[5]["detail"],
        json!({
            "attempts": 2, "duration_ms": 4_000, "cause": "manual",
            "event": "polardb:CloudMonitor:InstanceSwitchover",
        })
    );
    assert_eq!((&steps[6]["from"], &steps[6]["to"]), (&json!("Switching"), &json!("Running")));
    let call = events.iter().find(|event| event["kind"] == "call").expect("the call");
    assert_eq!(call["detail"]["action"], "FailoverDBCluster");
    assert_eq!(call["detail"]["outcome"], "accepted");
    assert_eq!(call["detail"]["region"], "cn-hangzhou");

    let again = server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]);
    assert_eq!(text(&again.json(), "/Code"), "UnsupportHighFrequenceSwitchOver");
    let listed = server.polardb("DescribeDBClusters", &[("RegionId", "cn-hangzhou")]).ok();
    assert_eq!(text(&listed, "/Items/DBCluster/0/DBClusterId"), cluster);
    server.polardb("DeleteDBCluster", &[("DBClusterId", &cluster)]).ok();
    server.advance(2_000);
    let gone = server.polardb("DescribeDBClusterAttribute", &[("DBClusterId", &cluster)]);
    assert_eq!(gone.code(404), "InvalidDBCluster.NotFound");
}

#[test]
fn postgresql_needs_a_target() {
    let server = Server::manual();
    let (cluster, nodes) = server.cluster(("PostgreSQL", "14"), 2);
    let refused = server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster)]);
    assert_eq!(refused.status / 100, 4);
    let call = server.events("limit=20000").pop().expect("the call");
    assert_eq!((&call["rule"], &call["detail"]["outcome"]), (&json!("P-102"), &json!("refused")));
    assert_eq!(call["detail"]["code"], refused.json()["Code"]);
    server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster), ("TargetDBNodeId", &nodes[1])]).ok();
    server.advance(2_000);
    assert_eq!(server.writer(&cluster), nodes[1]);
}

#[test]
fn parameters_come_from_query_and_form_and_headers_or_parameters_name_the_call() {
    let server = Server::manual();
    let typed = ("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    let query = form(&[("Action", "CreateDiskReplicaPair"), ("Version", EBS), PAIR[0], PAIR[1], PAIR[2]]);
    let created = server.request("POST", &format!("/?{query}"), &[typed], form(&PAIR[3..]).as_bytes()).ok();
    let pair = text(&created, "/ReplicaPairId");
    let query = form(&[
        ("Action", "DescribeDiskReplicaPairs"),
        ("Version", EBS),
        ("RegionId", "cn-shanghai"),
        ("AccessKeyId", "key"),
    ]);
    let listed = server.request("GET", &format!("/?{query}"), &[], b"").ok();
    assert_eq!(text(&listed, "/ReplicaPairs/0/ReplicaPairId"), pair);
    // The empty body of SDKs may be of any type; a body that is not empty may not.
    let strange = ("content-type", "application/json; charset=utf-8");
    server.request("POST", &format!("/?{query}"), &[strange], b"").ok();
    assert_eq!(
        server.request("POST", &format!("/?{query}"), &[strange], b"{}").code(415),
        "UnsupportedMediaType"
    );
}

#[test]
fn an_access_key_of_sixteen_digits_is_the_account() {
    let server = Server::manual();
    let create = |key: &str, header: bool| {
        let mut query = vec![("Action", "CreateDiskReplicaPair"), ("Version", EBS)];
        query.extend(PAIR);
        let authorization = format!("ACS3-HMAC-SHA256 Credential={key},SignedHeaders=host,Signature=00");
        if header {
            let target = format!("/?{}", form(&query));
            return server.request("POST", &target, &[("Authorization", &authorization)], b"");
        }
        query.push(("AccessKeyId", key));
        server.request("GET", &format!("/?{}", form(&query)), &[], b"")
    };
    // One pair of the same disks in each account, and no second.
    for (key, header) in [("1111111111111111", false), ("2222222222222222", true), ("LTAI5t", true)] {
        create(key, header).ok();
        assert_ne!(create(key, !header).status, 200, "{key}");
    }
    for account in ["1111111111111111", "2222222222222222", "1234567890123456"] {
        let events = server.events(&format!("account={account}"));
        assert_eq!(events.len(), 4, "{account}");
        assert!(events.iter().all(|event| text(event, "/account") == account), "{events:?}");
    }
    // Two keys that differ mean nobody.
    let both = ("Authorization", "ACS3-HMAC-SHA256 Credential=1111111111111111,Signature=00");
    let query = [("Action", "DescribeDBClusters"), ("Version", POLARDB), ("AccessKeyId", "2222222222222222")];
    let answer = server.request("GET", &format!("/?{}", form(&query)), &[both], b"");
    assert_eq!(answer.code(400), "InvalidParameter");
}

#[test]
fn a_token_repeats_its_answer_within_the_region_of_the_endpoint() {
    let server = Server::manual();
    let (cluster, _) = server.cluster(MYSQL, 3);
    let call = |host: &str| {
        let headers = [("x-acs-action", "FailoverDBCluster"), ("x-acs-version", POLARDB), ("host", host)];
        let query = form(&[("DBClusterId", &cluster), ("ClientToken", "t-1"), ("RegionId", "cn-beijing")]);
        server.request("POST", &format!("/?{query}"), &headers, b"")
    };
    let first = call("polardb.cn-shanghai.aliyuncs.com").ok();
    let again = call("polardb.cn-shanghai.aliyuncs.com").ok();
    assert_ne!(first["RequestId"], again["RequestId"]);
    let elsewhere = call("polardb.aliyuncs.com");
    assert_eq!(elsewhere.status / 100, 4, "another region is another token, and the cluster is switching");
    assert_eq!(text(&elsewhere.json(), "/HostId"), "polardb.aliyuncs.com");
    let calls = server.events(&format!("resource={cluster}"));
    let calls = calls.iter().filter(|event| event["detail"]["token"] == "t-1");
    let told: Vec<_> = calls
        .map(|call| {
            (text(call, "/detail/outcome"), text(call, "/detail/region"), text(call, "/detail/request_id"))
        })
        .collect();
    assert_eq!(told[0].0, "accepted");
    assert_eq!((told[1].0.as_str(), told[1].1.as_str()), ("replayed", "cn-shanghai"));
    assert_eq!((told[2].0.as_str(), told[2].1.as_str()), ("refused", "cn-hangzhou"));
    assert_eq!(told[1].2, text(&again, "/RequestId"));
    assert_eq!(
        server.kinds(&format!("resource={cluster}")).iter().filter(|k| *k == "failover_began").count(),
        1
    );
}

#[test]
fn xml_is_answered_to_who_asks_for_it() {
    let server = Server::manual();
    let pair = server.copied_pair();
    let call = |more: (&str, &str), headers: &[(&str, &str)]| {
        let query = form(&[
            ("Action", "DescribeDiskReplicaPairs"),
            ("Version", EBS),
            ("RegionId", "cn-shanghai"),
            more,
        ]);
        server.request("GET", &format!("/?{query}"), headers, b"")
    };
    for answer in [call(("Format", "XML"), &[]), call(("Site", "production"), &[("accept", "text/xml")])] {
        assert_eq!(answer.header("content-type"), Some("text/xml;charset=utf-8"));
        assert!(answer.body.contains("<DescribeDiskReplicaPairsResponse>"), "{}", answer.body);
        assert!(answer.body.contains(&format!("<ReplicaPairId>{pair}</ReplicaPairId>")), "{}", answer.body);
    }
    let json = call(("Format", "JSON"), &[("accept", "text/xml")]);
    assert_eq!(json.header("content-type"), Some("application/json;charset=utf-8"));
    let error = call(("Site", "nowhere"), &[("accept", "application/xml")]);
    assert_eq!((error.status, error.header("content-type")), (400, Some("text/xml;charset=utf-8")));
    assert!(
        error.body.contains("<Error>") && error.body.contains("<Code>InvalidParameter"),
        "{}",
        error.body
    );
    let method = server.request("PUT", "/?Format=XML", &[], b"");
    assert!(method.status == 405 && method.body.contains("<Error>"), "{method:?}");
}

#[test]
fn what_is_no_call_is_refused_in_the_vendor_s_shape_and_changes_nothing() {
    let server = Server::manual();
    server.copied_pair();
    let before = server.get("state").ok()["model"].clone();
    let form_type = [("content-type", "application/x-www-form-urlencoded")];
    let get = |target: &str| server.request("GET", target, &[], b"");
    assert_eq!(get("/").code(400), "MissingParameter");
    assert_eq!(get("/?Action=FailoverDiskReplicaPair").code(400), "MissingParameter");
    assert_eq!(get("/?Action=FailoverDiskReplicaPair&Version=2020-01-01").code(400), "NoSuchVersion");
    assert_eq!(get("/?Action=Nonsense&Version=2021-07-30").code(404), "InvalidApi.NotFound");
    assert_eq!(get("/?Action=CreateDisk&Version=2021-07-30").status / 100, 4);
    assert_eq!(get("/?Action=FailoverDiskReplicaPair&Version=2021-07-30").code(400), "MissingParameter");
    assert_eq!(get("/?Action=%FF&Version=2021-07-30").code(400), "InvalidParameter");
    assert_eq!(get("/?%FF=1").code(400), "InvalidParameter");
    assert_eq!(server.request("POST", "/", &form_type, b"a=\xff").code(400), "InvalidParameter");
    assert_eq!(server.request("POST", "/", &[("content-type", "\x7f\u{e9}")], b"a=1").status, 400);
    assert_eq!(
        server.request("GET", "/", &[("x-acs-action", "é"), ("x-acs-version", EBS)], b"").code(404),
        "InvalidApi.NotFound"
    );
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let answer = server.request(method, "/", &[], b"");
        assert_eq!(answer.code(405), "UnsupportedHTTPMethod", "{method}");
        assert_eq!(answer.header("allow"), Some("GET, POST"));
    }
    let head = server.request("HEAD", "/", &[], b"");
    assert_eq!((head.status, head.body.as_str()), (405, ""));
    for path in ["/elsewhere", "/_emulato", "//", "/?/../_emulator"] {
        assert_eq!(get(path).status / 100, 4, "{path}");
    }
    assert_eq!(get("/elsewhere").code(404), "InvalidApi.NotFound");
    assert_eq!(server.get("state").ok()["model"], before);
    let codes: Vec<_> =
        server.events("after=0&limit=20000").into_iter().filter(|e| e["kind"] == "call").collect();
    let unread = codes.iter().find(|call| call["detail"]["action"] == "Nonsense").expect("a call");
    assert_eq!((&unread["rule"], &unread["detail"]["outcome"]), (&json!("W-013"), &json!("refused")));
}

#[test]
fn a_body_may_have_a_mebibyte_and_no_more() {
    let server = Server::manual();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let body = |length: usize| {
        let mut body =
            form(&[("Action", "DescribeDBClusters"), ("Version", POLARDB), ("RegionId", "cn-hangzhou")]);
        body += "&Filler=";
        body += &"x".repeat(length - body.len());
        body.into_bytes()
    };
    server.request("POST", "/", &headers, &body(1 << 20)).ok();
    assert_eq!(
        server.request("POST", "/", &headers, &body((1 << 20) + 1)).code(413),
        "RequestEntityTooLarge"
    );
    assert_eq!(server.request("POST", "/", &headers, &body(8 << 20)).code(413), "RequestEntityTooLarge");
    // Announced, and not yet sent.
    let expect = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n";
    assert_eq!(support::Answer::of(&server.raw(expect)).code(413), "RequestEntityTooLarge");
    // In chunks, whose sum nobody announced.
    let mut chunked =
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..17 {
        chunked.extend_from_slice(format!("10000\r\n{}\r\n", "y".repeat(0x10000)).as_bytes());
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(support::Answer::of(&server.raw(&chunked)).code(413), "RequestEntityTooLarge");
    let calls = server.kinds("");
    assert_eq!(calls, ["call"], "what was not read is no call");
}

#[test]
fn a_pair_hidden_by_site_is_hinted_at() {
    let server = Server::manual();
    let pair = server.copied_pair();
    let ask = |site| {
        let parameters = [("RegionId", "cn-beijing"), ("PairIds", pair.as_str()), ("Site", site)];
        server.ebs("DescribeDiskReplicaPairs", &parameters).ok()["ReplicaPairs"].as_array().map(Vec::len)
    };
    let seen = server.events("limit=20000").len();
    assert_eq!(ask("backup"), Some(1));
    assert_eq!(ask("production"), Some(0));
    let events = server.events(&format!("after={seen}"));
    let kinds: Vec<_> = events.iter().map(|event| text(event, "/kind")).collect();
    assert_eq!(kinds, ["call", "call", "hint"]);
    assert_eq!((&events[2]["resource"], &events[2]["detail"]["site"]), (&json!(pair), &json!("production")));
    assert_eq!(events[2]["detail"]["request_id"], events[1]["detail"]["request_id"]);
}

/// What a client sends that was given the nothing of its language as the token.
#[test]
fn a_token_that_is_a_word_for_nothing_is_hinted_at() {
    let server = Server::manual();
    let (cluster, _) = server.cluster(MYSQL, 3);
    let seen = server.events("limit=20000").len();
    for token in ["None", "undefined", "null", "nil", "none", "Nonesuch", ""] {
        server.polardb("FailoverDBCluster", &[("DBClusterId", &cluster), ("ClientToken", token)]);
    }
    let events = server.events(&format!("after={seen}"));
    let hints: Vec<_> = events.iter().filter(|event| event["kind"] == "hint").collect();
    let tokens: Vec<_> = hints.iter().map(|hint| text(hint, "/detail/token")).collect();
    assert_eq!(tokens, ["None", "undefined", "null", "nil"]);
    assert_eq!((&hints[0]["rule"], &hints[0]["resource"]), (&json!("T-020"), &Value::Null));
    assert_eq!(hints[0]["detail"]["action"], "FailoverDBCluster");
    let call = events.iter().find(|event| event["kind"] == "call").expect("a call");
    assert_eq!(hints[0]["detail"]["request_id"], call["detail"]["request_id"]);
}

#[test]
fn endpoints_follow_the_writer_and_the_log_of_switches_moves_with_the_state() {
    let one = Server::manual();
    let (cluster, nodes) = one.cluster(MYSQL, 2);
    let of = [("DBClusterId", cluster.as_str())];
    let log = [of[0], ("LogType", "HaSwitchLogList")];
    let primary = |server: &Server| {
        let items = server.polardb("DescribeDBClusterEndpoints", &of).ok()["Items"].clone();
        assert_eq!(items[1]["EndpointType"], "Primary");
        (items[1]["Nodes"].clone(), items[1]["AddressItems"][0]["ConnectionString"].clone())
    };
    let before = primary(&one);
    assert_eq!(before.0, json!(nodes[0]));
    assert_eq!(one.polardb("DescribeHALogs", &log).ok()["HaStatus"], 1);
    one.polardb("FailoverDBCluster", &of).ok();
    one.advance(2_000);
    assert_eq!(primary(&one), (json!(nodes[1]), before.1));
    let logged = one.polardb("DescribeHALogs", &log).ok();
    assert_eq!((&logged["HaStatus"], &logged["TotalRecords"]), (&json!(0), &json!(1)));
    assert_eq!(logged["HaLogItems"][0]["SwitchFinishTime"], "2026-01-01T00:00:04Z");

    let state = one.get("state");
    let two = Server::manual();
    two.request("PUT", "/_emulator/state", &[], state.body.as_bytes()).done();
    assert_eq!(two.polardb("DescribeHALogs", &log).ok()["HaLogItems"], logged["HaLogItems"]);
    two.delete("state").done();
    assert_eq!(two.polardb("DescribeHALogs", &log).status, 404);
}

/// The regions of the vendor's sample by default, or those of a file; they stay when the state is cleared.
#[test]
fn both_products_tell_the_regions_that_the_server_was_started_with() {
    let regions = |server: &Server| {
        let ebs = server.ebs("DescribeRegions", &[("RegionId", "cn-hangzhou"), ("ResourceType", "ear")]).ok();
        let polardb = server.polardb("DescribeRegions", &[]).ok();
        (ebs["Regions"].clone(), polardb["Regions"]["Region"].clone())
    };
    let server = Server::manual();
    let (ebs, polardb) = regions(&server);
    assert_eq!((ebs.as_array().map(Vec::len), polardb.as_array().map(Vec::len)), (Some(19), Some(19)));
    let file = std::env::temp_dir().join(format!("regions-{}.json", server.id()));
    std::fs::write(&file, r#"{"cn-x": ["cn-x-a", "cn-x-b"]}"#).expect("a file");
    let server = Server::start(&["--clock", "manual", "--regions", file.to_str().expect("a path")]);
    let (ebs, polardb) = regions(&server);
    let zones = json!({ "Zone": [{ "ZoneId": "cn-x-a", "VpcEnabled": true }, { "ZoneId": "cn-x-b", "VpcEnabled": true }] });
    assert_eq!(polardb, json!([{ "RegionId": "cn-x", "Zones": zones }]));
    assert_eq!(ebs.pointer("/0/Zones/1/ZoneId"), Some(&json!("cn-x-b")));
    server.delete("state").done();
    assert_eq!(regions(&server), (ebs, polardb));
    std::fs::remove_file(&file).expect("it is there");
}
