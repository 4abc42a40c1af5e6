//! The token of a page goes on with the list that it was given for, and with no other.

use failover_model::{AccountId, Call, ControlPlane, Fresh};
use serde_json::{Value, json};

use super::bodies::{NOW, account, entered};
use super::*;

/// A list by token: how it is asked for, and what makes another list of it.
struct List {
    operation: Operation,
    asked: &'static [(&'static str, &'static str)],
    /// Each replaces or adds parameters.
    others: &'static [&'static [(&'static str, &'static str)]],
}

const REGION: (&str, &str) = ("RegionId", "cn-hangzhou");

const LISTS: [List; 6] = [
    List {
        operation: Operation::DescribeDiskReplicaPairs,
        asked: &[REGION],
        others: &[
            &[("RegionId", "cn-beijing")],
            &[("PairIds", "pair-1,pair-2")],
            &[("Name", "orders")],
            &[("ReplicaGroupId", "-")],
            &[("Site", "backup")],
            &[("ResourceGroupId", "rg-1")],
            &[("Tag.1.Key", "env")],
            &[("Tag.1.Key", "env"), ("Tag.1.Value", "test")],
        ],
    },
    List {
        operation: Operation::DescribeDiskReplicaGroups,
        asked: &[REGION],
        others: &[
            &[("RegionId", "cn-beijing")],
            &[("GroupIds", "pg-1,pg-2")],
            &[("Name", "orders")],
            &[("Site", "backup")],
            &[("ResourceGroupId", "rg-1")],
            &[("Tag.1.Key", "env")],
        ],
    },
    List {
        operation: Operation::DescribePairDrills,
        asked: &[REGION, ("PairId", "pair-1")],
        others: &[&[("RegionId", "cn-beijing")], &[("PairId", "pair-2")], &[("DrillId", "drill-1")]],
    },
    List {
        operation: Operation::DescribeReplicaGroupDrills,
        asked: &[REGION, ("GroupId", "pg-1")],
        others: &[&[("RegionId", "cn-beijing")], &[("GroupId", "pg-2")], &[("DrillId", "pg-drill-1")]],
    },
    List {
        operation: Operation::ListTagResources,
        asked: &[REGION, ("ResourceType", "diskreplicapair"), ("Tag.1.Key", "env")],
        others: &[
            &[("RegionId", "cn-beijing")],
            &[("ResourceType", "diskreplicagroup")],
            &[("ResourceId.1", "pair-1")],
            &[("Tag.1.Key", "team")],
            &[("Tag.1.Value", "test")],
            &[("Tag.2.Key", "team")],
        ],
    },
    List {
        operation: Operation::DescribeDbClustersZonal,
        asked: &[REGION],
        others: &[
            &[("RegionId", "cn-beijing")],
            &[("DBClusterIds", "pc-1,pc-2")],
            &[("DBNodeIds", "pi-1")],
            &[("DBClusterDescription", "orders")],
            &[("DBClusterStatus", "Running")],
            &[("DBType", "MySQL")],
            &[("DBVersion", "8.0")],
            &[("PayType", "Postpaid")],
            &[("RecentCreationInterval", "1")],
            &[("RecentExpirationInterval", "1")],
            &[("ResourceGroupId", "rg-1")],
            &[("Tag.1.Key", "env")],
        ],
    },
];

/// More pairs with a tag than a page of tags has, and two of everything else.
fn plane() -> ControlPlane {
    let tags = json!([{ "TagKey": "env", "TagValue": "test" }]);
    let pair =
        |number| json!({ "ReplicaPairId": format!("pair-{number}"), "Tags": tags, "LastRecoverPoint": 1 });
    let drill = |id: &str| {
        let pair = json!({ "DrillId": id, "PairId": "pair-1", "Status": "execute_failed" });
        let group = json!({ "DrillId": format!("pg-{id}"), "GroupId": "pg-1", "Status": "execute_failed" });
        [pair, group]
    };
    let cluster = |number| json!({ "DBClusterId": format!("pc-{number}"), "DBNodes": [{ "DBNodeId": format!("pi-{number}") }] });
    let drills = [drill("drill-1"), drill("drill-2")].concat();
    let (plane, entered) = entered(&json!({
        "ReplicaPairs": (1..=60).map(pair).collect::<Vec<Value>>(),
        "ReplicaGroups": [{ "ReplicaGroupId": "pg-1", "PairIds": ["pair-3"] }, { "ReplicaGroupId": "pg-2" }],
        "Drills": drills,
        "Clusters": [cluster(1), cluster(2)],
    }));
    assert_eq!(entered.left_out, []);
    plane
}

/// What a call is answered: a body, or the rule, the status and the code of a refusal.
fn ask(
    plane: &mut ControlPlane,
    account: &AccountId,
    operation: Operation,
    given: &[(&str, &str)],
) -> Result<Value, (String, u16, String)> {
    let parsed = accepted(operation, given);
    let region = parsed.region.expect("a list has a region");
    let call = Call { now: NOW, account: account.clone(), region, token: parsed.token };
    match plane.call_any(&call, &parsed.request, &Fresh::None).unwrap().result.unwrap() {
        Ok(response) => Ok(super::bodies::as_json(operation, &response)),
        Err(refusal) => {
            let answer = refusal.wire();
            Err((refusal.rule().to_string(), answer.status, answer.code.into_owned()))
        }
    }
}

/// The parameters with others in their place or beside them.
fn changed<'a>(asked: &[(&'a str, &'a str)], others: &[(&'a str, &'a str)]) -> Given<'a> {
    let kept = asked.iter().filter(|(name, _)| !others.iter().any(|(other, _)| other == name));
    kept.chain(others).copied().collect()
}

/// The token after the first page, asked for with one record a page where the list takes that.
fn first_token(plane: &mut ControlPlane, list: &List) -> String {
    let page = ask(plane, &account(), list.operation, &and(list.asked.to_vec(), &[("MaxResults", "1")]));
    let page = page.expect("a page");
    let token = page["NextToken"].as_str().unwrap_or_default().to_owned();
    assert!(!token.is_empty(), "{} has a second page: {page}", list.operation);
    token
}

fn refusal_of(operation: Operation) -> (String, u16, String) {
    match operation.product() {
        Product::Ebs => ("E-693".into(), 400, "InvalidParameter".into()),
        Product::PolarDb => ("P-117".into(), 400, "InvalidNextToken.Malformed".into()),
    }
}

/// E-693, P-117.
#[test]
fn a_token_of_another_list_is_refused() {
    let mut plane = plane();
    let other: AccountId = "2002".parse().unwrap();
    let tokens: Vec<String> = LISTS.iter().map(|list| first_token(&mut plane, list)).collect();
    for (list, token) in LISTS.iter().zip(&tokens) {
        let (operation, refused) = (list.operation, Err(refusal_of(list.operation)));
        let next = ("NextToken", token.as_str());
        // The page may have another size, and is the only one to go on with.
        for more in [[next].as_slice(), &[next, ("MaxResults", "2")]] {
            assert!(
                ask(&mut plane, &account(), operation, &and(list.asked.to_vec(), more)).is_ok(),
                "{operation}"
            );
        }
        let asked = and(list.asked.to_vec(), &[next]);
        assert_eq!(ask(&mut plane, &other, operation, &asked), refused, "{operation}: another account");
        for others in list.others {
            let asked = changed(list.asked, others);
            assert!(ask(&mut plane, &account(), operation, &asked).is_ok(), "{operation} {others:?}: a list");
            let asked = and(asked, &[next]);
            assert_eq!(ask(&mut plane, &account(), operation, &asked), refused, "{operation} {others:?}");
        }
        for (elsewhere, foreign) in LISTS.iter().zip(&tokens).filter(|(it, _)| it.operation != operation) {
            let asked = and(list.asked.to_vec(), &[("NextToken", foreign)]);
            let told = ask(&mut plane, &account(), operation, &asked);
            assert_eq!(told, refused, "{operation} with a token of {}", elsewhere.operation);
        }
    }
}

/// The order in which a set is named makes no other list.
#[test]
fn a_token_goes_on_with_the_same_set_in_another_order() {
    let mut plane = plane();
    let lists = [
        (Operation::DescribeDiskReplicaPairs, "PairIds", ["pair-1,pair-2", "pair-2,pair-1"]),
        (Operation::DescribeDiskReplicaGroups, "GroupIds", ["pg-1,pg-2", "pg-2,pg-1"]),
        (Operation::DescribeDbClustersZonal, "DBClusterIds", ["pc-1,pc-2", "pc-2,pc-1"]),
    ];
    for (operation, name, [one, other]) in lists {
        let mut page = |ids, more: &[(&'static str, &str)]| {
            let asked = [&[REGION, (name, ids), ("MaxResults", "1")], more].concat();
            ask(&mut plane, &account(), operation, &asked).expect("a page")
        };
        let token = page(one, &[])["NextToken"].as_str().expect("a token").to_owned();
        let last = page(other, &[("NextToken", &token)]);
        assert!(last["NextToken"].as_str().unwrap_or_default().is_empty(), "{last}");
    }
}

/// Every operation that takes a token of a page is looked at here.
#[test]
fn every_list_by_token_is_looked_at() {
    let metadata: Vec<Operation> = Operation::ALL
        .iter()
        .copied()
        .filter(|operation| {
            let given = and(least(*operation), &[("NextToken", "x"), ("Tag.1.Key", "env")]);
            call(*operation, &given).is_err_and(|refusal| refusal.to_string().contains("NextToken"))
        })
        .collect();
    let looked_at: Vec<Operation> = LISTS.iter().map(|list| list.operation).collect();
    assert!(metadata.iter().all(|operation| looked_at.contains(operation)), "{metadata:?}");
    assert_eq!(metadata.len(), looked_at.len(), "{metadata:?}");
}
