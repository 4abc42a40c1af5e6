//! A failover call with a token, against one pair found for change and one token inserted.

use failover_model::ebs::{
    CreateDiskReplicaPair, FailoverDiskReplicaPair, PairCreated, ReplicaPair, StartDiskReplicaPair,
};
use failover_model::token::TokenKey;
use failover_model::{
    AccountId, Call, ClientToken, ControlPlane, EffectId, Operation, Outcome, PairId, Policy, Product,
    RegionId, Report, Request, Timestamp,
};
use failover_model::{Scope, TokenOutcome};
use foldhash::fast::FixedState;
use indexmap::IndexMap;

use crate::pair::{Row, compare};

type BareTokens = IndexMap<TokenKey<AccountId, Scope>, (Request, TokenOutcome, Timestamp), FixedState>;
type BarePairs = IndexMap<PairId, ReplicaPair, FixedState>;

/// The rows of each number of pairs.
pub fn rows() -> Vec<(usize, Row)> {
    let sizes = [1_000, 10_000, 100_000, 1_000_000];
    sizes.into_iter().flat_map(|pairs| at(pairs).into_iter().map(move |row| (pairs, row))).collect()
}

fn account() -> AccountId {
    AccountId::parse("1234567890123456").unwrap()
}

fn region(name: &str) -> RegionId {
    RegionId::parse(name).unwrap()
}

/// A plane of `count` replicating pairs, each between cycles and created under a token.
pub fn plane(count: usize) -> (ControlPlane, Vec<(Call, CreateDiskReplicaPair)>) {
    let mut policy = Policy::default();
    policy.tokens.capacity = std::num::NonZeroUsize::MAX;
    let mut plane = ControlPlane::new(policy);
    let mut created = Vec::with_capacity(count);
    let now = Timestamp::from_millis(1_000);
    for at in 0..count {
        let token = ClientToken::parse(&format!("00000000-e89b-12d3-a456-{at:012}")).unwrap();
        let call = Call { now, account: account(), region: region("cn-beijing"), token };
        let request = CreateDiskReplicaPair::new(
            ("cn-beijing-a".parse().unwrap(), format!("d-source{at:08}").parse().unwrap()),
            (
                region("cn-shanghai"),
                "cn-shanghai-b".parse().unwrap(),
                format!("d-destination{at:08}").parse().unwrap(),
            ),
        );
        let fresh = PairCreated { pair: id(at), order: "1".parse().unwrap() };
        let reply = plane.create_disk_replica_pair(&call, &request, fresh).unwrap();
        succeed(&mut plane, now, reply.step.effects[0].id);
        let start = StartDiskReplicaPair::new(id(at));
        let untold = Call { token: None, ..call.clone() };
        let reply = plane.start_disk_replica_pair(&untold, &start);
        succeed(&mut plane, now, reply.step.effects[0].id);
        created.push((call, request));
    }
    (plane, created)
}

fn succeed(plane: &mut ControlPlane, now: Timestamp, id: EffectId) {
    let _ = plane.report(now, &Report::Outcome { id, outcome: Outcome::Succeeded }).unwrap();
}

fn id(at: usize) -> PairId {
    format!("pair-cn-{at:011}").parse().unwrap()
}

/// The calls and requests in an order that has nothing to do with that of the pairs.
fn calls(count: usize) -> Vec<(Call, FailoverDiskReplicaPair)> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|at| (*at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let (account, region) = (account(), region("cn-shanghai"));
    order
        .into_iter()
        .map(|at| {
            let token = ClientToken::parse(&format!("123e4567-e89b-12d3-a456-{at:012}")).unwrap();
            let now = Timestamp::from_millis(2_000);
            let call = Call { now, account: account.clone(), region: region.clone(), token };
            (call, FailoverDiskReplicaPair::new(id(at)))
        })
        .collect()
}

/// How many calls make one sample.
const BATCH: usize = 100;

/// Both sides hold `count` pairs and the tokens under which they were created. Each sample is a batch of calls on pairs
/// that no earlier batch touched, so nothing is copied or warmed for the sake of the measurement; a batch in which a
/// table happens to grow is an outlier that the median leaves out, on both sides.
fn at(count: usize) -> Vec<Row> {
    let calls = calls(count);
    let keyed: Vec<_> = calls.iter().map(|(call, request)| (key(call), request)).collect();
    let (mut plane, created) = plane(count);
    let mut pairs: BarePairs = plane.pairs().map(|pair| (pair.id().clone(), pair.clone())).collect();
    let mut tokens = BareTokens::with_hasher(FixedState::with_seed(0));
    for (call, request) in &created {
        let key = TokenKey { scope: scope(call, Operation::CreateDiskReplicaPair), ..key(call) };
        tokens.insert(key, (request.clone().into(), TokenOutcome::Accepted, call.now));
    }
    let samples = count / BATCH;
    let (mut ours, mut bare) = (calls.chunks_exact(BATCH), keyed.chunks_exact(BATCH));
    let accepted = compare(
        &format!("failover with a token, {count} pairs"),
        Some(1.4),
        samples,
        BATCH,
        || {
            for (call, request) in ours.next().unwrap_or_default() {
                let reply = plane.failover_disk_replica_pair(call, request);
                assert!(reply.result.is_ok() && !reply.replayed);
            }
        },
        || {
            for (key, request) in bare.next().unwrap_or_default() {
                let pair = pairs.get_mut(&request.pair);
                assert!(std::hint::black_box(pair).is_some());
                let record = (Request::from((*request).clone()), TokenOutcome::Accepted, key_time());
                tokens.insert(key.clone(), record);
            }
        },
    );
    let (mut ours, mut bare) = (calls.chunks_exact(BATCH), keyed.chunks_exact(BATCH));
    let replayed = compare(
        &format!("replay of a token, {count} pairs"),
        None,
        samples,
        BATCH,
        || {
            for (call, request) in ours.next().unwrap_or_default() {
                assert!(plane.failover_disk_replica_pair(call, request).replayed);
            }
        },
        || {
            for (key, request) in bare.next().unwrap_or_default() {
                let Some((stored, outcome, _)) = tokens.get(key) else { panic!("the token was inserted") };
                assert!(matches!(stored, Request::FailoverDiskReplicaPair(stored) if stored == *request));
                std::hint::black_box(outcome);
            }
        },
    );
    vec![accepted, replayed]
}

fn key_time() -> Timestamp {
    Timestamp::from_millis(2_000)
}

fn key(call: &Call) -> TokenKey<AccountId, Scope> {
    let scope = scope(call, Operation::FailoverDiskReplicaPair);
    TokenKey { tenant: call.account.clone(), scope, token: call.token.clone().unwrap() }
}

fn scope(call: &Call, operation: Operation) -> Scope {
    Scope { region: call.region.clone(), product: Product::Ebs, operation: Some(operation) }
}
