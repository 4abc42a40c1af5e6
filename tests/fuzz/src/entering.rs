//! Entering: what a world answers to every describe call is entered into an empty one, which then answers the same.

use std::collections::{BTreeMap, BTreeSet};

use failover_model::wire::{Body, Defaults, Entered, Format, Parameters, Paste, parse};
use failover_model::{AccountId, Call, ControlPlane, Fresh, Operation, Policy, RegionId, Timestamp};
use serde_json::{Value, json};

/// A snapshot of a world, or a paste, of which an empty world becomes one.
pub fn entering(data: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    let restored = serde_json::from_value(value.clone()).ok().map(ControlPlane::restore);
    let world = match restored {
        Some(Ok(world)) => world,
        _ => {
            let mut plane = ControlPlane::new(Policy::default());
            let account = AccountId::parse("1001").expect("well formed");
            if enter(&mut plane, Timestamp::from_millis(2_000_000_000_000), &account, &value).is_none() {
                return;
            }
            plane.check().expect("what is entered is sound");
            plane
        }
    };
    entered_again(&world);
}

/// Enters all answers of a world into an empty one and compares the answers of both; returns what was told, by account.
pub fn entered_again(world: &ControlPlane) -> Vec<Entered> {
    let accounts: BTreeSet<&AccountId> = (world.pairs().map(|pair| pair.account()))
        .chain(world.clusters().map(|cluster| cluster.account()))
        .collect();
    let groups: Vec<_> = world.groups().collect();
    let accounts: BTreeSet<&AccountId> =
        accounts.into_iter().chain(groups.iter().map(|view| view.group.account())).collect();
    let mut regions: BTreeSet<RegionId> = world.clusters().map(|cluster| cluster.region().clone()).collect();
    for pair in world.pairs() {
        regions.extend([pair.primary().region.clone(), pair.standby().region.clone()]);
    }
    for view in &groups {
        regions.extend([view.group.primary().region.clone(), view.group.standby().region.clone()]);
    }
    let twins = accounts.into_iter().map(|account| twin(world, account, &regions));
    twins.collect()
}

fn twin(world: &ControlPlane, account: &AccountId, regions: &BTreeSet<RegionId>) -> Entered {
    let mut answers = Answers::of(world, account, regions).bodies;
    let pasted = Value::Array(answers.clone());
    let mut again = ControlPlane::new(world.policy().clone());
    if answers.is_empty() {
        return Entered::default();
    }
    let entered =
        enter(&mut again, world.clock(), account, &pasted).expect("answers have the form of answers");
    again.check().expect("what is entered is sound");
    // What is named as ignored may differ; nothing else may.
    for at in &entered.ignored {
        *at_place(&mut answers, at) = Value::Null;
    }
    let left_out: BTreeSet<String> =
        entered.left_out.iter().filter_map(|out| id_of(at_place(&mut answers, &out.at))).collect();
    let expected = items(&answers, &left_out);
    let found = items(&Answers::of(&again, account, regions).bodies, &left_out);
    for (key, expected) in &expected {
        let found = found.get(key).unwrap_or_else(|| panic!("{key} is gone: {entered:?}"));
        assert!(same(expected, found), "{key}: {expected} became {found}");
    }
    let more: Vec<_> = found.keys().filter(|key| !expected.contains_key(*key)).collect();
    assert!(more.is_empty(), "{more:?} came from nowhere");
    entered
}

/// Enters a paste, unless it has no form of an answer.
fn enter(plane: &mut ControlPlane, now: Timestamp, account: &AccountId, pasted: &Value) -> Option<Entered> {
    let mut count = 0;
    let mut mint = |kind: failover_model::wire::IdKind| {
        count += 1;
        format!("{}minted-{count}", kind.prefix())
    };
    let region = "cn-hangzhou".parse().expect("well formed");
    let paste = Paste::read(pasted, &mut Defaults { now, region, mint: &mut mint }).ok()?;
    Some(paste.enter(plane, now, account))
}

/// The answers of one account's describe calls, with the owner beside what does not name it.
struct Answers {
    plane: ControlPlane,
    account: AccountId,
    bodies: Vec<Value>,
}

impl Answers {
    fn of(world: &ControlPlane, account: &AccountId, regions: &BTreeSet<RegionId>) -> Self {
        let mut answers = Self { plane: world.clone(), account: account.clone(), bodies: Vec::new() };
        for site in ["production", "backup"] {
            for region in regions {
                answers.pages(
                    region,
                    Operation::DescribeDiskReplicaPairs,
                    &[("Site", site), ("MaxResults", "7")],
                );
                answers.pages(
                    region,
                    Operation::DescribeDiskReplicaGroups,
                    &[("Site", site), ("MaxResults", "7")],
                );
            }
        }
        for region in regions {
            for kind in ["diskreplicapair", "diskreplicagroup"] {
                answers.pages(region, Operation::ListTagResources, &[("ResourceType", kind)]);
            }
            answers.pages(region, Operation::DescribeDbClusters, &[("PageSize", "100")]);
            answers.pages(region, Operation::DescribeDbClustersZonal, &[("MaxResults", "7")]);
            for (operation, parameter, list, id) in [
                (Operation::DescribePairDrills, "PairId", "ReplicaPairs", "ReplicaPairId"),
                (Operation::DescribeReplicaGroupDrills, "GroupId", "ReplicaGroups", "ReplicaGroupId"),
                (
                    Operation::DescribeDiskReplicaPairProgress,
                    "ReplicaPairId",
                    "ReplicaPairs",
                    "ReplicaPairId",
                ),
            ] {
                for id in answers.listed(list, id, region) {
                    let from = answers.bodies.len();
                    answers.pages(region, operation, &[(parameter, &id)]);
                    answers.bodies[from..].iter_mut().for_each(|body| body[parameter] = json!(id));
                }
            }
            for id in answers.listed("Items", "DBClusterId", region) {
                answers.pages(region, Operation::DescribeDbClusterAttribute, &[("DBClusterId", &id)]);
                answers.pages(region, Operation::DescribeDbClusterEndpoints, &[("DBClusterId", &id)]);
            }
        }
        if let Some(region) = regions.first() {
            answers.pages(region, Operation::DescribeEbsRegions, &[]);
            answers.pages(region, Operation::DescribePolarDbRegions, &[]);
            let from = answers.bodies.len();
            answers.pages(region, Operation::DescribeGlobalDatabaseNetworks, &[("PageSize", "100")]);
            let items = answers.bodies[from..].iter().filter_map(|body| body["Items"].as_array()).flatten();
            let ids: Vec<String> = items.filter_map(|item| item["GDNId"].as_str().map(Into::into)).collect();
            for id in ids {
                answers.pages(region, Operation::DescribeGlobalDatabaseNetwork, &[("GDNId", &id)]);
            }
        }
        answers
    }

    /// The ids in the lists of this name that the region sees from the production site.
    fn listed(&self, list: &str, id: &str, region: &RegionId) -> BTreeSet<String> {
        let lists = self
            .bodies
            .iter()
            .filter_map(|body| body[list].as_array().or(body[list]["DBCluster"].as_array()));
        let here = |item: &&Value| {
            let source = ["SourceRegion", "SourceRegionId", "RegionId", "PrimaryRegion"];
            source.iter().any(|name| item[*name] == json!(region))
        };
        lists.flatten().filter(here).filter_map(|item| item[id].as_str().map(String::from)).collect()
    }

    /// All pages of a call, the following ones by token.
    fn pages(&mut self, region: &RegionId, operation: Operation, given: &[(&str, &str)]) {
        let mut token = String::new();
        loop {
            let given = given.iter().copied().chain([("RegionId", region.as_str()), ("NextToken", &token)]);
            let parameters: Parameters = given.collect();
            let version = operation.product().version();
            let parsed = parse(Some(operation.as_str()), Some(version), &parameters).expect("well formed");
            let call = Call {
                now: self.plane.clock(),
                account: self.account.clone(),
                region: region.clone(),
                token: parsed.token,
            };
            let output =
                self.plane.call_any(&call, &parsed.request, &Fresh::None).expect("a read needs no ids");
            let Some(Ok(response)) = output.result else { return };
            let body = Body::success(operation, &response, "R", Format::Json);
            let body: Value = serde_json::from_str(&body.text).expect("an answer is JSON");
            token = body["NextToken"].as_str().unwrap_or_default().into();
            self.bodies.push(body);
            if token.is_empty() || operation == Operation::DescribeDbClusters {
                return;
            }
        }
    }
}

/// The value at a place such as `[3].ReplicaPairs[0].Status`.
fn at_place<'a>(bodies: &'a mut [Value], at: &str) -> &'a mut Value {
    let pointer = at.replace('[', "/").replace("].", "/").replace(']', "").replace('.', "/");
    let (number, rest) =
        pointer[1..].split_once('/').map_or((&pointer[1..], ""), |(number, rest)| (number, rest));
    let body = &mut bodies[number.parse::<usize>().expect("a number")];
    let rest = if rest.is_empty() { String::new() } else { format!("/{rest}") };
    body.pointer_mut(&rest).unwrap_or_else(|| panic!("{at} is no place"))
}

/// The fields by which objects are known.
const IDS: [&str; 8] = [
    "DBEndpointId",
    "DrillId",
    "ResourceId",
    "ReplicaPairId",
    "ReplicaGroupId",
    "GDNId",
    "DBClusterId",
    "RegionId",
];

fn id_of(object: &Value) -> Option<String> {
    IDS.iter().find_map(|id| object[*id].as_str()).map(String::from)
}

/// The objects of bodies by what they are and their id, without those of what was left out.
fn items(bodies: &[Value], left_out: &BTreeSet<String>) -> BTreeMap<String, Value> {
    let mut items = BTreeMap::new();
    for body in bodies {
        let lists = body.as_object().expect("a body is an object").iter();
        let nested = |list: &'_ Value| list["DBCluster"].as_array().or(list["Region"].as_array()).cloned();
        let lists =
            lists.filter_map(|(name, list)| Some((name, list.as_array().cloned().or_else(|| nested(list))?)));
        let single = id_of(body).is_some();
        let objects = lists
            .filter(|_| !single)
            .flat_map(|(name, list)| list.into_iter().map(move |item| (name.as_str(), item)));
        for (name, item) in objects.chain(single.then_some(("", body.clone()))) {
            let Some(id) = id_of(&item).filter(|id| !left_out.contains(id)) else { continue };
            let (site, tag, progress) = (&item["Site"], &item["TagKey"], item.get("Progress").is_some());
            items.insert(format!("{name} {id} {site} {tag} {progress}"), item.clone());
        }
    }
    items
}

/// Whether an answer is the expected one, in which what was ignored is null.
fn same(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Null, _) => true,
        (Value::Object(expected), Value::Object(found)) => {
            let known = found.keys().all(|name| expected.contains_key(name));
            known
                && expected
                    .iter()
                    .all(|(name, expected)| same(expected, found.get(name).unwrap_or(&Value::Null)))
        }
        (Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len()
                && expected.iter().zip(found).all(|(expected, found)| same(expected, found))
        }
        (expected, found) => expected == found,
    }
}
