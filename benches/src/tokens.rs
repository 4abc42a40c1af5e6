//! The token cache beside maps and caches that hold the same keys, requests and outcomes.
//!
//! Every side is asked the same: is this token known, is it the same request, is it still remembered? The bare hash map
//! does that and nothing more. It has no tokens in flight, no capacity, no order and no snapshots, so it is the floor
//! and no substitute; [`Store::MEANING`] says of each side what it lacks.
//!
//! Both sides of a row are measured in alternation, on the same batch of keys. Keys are parsed anew for each batch, as a
//! server parses them for each call. Rows in which each operation changes the store (insert, expire) report means, so
//! that growth is in them; the others medians.

mod sides;

use std::num::NonZeroUsize;
use std::time::Instant;

use failover_model::ebs::FailoverDiskReplicaPair;
use failover_model::token::{Admission, ClientToken, Lifetime, Overflow, TokenCacheConfig, TokenKey};
use failover_model::{AccountId, Operation, Product, Request, Timestamp};
use failover_model::{Scope, TokenOutcome};

use sides::{
    Bare, Drained, Indexed, Key, Linked, LinkedRolling, Lru, Moka, NOW, Ours, Queued, Quick, Rolling, Seen,
    Store, settle,
};

/// How many operations make one sample. Small, so that the keys of a batch stay in the caches nearest to the core.
const BATCH: usize = 256;
const SAMPLES: usize = 201;

/// Makes keys and requests by number: sixteen accounts in turn, each in one of two regions.
struct Mint {
    accounts: Vec<AccountId>,
    scopes: Vec<Scope>,
}

impl Mint {
    fn new() -> Self {
        let scope = |region: &str| Scope {
            region: region.parse().unwrap(),
            product: Product::Ebs,
            operation: Some(Operation::FailoverDiskReplicaPair),
        };
        Self {
            accounts: (0..16).map(|n| format!("10{n:014}").parse().unwrap()).collect(),
            scopes: ["cn-shanghai", "cn-beijing"].map(scope).into(),
        }
    }

    fn key(&self, number: usize) -> Key {
        let token = ClientToken::parse(&format!("123e4567-e89b-12d3-a456-{number:012}")).unwrap().unwrap();
        let (tenant, scope) = (self.accounts[number % 16].clone(), self.scopes[number % 2].clone());
        TokenKey { tenant, scope, token }
    }

    fn request(number: usize) -> Request {
        FailoverDiskReplicaPair::new(format!("pair-cn-{number:011}").parse().unwrap()).into()
    }

    fn batch(&self, numbers: impl Iterator<Item = usize>) -> Vec<(Key, Request)> {
        numbers.map(|number| (self.key(number), Self::request(number))).collect()
    }
}

/// Numbers without a pattern.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

/// Nanoseconds or bytes for each operation or entry, on our side and on the other, and how they compare.
#[derive(Clone, Copy)]
struct Sides {
    ours: f64,
    other: f64,
    ratio: f64,
}

impl Sides {
    /// Of sums: the ratio is that of the sums.
    fn of_sums(ours: f64, other: f64, count: usize) -> Self {
        Self { ours: ours / count as f64, other: other / count as f64, ratio: ours / other }
    }

    /// Of samples: medians, and the median of the samples' ratios. The two times of a sample were taken one after the
    /// other, so that a slow moment of the machine slows both and leaves their ratio.
    fn of_samples(times: &[(f64, f64)]) -> Self {
        let median = |value: fn(&(f64, f64)) -> f64| {
            let mut values: Vec<f64> = times.iter().map(value).collect();
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        let (ours, other) = (median(|times| times.0), median(|times| times.1));
        Self {
            ours: ours / BATCH as f64,
            other: other / BATCH as f64,
            ratio: median(|times| times.0 / times.1),
        }
    }
}

/// The rows of one other side at one size.
#[derive(Clone, Copy)]
struct Column {
    name: &'static str,
    tokens: usize,
    hit: Sides,
    miss: Sides,
    mismatch: Sides,
    insert: Sides,
    bytes: Sides,
    expire: Option<Sides>,
}

fn nanoseconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_nanos() as f64
}

/// Times both sides on a batch; which goes first changes from sample to sample.
fn both(sample: usize, ours: impl FnOnce(), other: impl FnOnce()) -> (f64, f64) {
    if sample.is_multiple_of(2) {
        let ours = nanoseconds(ours);
        (ours, nanoseconds(other))
    } else {
        let other = nanoseconds(other);
        (nanoseconds(ours), other)
    }
}

/// Enters a batch of tokens; returns time and bytes. Each side has keys of its own, whose texts count as its memory; what
/// the batch allocates apart from them is gone by the end of the measurement.
fn enter<O: Store>(store: &mut O, mint: &Mint, numbers: std::ops::Range<usize>) -> (f64, i64) {
    let mut time = 0.0;
    let info = allocation_counter::measure(|| {
        let batch = mint.batch(numbers);
        time = nanoseconds(|| batch.iter().for_each(|(key, request)| store.enter(key, request)));
    });
    (time, info.bytes_current)
}

/// Enters tokens into both stores, batch by batch, from none to as many as wanted. Returns time and bytes for each.
fn fill<O: Store>(mint: &Mint, tokens: usize, ours: &mut Ours, other: &mut O) -> (Sides, Sides) {
    let (mut times, mut bytes) = ((0.0, 0.0), (0, 0));
    for sample in 0..tokens.div_ceil(BATCH) {
        let numbers = (sample * BATCH)..((sample + 1) * BATCH).min(tokens);
        let (our_cost, other_cost) = if sample.is_multiple_of(2) {
            let cost = enter(ours, mint, numbers.clone());
            (cost, enter(other, mint, numbers))
        } else {
            let cost = enter(other, mint, numbers.clone());
            (enter(ours, mint, numbers), cost)
        };
        times = (times.0 + our_cost.0, times.1 + other_cost.0);
        bytes = (bytes.0 + our_cost.1, bytes.1 + other_cost.1);
    }
    (Sides::of_sums(times.0, times.1, tokens), Sides::of_sums(bytes.0 as f64, bytes.1 as f64, tokens))
}

fn column<O: Store>(mint: &Mint, tokens: usize, expire: Option<Sides>) -> Column {
    let mut fills = Vec::new();
    let (mut ours, mut other) = (<Ours as Store>::new(tokens), O::new(tokens));
    // A small store is filled so often that the clock's resolution does not matter.
    for _ in 0..(20_000 / tokens).max(1) {
        (ours, other) = (<Ours as Store>::new(tokens), O::new(tokens));
        fills.push(fill(mint, tokens, &mut ours, &mut other));
    }
    let sum = |side: fn(&Sides) -> f64| fills.iter().map(|(insert, _)| side(insert)).sum::<f64>();
    let insert = Sides::of_sums(sum(|sides| sides.ours), sum(|sides| sides.other), fills.len());
    let (_, bytes) = fills[fills.len() - 1];

    let mut dice = Dice(tokens as u64);
    let mut rows = |known: bool, shift: usize, seen: &Seen, look: bool| {
        let mut times = Vec::with_capacity(SAMPLES);
        for sample in 0..SAMPLES {
            let numbers: Vec<usize> = (0..BATCH).map(|_| dice.below(tokens)).collect();
            let first = if known { 0 } else { tokens };
            let mut batch = mint.batch(numbers.iter().map(|number| first + number));
            for ((_, request), number) in batch.iter_mut().zip(&numbers) {
                *request = Mint::request(number + shift);
            }
            times.push(both(
                sample,
                || {
                    for (key, request) in &batch {
                        let answer = match look {
                            true => Store::look(&mut ours, key, request),
                            false => Store::repeat(&mut ours, key, request),
                        };
                        assert_eq!(answer, *seen);
                    }
                },
                || batch.iter().for_each(|(key, request)| assert_eq!(other.repeat(key, request), *seen)),
            ));
        }
        Sides::of_samples(&times)
    };
    let hit = rows(true, 0, &Seen::Equal, false);
    let miss = rows(false, 0, &Seen::Nothing, true);
    let mismatch = rows(true, 1, &Seen::Other, false);
    Column { name: O::NAME, tokens, hit, miss, mismatch, insert, bytes, expire }
}

/// How often the stores are built anew beside the bare map, whose rows are goals: where a store happens to lie in memory
/// decides more than what it does, above all which pages it gets.
const fn rounds(tokens: usize) -> usize {
    match tokens {
        ..=100_000 => 9,
        100_001..=1_000_000 => 3,
        _ => 1,
    }
}

/// The median of some columns, row by row, each row by its ratio.
fn median_column<O: Store>(mint: &Mint, tokens: usize, expire: Option<Sides>, rounds: usize) -> Column {
    let columns: Vec<Column> = (0..rounds).map(|_| column::<O>(mint, tokens, expire)).collect();
    let median = |row: fn(&Column) -> Sides| {
        let mut rows: Vec<Sides> = columns.iter().map(row).collect();
        rows.sort_by(|one, two| one.ratio.total_cmp(&two.ratio));
        rows[rows.len() / 2]
    };
    Column {
        hit: median(|column| column.hit),
        miss: median(|column| column.miss),
        mismatch: median(|column| column.mismatch),
        insert: median(|column| column.insert),
        ..columns[0]
    }
}

/// One new token a millisecond, from the millisecond `first` on.
fn turns<O: Rolling>(store: &mut O, first: usize, batch: &[(Key, Request)]) {
    for (at, (key, request)) in batch.iter().enumerate() {
        store.turn(Timestamp::from_millis((first + at) as u64), key, request);
    }
}

/// Both sides hold `tokens` tokens; then one comes and one goes, so often that each token is replaced.
fn expire<O: Rolling>(mint: &Mint, tokens: usize) -> Sides {
    let (mut ours, mut other) = (<Ours as Rolling>::rolling(tokens), O::rolling(tokens));
    let (mut number, mut times, mut timed) = (0_usize, (0.0, 0.0), 0_usize);
    for sample in 0..(tokens.div_ceil(BATCH) * 4).max(SAMPLES) {
        let batch = mint.batch(number..number + BATCH);
        let other_batch = mint.batch(number..number + BATCH);
        let (our_time, other_time) =
            both(sample, || turns(&mut ours, number, &batch), || turns(&mut other, number, &other_batch));
        number += BATCH;
        // The first turns fill both, and a drained map is even only after two halves.
        if number > 2 * tokens {
            times = (times.0 + our_time, times.1 + other_time);
            timed += BATCH;
        }
    }
    assert_eq!(ours.held(), tokens);
    assert!(other.held() <= 2 * tokens && other.held() * 10 > tokens * 9, "{} of {tokens}", other.held());
    Sides::of_sums(times.0, times.1, timed)
}

/// Ten million distinct tokens of one account, beside accounts that hold a few each.
fn flood(mint: &Mint) {
    const FLOOD: usize = 10_000_000;
    const CAPACITY: usize = 100_000;
    for overflow in [Overflow::Refuse, Overflow::EvictOldestCompleted] {
        let mut cache = Ours::new(TokenCacheConfig {
            lifetime: Lifetime::Never,
            capacity: NonZeroUsize::new(CAPACITY).unwrap(),
            overflow,
        });
        // Accounts 1 to 15 hold a thousand tokens between them; account 0 floods.
        let others: Vec<usize> = (0..1_067).filter(|number| number % 16 != 0).collect();
        for &number in &others {
            settle(&mut cache, NOW, &mint.key(number), &Mint::request(number));
        }
        let (mut entered, mut evicted, mut refused) = (0, 0, 0);
        let mut time = 0.0;
        let info = allocation_counter::measure(|| {
            for number in 0..FLOOD {
                let (key, request) = (mint.key(number * 16), Mint::request(number));
                time += nanoseconds(|| match cache.begin(NOW, Some(&key), &request) {
                    Admission::Execute(permit) => {
                        evicted += usize::from(permit.evicted().is_some());
                        entered += 1;
                        assert!(cache.complete(NOW, permit, TokenOutcome::Accepted).is_ok());
                    }
                    Admission::Refused(_) => refused += 1,
                    other => panic!("{other:?}"),
                });
            }
        });
        assert_eq!(cache.len(), CAPACITY + others.len());
        assert_eq!(entered - evicted, CAPACITY);
        assert_eq!(entered + refused, FLOOD);
        for &number in &others {
            assert_eq!(Store::repeat(&mut cache, &mint.key(number), &Mint::request(number)), Seen::Equal);
        }
        assert!((1..16).all(|account| cache.horizon(&mint.accounts[account]) == 0));
        assert!(cache.check().is_ok());
        println!(
            "| `{overflow:?}` | {entered} | {evicted} | {refused} | {:.0} | {:.1} |",
            time / FLOOD as f64,
            info.bytes_max as f64 / (1 << 20) as f64,
        );
    }
}

const SMALL: &[usize] = &[100, 1_000, 10_000, 100_000, 1_000_000];
const GREATEST: usize = 10_000_000;

/// Measures and prints everything; returns how many goals were missed.
pub fn run() -> usize {
    let mint = Mint::new();
    let mut columns = Vec::new();
    for &tokens in SMALL {
        let expire_beside_bare = expire::<Queued>(&mint, tokens);
        columns.push(median_column::<Bare>(&mint, tokens, Some(expire_beside_bare), rounds(tokens)));
        columns.push(column::<Indexed>(&mint, tokens, Some(expire::<Drained>(&mint, tokens))));
        columns.push(column::<Lru>(&mint, tokens, Some(expire::<Lru>(&mint, tokens))));
        columns.push(column::<Linked>(&mint, tokens, Some(expire::<LinkedRolling>(&mint, tokens))));
        columns.push(column::<Quick>(&mint, tokens, Some(expire::<Quick>(&mint, tokens))));
        columns.push(median_column::<Moka>(&mint, tokens, Some(expire::<Moka>(&mint, tokens)), 3));
    }
    // Two stores of ten million are what the machine holds with ease, and what the time of a run admits.
    columns.push(median_column::<Bare>(&mint, GREATEST, None, rounds(GREATEST)));
    columns.push(column::<Indexed>(&mint, GREATEST, None));

    println!("\nNanoseconds, ours / theirs = ratio\n");
    println!("| tokens | beside | hit | miss | mismatch | insert | expire | bytes per entry |");
    println!("|---:|---|---:|---:|---:|---:|---:|---:|");
    let cell = |sides: Sides| format!("{:.0} / {:.0} = {:.2}", sides.ours, sides.other, sides.ratio);
    for column in &columns {
        let Column { name, tokens, hit, miss, mismatch, insert, bytes, expire } = column;
        let expire = expire.map_or(String::new(), cell);
        let [hit, miss, mismatch, insert, bytes] = [hit, miss, mismatch, insert, bytes].map(|s| cell(*s));
        println!("| {tokens} | {name} | {hit} | {miss} | {mismatch} | {insert} | {expire} | {bytes} |");
    }
    println!("\n| | |\n|---|---|");
    for (name, meaning) in [
        (<Ours as Store>::NAME, <Ours as Store>::MEANING),
        (Bare::NAME, Bare::MEANING),
        (Indexed::NAME, Indexed::MEANING),
        (Lru::NAME, Lru::MEANING),
        (Linked::NAME, Linked::MEANING),
        (Quick::NAME, Quick::MEANING),
        (Moka::NAME, Moka::MEANING),
    ] {
        println!("| {name} | {meaning} |");
    }
    println!(
        "\n| overflow | entered | evicted | refused | ns each | peak MiB |\n|---|---:|---:|---:|---:|---:|"
    );
    flood(&mint);
    println!();
    goals(&columns)
}

/// The goals: hits, misses and memory beside the bare map, hits beside moka, and expiry that grows no faster than that of the
/// bare map with a queue, whose work for each token does not depend on their number.
fn goals(columns: &[Column]) -> usize {
    let mut missed = 0;
    let mut goal = |what: String, value: f64, most: f64| {
        let verdict = if value <= most { "reached" } else { "missed" };
        println!("{verdict}: {what} {value:.2}, goal {most:.2}");
        missed += usize::from(value > most);
    };
    let beside = |name: &'static str| columns.iter().filter(move |column| column.name == name);
    for column in beside(Bare::NAME) {
        goal(format!("hit beside the bare map at {}", column.tokens), column.hit.ratio, 1.5);
        goal(format!("miss beside the bare map at {}", column.tokens), column.miss.ratio, 1.3);
        goal(format!("memory beside the bare map at {}", column.tokens), column.bytes.ratio, 1.5);
    }
    for column in beside(Moka::NAME) {
        let most = if column.tokens <= 10_000 { 1.0 / 5.0 } else { 1.0 / 3.0 };
        goal(format!("hit beside moka at {}", column.tokens), column.hit.ratio, most);
    }
    let curve: Vec<Sides> = beside(Bare::NAME).filter_map(|column| column.expire).collect();
    let growth = |side: fn(&Sides) -> f64| side(&curve[curve.len() - 1]) / side(&curve[0]);
    let growth = growth(|sides| sides.ours) / growth(|sides| sides.other);
    goal("expiry's growth over four decades beside the bare map's".to_owned(), growth, 1.5);
    missed
}
