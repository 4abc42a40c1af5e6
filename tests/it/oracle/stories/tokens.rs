//! Stories about tokens.

use failover_model::ebs::StartDiskReplicaPair;
use failover_model::testing::steps::{CallRegion, Origin, ReplicaCall, TestStep, Timing};
use failover_model::token::{Lifetime, Overflow};
use failover_model::{Call, ClientToken, Fresh, Input};

use super::{
    Act, ONE_SHOT, OWNER, START_IT, Story, badly, bare, create, created, later, now, pair, story, told, well,
    with,
};
use crate::kit::{at, id};

pub(super) fn all() -> Vec<Story> {
    let created = &created()[..];
    let start = |token| now(pair(with(token), START_IT));
    let short =
        |lifetime: u64| bare(|policy| policy.tokens.lifetime = Lifetime::For(lifetime.try_into().unwrap()));
    let bounded = |capacity: usize, overflow| {
        bare(|policy| {
            policy.tokens.capacity = capacity.try_into().unwrap();
            policy.tokens.overflow = overflow;
        })
    };
    let other_account = Origin { account: 1, ..with(0) };
    let shout = |token: &str| {
        let token = ClientToken::parse(token).unwrap();
        let call = Call { now: at(0), account: id("1001"), region: id("cn-shanghai"), token };
        let request = StartDiskReplicaPair::new(id("pair-1"));
        Act::Raw(Box::new(Input::Call(call, request.into(), Fresh::None)))
    };
    let early = Act::Step(TestStep { timing: Timing::Earlier(5_000), kind: pair(OWNER, START_IT) });
    vec![
        story("a clock that leaps back", &[created, &[early, well()]]),
        story("a lost reply", &[created, &[start(0), start(0), well(), start(0)]]),
        story(
            "one token in two accounts",
            &[&[create(with(0), 1, (0, 1)), create(other_account, 2, (0, 1))]],
        ),
        story(
            "one token in two regions",
            &[
                created,
                &[start(0), now(pair(Origin { region: CallRegion::Destination, ..with(0) }, START_IT))],
            ],
        ),
        story("two tokens that differ in case", &[created, &[shout("token-x"), shout("TOKEN-X")]]),
        story("one token for two requests", &[created, &[start(0), now(pair(with(0), ONE_SHOT)), start(0)]]),
        story(
            "a replay after the failover failed",
            &[
                created,
                &[
                    now(pair(with(0), ReplicaCall::Failover)),
                    badly(),
                    now(pair(with(0), ReplicaCall::Failover)),
                ],
            ],
        ),
        told(
            "a lifetime that is not extended",
            short(1_000),
            &[created, &[start(0), later(600, pair(with(0), START_IT)), later(600, pair(with(0), START_IT))]]
                .concat(),
        ),
        told(
            "the end of a lifetime",
            short(1_000),
            &[created, &[start(0), later(999, pair(with(0), START_IT)), later(1, pair(with(0), START_IT))]]
                .concat(),
        ),
        story(
            "a refusal that passes",
            &[
                created,
                &[now(pair(with(0), ReplicaCall::Stop)), start(1), now(pair(with(0), ReplicaCall::Stop))],
            ],
        ),
        told(
            "a full cache",
            bounded(1, Overflow::Refuse),
            &[created, &[start(0), now(pair(with(1), ReplicaCall::Stop)), start(0)]].concat(),
        ),
        told(
            "a cache that makes room",
            bounded(2, Overflow::EvictOldestCompleted),
            &[
                created,
                &[
                    start(0),
                    now(pair(with(1), ReplicaCall::Stop)),
                    well(),
                    start(2),
                    now(pair(with(1), ReplicaCall::Stop)),
                    start(0),
                ],
            ]
            .concat(),
        ),
    ]
}
