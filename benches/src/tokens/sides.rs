//! The sides of the comparison: the token cache, and what it is compared with.

use std::collections::{HashMap, VecDeque};
use std::hint::black_box;
use std::num::{NonZeroU64, NonZeroUsize};

use failover_model::token::{
    Admission, Lifetime, Overflow, Standing, TokenCache, TokenCacheConfig, TokenKey,
};
use failover_model::{AccountId, Request, Timestamp};
use failover_model::{Scope, TokenOutcome};
use foldhash::fast::FixedState;
use indexmap::IndexMap;

pub type Key = TokenKey<AccountId, Scope>;
pub type Ours = TokenCache<AccountId, Scope, Request, TokenOutcome>;

/// What every other side stores beside the key.
#[derive(Clone)]
pub struct Record {
    request: Request,
    outcome: TokenOutcome,
    completed_at: Timestamp,
}

const LIFETIME: NonZeroU64 = NonZeroU64::new(86_400_000).unwrap();
const SEED: FixedState = FixedState::with_seed(0);
/// Time for the rows in which none passes: everything was completed at this time and is remembered.
pub const NOW: Timestamp = Timestamp::from_millis(1_000);

/// What is known of a token.
#[derive(Debug, PartialEq)]
pub enum Seen {
    Nothing,
    Equal,
    Other,
}

impl Seen {
    fn of(record: Option<&Record>, now: Timestamp, request: &Request) -> Self {
        match record {
            Some(record) if now.since(record.completed_at).as_millis() >= LIFETIME.get() => Self::Nothing,
            Some(record) if record.request == *request => {
                black_box(&record.outcome);
                Self::Equal
            }
            Some(_) => Self::Other,
            None => Self::Nothing,
        }
    }
}

/// One side of the rows in which tokens neither expire nor are evicted.
pub trait Store {
    const NAME: &'static str;
    const MEANING: &'static str;
    /// An empty store which is going to hold so many tokens. Only a store that cannot do otherwise reserves memory.
    fn new(tokens: usize) -> Self;
    /// A request arrives under a token that is known.
    fn repeat(&mut self, key: &Key, request: &Request) -> Seen;
    /// A look at a token that may not be known.
    fn look(&mut self, key: &Key, request: &Request) -> Seen;
    /// A request arrives under a new token and is executed at once.
    fn enter(&mut self, key: &Key, request: &Request);
}

fn record(request: &Request, now: Timestamp) -> Record {
    Record { request: request.clone(), outcome: TokenOutcome::Accepted, completed_at: now }
}

/// Begins and completes.
pub fn settle(cache: &mut Ours, now: Timestamp, key: &Key, request: &Request) {
    let Admission::Execute(permit) = cache.begin(now, Some(key), request) else { panic!("the token is new") };
    assert!(cache.complete(now, permit, TokenOutcome::Accepted).is_ok());
}

impl Store for Ours {
    const NAME: &'static str = "`TokenCache`";
    const MEANING: &'static str = "exact";

    fn new(_: usize) -> Self {
        Self::new(TokenCacheConfig {
            lifetime: Lifetime::For(LIFETIME),
            capacity: NonZeroUsize::MAX,
            overflow: Overflow::Refuse,
        })
    }

    fn repeat(&mut self, key: &Key, request: &Request) -> Seen {
        match self.begin(NOW, Some(key), request) {
            Admission::Replay(outcome) => {
                black_box(outcome);
                Seen::Equal
            }
            Admission::Refused(_) => Seen::Other,
            Admission::Bypass | Admission::Execute(_) => Seen::Nothing,
        }
    }

    fn look(&mut self, key: &Key, request: &Request) -> Seen {
        match self.standing(NOW, Some(key), request) {
            Standing::Replay(_) => Seen::Equal,
            Standing::Refused(_) => Seen::Other,
            Standing::Bypass | Standing::Vacant => Seen::Nothing,
        }
    }

    fn enter(&mut self, key: &Key, request: &Request) {
        settle(self, NOW, key, request);
    }
}

/// A side that has a `get` and an `insert`.
macro_rules! store {
    ($type:ty, $name:literal, $meaning:literal, |$tokens:ident| $new:expr, |$map:ident, $key:ident| $get:expr, |$into:ident, $k:ident, $v:ident| $put:expr) => {
        impl Store for $type {
            const NAME: &'static str = $name;
            const MEANING: &'static str = $meaning;

            fn new($tokens: usize) -> Self {
                $new
            }

            fn repeat(&mut self, $key: &Key, request: &Request) -> Seen {
                let $map = self;
                Seen::of($get, NOW, request)
            }

            fn look(&mut self, key: &Key, request: &Request) -> Seen {
                self.repeat(key, request)
            }

            fn enter(&mut self, key: &Key, request: &Request) {
                assert_eq!(self.repeat(key, request), Seen::Nothing);
                let ($into, $k, $v) = (self, key.clone(), record(request, NOW));
                $put;
            }
        }
    };
}

pub type Bare = HashMap<Key, Record, FixedState>;
pub type Indexed = IndexMap<Key, Record, FixedState>;
pub type Lru = lru::LruCache<Key, Record, FixedState>;
pub type Linked = hashlink::LinkedHashMap<Key, Record, FixedState>;
pub type Quick = quick_cache::unsync::Cache<Key, Record, quick_cache::UnitWeighter, FixedState>;
pub type Moka = moka::sync::Cache<Key, Record, FixedState>;

store!(
    Bare,
    "`HashMap`",
    "no flights, capacity or order; a floor, no substitute",
    |_tokens| Self::with_hasher(SEED),
    |map, key| map.get(key),
    |map, key, value| map.insert(key, value)
);
store!(
    Indexed,
    "`IndexMap`",
    "as `HashMap`, in order of insertion",
    |_tokens| Self::with_hasher(SEED),
    |map, key| map.get(key),
    |map, key, value| map.insert(key, value)
);
store!(
    Lru,
    "`lru`",
    "only caches: evicts what was read longest ago, and a read is a write",
    |_tokens| Self::unbounded_with_hasher(SEED),
    |map, key| map.get(key),
    |map, key, value| map.put(key, value)
);
store!(
    Linked,
    "`hashlink`",
    "as `HashMap`, in order of insertion",
    |_tokens| Self::with_hasher(SEED),
    |map, key| map.get(key),
    |map, key, value| map.insert(key, value)
);
store!(
    Quick,
    "`quick_cache`",
    "only caches: may evict anything at any time",
    |tokens| quick(2 * tokens),
    |map, key| map.get(key),
    |map, key, value| map.insert(key, value)
);
store!(
    Moka,
    "`moka`",
    "only caches: may evict anything at any time, reads its own clock; shared by threads",
    |_tokens| moka::sync::Cache::builder().build_with_hasher(SEED),
    |map, key| map.get(key).as_ref(),
    |map, key, value| map.insert(key, value)
);

fn quick(room: usize) -> Quick {
    let options = quick_cache::OptionsBuilder::new();
    let options = { options }.estimated_items_capacity(room).weight_capacity(room as u64).build().unwrap();
    Quick::with_options(options, quick_cache::UnitWeighter, SEED, Default::default())
}

/// One side of the row in which each new token makes the oldest expire. One token comes a millisecond, and each is
/// remembered for as many milliseconds as there are to be tokens; those that cannot expire hold as many tokens.
pub trait Rolling {
    fn rolling(tokens: usize) -> Self;
    /// A new token at `now`.
    fn turn(&mut self, now: Timestamp, key: &Key, request: &Request);
    /// How many tokens it holds, expired ones included.
    fn held(&self) -> usize;
}

fn expired(completed_at: Timestamp, now: Timestamp, tokens: usize) -> bool {
    now.since(completed_at).as_millis() >= tokens as u64
}

impl Rolling for Ours {
    fn rolling(tokens: usize) -> Self {
        Self::new(TokenCacheConfig {
            lifetime: Lifetime::For(NonZeroU64::new(tokens as u64).unwrap()),
            capacity: NonZeroUsize::MAX,
            overflow: Overflow::Refuse,
        })
    }

    fn turn(&mut self, now: Timestamp, key: &Key, request: &Request) {
        settle(self, now, key, request);
    }

    fn held(&self) -> usize {
        self.len()
    }
}

/// A hash map, and a queue that says what expires next.
pub struct Queued {
    map: Bare,
    queue: VecDeque<Key>,
    tokens: usize,
}

impl Rolling for Queued {
    fn rolling(tokens: usize) -> Self {
        Self { map: Bare::with_hasher(SEED), queue: VecDeque::new(), tokens }
    }

    fn turn(&mut self, now: Timestamp, key: &Key, request: &Request) {
        assert!(!self.map.contains_key(key));
        while let Some(oldest) = self.queue.front() {
            if !self.map.get(oldest).is_some_and(|record| expired(record.completed_at, now, self.tokens)) {
                break;
            }
            self.map.remove(oldest);
            self.queue.pop_front();
        }
        self.queue.push_back(key.clone());
        self.map.insert(key.clone(), record(request, now));
    }

    fn held(&self) -> usize {
        self.map.len()
    }
}

/// An index map whose expired half is drained at once.
pub struct Drained {
    map: Indexed,
    tokens: usize,
}

impl Rolling for Drained {
    fn rolling(tokens: usize) -> Self {
        Self { map: Indexed::with_hasher(SEED), tokens }
    }

    fn turn(&mut self, now: Timestamp, key: &Key, request: &Request) {
        assert!(!self.map.contains_key(key));
        let half = self.map.len() / 2;
        if half > 0 && expired(self.map[half - 1].completed_at, now, self.tokens) {
            drop(self.map.drain(..half));
        }
        self.map.insert(key.clone(), record(request, now));
    }

    fn held(&self) -> usize {
        self.map.len()
    }
}

/// A linked hash map, whose front is what expires next.
pub struct LinkedRolling {
    map: Linked,
    tokens: usize,
}

impl Rolling for LinkedRolling {
    fn rolling(tokens: usize) -> Self {
        Self { map: Linked::with_hasher(SEED), tokens }
    }

    fn turn(&mut self, now: Timestamp, key: &Key, request: &Request) {
        assert!(!self.map.contains_key(key));
        while self.map.front().is_some_and(|(_, record)| expired(record.completed_at, now, self.tokens)) {
            self.map.pop_front();
        }
        self.map.insert(key.clone(), record(request, now));
    }

    fn held(&self) -> usize {
        self.map.len()
    }
}

impl Rolling for Lru {
    fn rolling(tokens: usize) -> Self {
        Self::with_hasher(NonZeroUsize::new(tokens).unwrap(), SEED)
    }

    fn turn(&mut self, now: Timestamp, key: &Key, request: &Request) {
        assert!(self.get(key).is_none());
        self.put(key.clone(), record(request, now));
    }

    fn held(&self) -> usize {
        self.len()
    }
}

impl Rolling for Quick {
    fn rolling(tokens: usize) -> Self {
        quick(tokens)
    }

    fn turn(&mut self, now: Timestamp, key: &Key, request: &Request) {
        assert!(self.get(key).is_none());
        self.insert(key.clone(), record(request, now));
    }

    fn held(&self) -> usize {
        self.len()
    }
}

impl Rolling for Moka {
    fn rolling(tokens: usize) -> Self {
        moka::sync::Cache::builder().max_capacity(tokens as u64).build_with_hasher(SEED)
    }

    fn turn(&mut self, now: Timestamp, key: &Key, request: &Request) {
        assert!(self.get(key).is_none());
        self.insert(key.clone(), record(request, now));
    }

    fn held(&self) -> usize {
        self.run_pending_tasks();
        self.entry_count() as usize
    }
}
