//! The one generator of traces, what plays them on a cache, and a ledger that knows from the answers alone what must be
//! remembered.

use std::collections::{BTreeMap, BTreeSet};
use std::num::{NonZeroU64, NonZeroUsize};

use failover_model::Timestamp;
use failover_model::token::{
    Admission, ClientToken, Lifetime, Overflow, Permit, TokenCache, TokenCacheConfig, TokenKey, TokenRefusal,
};
use proptest::prelude::*;
use proptest::sample::select;

pub type Cache = TokenCache<u8, u8, u8, u8>;
/// Tenant, scope, token.
pub type Key = (u8, u8, u8);

pub const TENANTS: u8 = 3;
pub const SCOPES: u8 = 3;
pub const TOKENS: u8 = 3;
pub const REQUESTS: u8 = 2;

/// One call. Permits are named by tenant, oldest first, so that a trace means the same with another tenant's calls left
/// out, and with calls put in that grant nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    Begin {
        key: Key,
        request: u8,
    },
    /// A call without a token.
    Bare {
        tenant: u8,
        request: u8,
    },
    Complete {
        tenant: u8,
        pick: u8,
        outcome: u8,
    },
    Release {
        tenant: u8,
        pick: u8,
    },
    /// A new permit for the one picked, which becomes a zombie.
    Reclaim {
        tenant: u8,
        pick: u8,
    },
    /// A zombie awakes and completes or releases.
    Zombie {
        tenant: u8,
        pick: u8,
        complete: bool,
    },
    Observe,
}

impl Op {
    pub fn tenant(&self) -> Option<u8> {
        match self {
            Self::Begin { key, .. } => Some(key.0),
            Self::Bare { tenant, .. }
            | Self::Complete { tenant, .. }
            | Self::Release { tenant, .. }
            | Self::Reclaim { tenant, .. }
            | Self::Zombie { tenant, .. } => Some(*tenant),
            Self::Observe => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// None: for ever.
    pub ttl: Option<u64>,
    pub capacity: usize,
    pub overflow: Overflow,
}

impl Bounds {
    pub const ROOMY: Self = Self { ttl: None, capacity: 1_000, overflow: Overflow::Refuse };

    pub fn config(self) -> TokenCacheConfig {
        let lifetime = self.ttl.map_or(Lifetime::Never, |ms| Lifetime::For(NonZeroU64::new(ms).unwrap()));
        TokenCacheConfig {
            lifetime,
            capacity: NonZeroUsize::new(self.capacity).unwrap(),
            overflow: self.overflow,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Trace {
    pub bounds: Bounds,
    /// Each with its time, which may lie before that of the call before it.
    pub ops: Vec<(u64, Op)>,
}

impl Trace {
    pub fn with(mut self, change: impl FnOnce(&mut Bounds)) -> Self {
        change(&mut self.bounds);
        self
    }

    /// The same calls, each at the highest time so far.
    pub fn in_order_of_time(mut self) -> Self {
        let mut clock = 0;
        for (now, _) in &mut self.ops {
            clock = clock.max(*now);
            *now = clock;
        }
        self
    }
}

/// Traces. Their mix is asserted by `the_one_generator_mixes_what_the_invariants_speak_of`.
pub fn traces() -> impl Strategy<Value = Trace> {
    // A long lifetime beside short ones, so that mismatches and full tenants are as frequent as expiry.
    let ttl = select(vec![None, Some(1), Some(3), Some(8), Some(8), Some(40), Some(40)]);
    let overflow = select(vec![Overflow::Refuse, Overflow::EvictOldestCompleted]);
    let bounds =
        (ttl, 1_usize..=5, overflow).prop_map(|(ttl, capacity, overflow)| Bounds { ttl, capacity, overflow });
    let tenant = || select(vec![0_u8, 0, 0, 1, 1, 2]);
    let pick = any::<u8>;
    let op = prop_oneof![
        12 => (tenant(), select(vec![0, 0, 1, 1, 2]), select(vec![0, 0, 0, 1, 1, 2]), select(vec![0_u8, 0, 0, 1]))
            .prop_map(|(tenant, scope, token, request)| Op::Begin { key: (tenant, scope, token), request }),
        1 => (tenant(), 0..REQUESTS).prop_map(|(tenant, request)| Op::Bare { tenant, request }),
        7 => (tenant(), pick(), any::<u8>())
            .prop_map(|(tenant, pick, outcome)| Op::Complete { tenant, pick, outcome }),
        1 => (tenant(), pick()).prop_map(|(tenant, pick)| Op::Release { tenant, pick }),
        1 => (tenant(), pick()).prop_map(|(tenant, pick)| Op::Reclaim { tenant, pick }),
        1 => (tenant(), pick(), any::<bool>())
            .prop_map(|(tenant, pick, complete)| Op::Zombie { tenant, pick, complete }),
        1 => Just(Op::Observe),
    ];
    let step = prop_oneof![5 => Just(0_i64), 3 => 1_i64..3, 1 => -3_i64..10];
    (bounds, prop::collection::vec((step, op), 0..100)).prop_map(|(bounds, steps)| {
        let mut now = 0_u64;
        let ops = steps.into_iter().map(|(step, op)| {
            now = now.saturating_add_signed(step);
            (now, op)
        });
        Trace { bounds, ops: ops.collect() }
    })
}

pub fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

pub fn full_key((tenant, scope, token): Key) -> TokenKey<u8, u8> {
    TokenKey { tenant, scope, token: ClientToken::parse(&token.to_string()).unwrap().unwrap() }
}

pub fn short_key(key: &TokenKey<u8, u8>) -> Key {
    (key.tenant, key.scope, key.token.as_str().parse().unwrap())
}

/// The bytes of a snapshot.
pub fn bytes(cache: &Cache) -> String {
    serde_json::to_string(&cache.snapshot()).unwrap()
}

pub fn restored(cache: &Cache, seed: u64) -> Cache {
    let snapshot = serde_json::from_str(&bytes(cache)).unwrap();
    Cache::restore_with_hash_seed(*cache.config(), snapshot, seed).unwrap()
}

/// What a call was answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Bypass,
    Execute {
        permit: u64,
        evicted: Option<u64>,
    },
    Replay(u8),
    Mismatch,
    Processing,
    Full,
    /// Completed under this number.
    Completed(u64),
    Released,
    /// Reclaimed; the number of the new permit.
    Reclaimed(u64),
    Stale,
    /// The call could not be made: there was no such permit.
    Nothing,
}

/// A cache with the permits that were granted and not settled.
pub struct Player {
    pub cache: Cache,
    pub held: BTreeMap<u8, Vec<(Permit, Key)>>,
    zombies: BTreeMap<u8, Vec<Permit>>,
}

fn picked<P>(permits: &mut BTreeMap<u8, Vec<P>>, tenant: u8, pick: u8) -> Option<P> {
    let permits = permits.get_mut(&tenant).filter(|permits| !permits.is_empty())?;
    Some(permits.remove(usize::from(pick) % permits.len()))
}

impl Player {
    pub fn new(bounds: Bounds, seed: u64) -> Self {
        let cache = Cache::with_hash_seed(bounds.config(), seed);
        Self { cache, held: BTreeMap::new(), zombies: BTreeMap::new() }
    }

    pub fn step(&mut self, now: u64, op: &Op) -> Answer {
        let now = at(now);
        match *op {
            Op::Begin { key, request } => match self.cache.begin(now, Some(&full_key(key)), &request) {
                Admission::Bypass => Answer::Bypass,
                Admission::Execute(permit) => {
                    let answer = Answer::Execute { permit: permit.sequence(), evicted: permit.evicted() };
                    self.held.entry(key.0).or_default().push((permit, key));
                    answer
                }
                Admission::Replay(outcome) => Answer::Replay(*outcome),
                Admission::Refused(TokenRefusal::Mismatch) => Answer::Mismatch,
                Admission::Refused(TokenRefusal::Processing) => Answer::Processing,
                Admission::Refused(TokenRefusal::Full) => Answer::Full,
            },
            Op::Bare { request, .. } => match self.cache.begin(now, None, &request) {
                Admission::Bypass => Answer::Bypass,
                other => panic!("{other:?} without a token"),
            },
            Op::Complete { tenant, pick, outcome } => match picked(&mut self.held, tenant, pick) {
                Some((permit, _)) => {
                    self.cache.complete(now, permit, outcome).map_or(Answer::Stale, Answer::Completed)
                }
                None => self.observe(now),
            },
            Op::Release { tenant, pick } => match picked(&mut self.held, tenant, pick) {
                Some((permit, _)) => {
                    self.cache.release(now, permit).map_or(Answer::Stale, |()| Answer::Released)
                }
                None => self.observe(now),
            },
            Op::Reclaim { tenant, pick } => {
                self.cache.observe(now);
                let Some((old, key)) = picked(&mut self.held, tenant, pick) else { return Answer::Nothing };
                let new = self.cache.reclaim(old.sequence()).expect("what is held is in flight");
                let answer = Answer::Reclaimed(new.sequence());
                self.zombies.entry(tenant).or_default().push(old);
                self.held.entry(tenant).or_default().push((new, key));
                answer
            }
            Op::Zombie { tenant, pick, complete } => match picked(&mut self.zombies, tenant, pick) {
                Some(permit) if complete => {
                    self.cache.complete(now, permit, 0).map_or(Answer::Stale, Answer::Completed)
                }
                Some(permit) => self.cache.release(now, permit).map_or(Answer::Stale, |()| Answer::Released),
                None => self.observe(now),
            },
            Op::Observe => self.observe(now),
        }
    }

    fn observe(&mut self, now: Timestamp) -> Answer {
        self.cache.observe(now);
        Answer::Nothing
    }

    /// The request of a key that is in flight or remembered, and not that of a vacant one.
    pub fn is_live(&self, key: Key) -> bool {
        use failover_model::token::Standing;
        let key = full_key(key);
        // A request that no trace makes: it is a mismatch for whatever is there.
        let standing = self.cache.standing(self.cache.clock(), Some(&key), &u8::MAX);
        standing == Standing::Refused(TokenRefusal::Mismatch)
    }
}

/// Plays a trace from the beginning to the end.
pub fn play(trace: &Trace, seed: u64) -> (Vec<Answer>, Player) {
    let mut player = Player::new(trace.bounds, seed);
    let answers = trace.ops.iter().map(|(now, op)| player.step(*now, op)).collect();
    (answers, player)
}

/// What is known of a key from the answers so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Held {
    InFlight { request: u8, permit: u64 },
    Completed { request: u8, outcome: u8, at: u64, number: u64 },
}

/// The tokens that must be remembered, by the answers alone: it never looks into the cache.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub bounds: Bounds,
    pub clock: u64,
    pub keys: BTreeMap<Key, Held>,
    /// Keys that were completed and whose lifetime ended.
    pub expired: BTreeSet<Key>,
}

/// What one call was about, for the mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Accepted,
    AcceptedAfterExpiry,
    AcceptedByEviction,
    Replayed,
    Mismatched,
    MismatchedInFlight,
    Processing,
    AtCapacity,
    Bypassed,
    Completed,
    Released,
    Reclaimed,
    Stale,
    TimeWentBack,
}

impl Ledger {
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, clock: 0, keys: BTreeMap::new(), expired: BTreeSet::new() }
    }

    /// Lets the clock rise and forgets what expires.
    pub fn tick(&mut self, now: u64) {
        self.clock = self.clock.max(now);
        let (ttl, clock) = (self.bounds.ttl, self.clock);
        let ended: Vec<Key> = self
            .keys
            .iter()
            .filter(|(_, held)| {
                matches!(held, Held::Completed { at, .. } if ttl.is_some_and(|ttl| clock - at >= ttl))
            })
            .map(|(key, _)| *key)
            .collect();
        for key in ended {
            self.keys.remove(&key);
            self.expired.insert(key);
        }
    }

    pub fn live_of(&self, tenant: u8) -> impl Iterator<Item = (&Key, &Held)> {
        self.keys.iter().filter(move |(key, _)| key.0 == tenant)
    }

    /// The tenant's completion that was first.
    pub fn oldest_completion(&self, tenant: u8) -> Option<u64> {
        let number = |held: &Held| match held {
            Held::Completed { number, .. } => Some(*number),
            Held::InFlight { .. } => None,
        };
        self.live_of(tenant).filter_map(|(_, held)| number(held)).min()
    }

    fn flight(&self, permit: u64) -> Option<Key> {
        let flies = |held: &Held| matches!(held, Held::InFlight { permit: held, .. } if *held == permit);
        self.keys.iter().find(|(_, held)| flies(held)).map(|(key, _)| *key)
    }

    /// Takes note of a call. `permit` is the number of the permit that a settling call used up.
    pub fn note(&mut self, now: u64, op: &Op, permit: Option<u64>, answer: &Answer) -> Vec<Kind> {
        let mut kinds = Vec::new();
        if now < self.clock {
            kinds.push(Kind::TimeWentBack);
        }
        self.tick(now);
        match (op, answer) {
            (Op::Begin { key, request }, Answer::Execute { permit, evicted }) => {
                kinds.push(Kind::Accepted);
                if self.expired.remove(key) {
                    kinds.push(Kind::AcceptedAfterExpiry);
                }
                if let Some(evicted) = evicted {
                    kinds.push(Kind::AcceptedByEviction);
                    let is_victim =
                        |held: &Held| matches!(held, Held::Completed { number, .. } if number == evicted);
                    self.keys.retain(|_, held| !is_victim(held));
                }
                self.keys.insert(*key, Held::InFlight { request: *request, permit: *permit });
            }
            (Op::Begin { key, .. }, Answer::Mismatch) => {
                kinds.push(Kind::Mismatched);
                if matches!(self.keys.get(key), Some(Held::InFlight { .. })) {
                    kinds.push(Kind::MismatchedInFlight);
                }
            }
            (Op::Complete { outcome, .. }, Answer::Completed(number)) => {
                kinds.push(Kind::Completed);
                let key = permit.and_then(|permit| self.flight(permit)).expect("the permit is in flight");
                let Some(Held::InFlight { request, .. }) = self.keys.get(&key).copied() else {
                    unreachable!()
                };
                let held = Held::Completed { request, outcome: *outcome, at: self.clock, number: *number };
                self.keys.insert(key, held);
            }
            (_, Answer::Released) => {
                kinds.push(Kind::Released);
                let key = permit.and_then(|permit| self.flight(permit)).expect("the permit is in flight");
                self.keys.remove(&key);
            }
            (_, Answer::Reclaimed(new)) => {
                kinds.push(Kind::Reclaimed);
                let key = permit.and_then(|permit| self.flight(permit)).expect("the permit is in flight");
                if let Some(Held::InFlight { permit, .. }) = self.keys.get_mut(&key) {
                    *permit = *new;
                }
            }
            (_, Answer::Replay(_)) => kinds.push(Kind::Replayed),
            (_, Answer::Processing) => kinds.push(Kind::Processing),
            (_, Answer::Full) => kinds.push(Kind::AtCapacity),
            (_, Answer::Bypass) => kinds.push(Kind::Bypassed),
            (_, Answer::Stale) => kinds.push(Kind::Stale),
            _ => {}
        }
        kinds
    }
}

/// One call that was made: what was known before and after it, by the answers, and what the cache was.
pub struct Event<'a> {
    pub now: u64,
    pub op: &'a Op,
    pub answer: Answer,
    /// The ledger as it was, its clock at that of the call.
    pub before: Ledger,
    pub after: Ledger,
    pub cache_before: Cache,
    pub kinds: Vec<Kind>,
}

/// Plays a trace and looks at each call.
pub fn watch(
    trace: &Trace,
    mut look: impl FnMut(&Event<'_>, &mut Player) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let (mut player, mut ledger) = (Player::new(trace.bounds, 0), Ledger::new(trace.bounds));
    for (now, op) in &trace.ops {
        let permit = match op {
            Op::Complete { tenant, pick, .. }
            | Op::Release { tenant, pick }
            | Op::Reclaim { tenant, pick } => {
                let held = player.held.get(tenant).filter(|held| !held.is_empty());
                held.map(|held| held[usize::from(*pick) % held.len()].0.sequence())
            }
            _ => None,
        };
        let (mut before, cache_before) = (ledger.clone(), player.cache.clone());
        before.tick(*now);
        let answer = player.step(*now, op);
        let kinds = ledger.note(*now, op, permit, &answer);
        let event = Event { now: *now, op, answer, before, after: ledger.clone(), cache_before, kinds };
        look(&event, &mut player)?;
    }
    Ok(())
}
