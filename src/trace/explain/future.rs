//! What decides the future of a run. Two runs of the same future are one.
//!
//! Left out are the clock, the numbers of effects and when they began, on which no answer depends. A time in the past counts
//! only as far as something can still depend on it: what is shown of it is a second, and one that no answer of the trace
//! shows is like any other such; the end of a window counts by the calls that it lies between; a token that outlives the
//! trace has no age.

use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash, Hasher};

use super::run::{Run, World};
use crate::ids::EffectId;
use crate::lifecycle::Pending;
use crate::map::HashState;
use crate::polardb::DbCluster;
use crate::policy::{AutomaticInWindow, WindowFrom};
use crate::time::{Span, Timestamp};
use crate::token::{Lifetime, Overflow};

/// Two hashers that are fed alike.
struct Twice<H>(H, H);

impl<H: Hasher> Hasher for Twice<H> {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
        self.1.write(bytes);
    }

    fn write_u8(&mut self, number: u8) {
        self.0.write_u8(number);
        self.1.write_u8(number);
    }

    fn write_u64(&mut self, number: u64) {
        self.0.write_u64(number);
        self.1.write_u64(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.0.write_usize(number);
        self.1.write_usize(number);
    }
}

/// The effects of a run in the order in which they are met.
#[derive(Default)]
struct Ranks(Vec<EffectId>);

impl Ranks {
    fn of(&mut self, id: EffectId) -> EffectId {
        let known = self.0.iter().position(|known| *known == id);
        EffectId(known.unwrap_or_else(|| {
            self.0.push(id);
            self.0.len()
        }) as u64)
    }

    fn pending<E>(&mut self, pending: &mut Option<Pending<E>>) {
        if let Some(pending) = pending {
            (pending.id, pending.since) = (self.of(pending.id), Timestamp::default());
        }
    }
}

/// The second that a time is shown as.
fn second(at: Timestamp) -> Timestamp {
    Timestamp::default().after(Span::from_secs(at.as_secs()))
}

impl World<'_> {
    /// A time of which nothing but the second is shown; all that are never shown are one.
    fn shown(&self, at: Timestamp) -> Timestamp {
        let error = self.clock_error.as_millis().div_ceil(1_000);
        let near = at.as_secs().saturating_sub(error)..=at.as_secs().saturating_add(error);
        if self.moments.range(near).next().is_some() { second(at) } else { Timestamp::from_millis(u64::MAX) }
    }

    /// The end of a frequency window, as far as the calls of the trace tell it from others.
    fn window(&self, end: Timestamp) -> u64 {
        let (end, reach) = (end.as_millis(), self.longest.saturating_add(self.clock_error.as_millis()));
        let near = end.saturating_sub(reach)..=end.saturating_add(reach);
        if self.failovers.range(near).next().is_some() {
            return end;
        }
        self.failovers.range(end..).next().copied().unwrap_or(u64::MAX)
    }
}

impl Twice<<HashState as BuildHasher>::Hasher> {
    fn of(hash: impl FnOnce(&mut Self)) -> u128 {
        let hasher = |seed| HashState::with_seed(seed).build_hasher();
        let mut both = Self(hasher(1), hasher(2));
        hash(&mut both);
        (u128::from(both.0.finish()) << 64) | u128::from(both.1.finish())
    }
}

/// A fingerprint of a value.
pub(super) fn fingerprint(value: &impl Hash) -> u128 {
    Twice::of(|hasher| value.hash(hasher))
}

impl Run {
    /// A fingerprint of all that decides what can still happen.
    pub(super) fn fingerprint(&self, world: &World<'_>) -> u128 {
        Twice::of(|hasher| self.hash_into(hasher, world))
    }

    fn hash_into<H: Hasher>(&self, hasher: &mut H, world: &World<'_>) {
        let mut ranks = Ranks::default();
        let plane = &self.plane;
        let (clock, policy) = (plane.clock(), plane.policy());
        let gap = policy.ebs.one_shot_gap;
        let recent = |last: Option<Timestamp>| last.filter(|last| last.after(gap) >= clock);
        // The members of a group show a recover point in common or none, which the exact time decides.
        let grouped = plane.groups.len() > 0;
        for pair in plane.pairs.values() {
            let mut pair = pair.clone();
            pair.ordinal = 0;
            pair.created_at = second(pair.created_at);
            pair.last_one_shot = recent(pair.last_one_shot);
            if !grouped {
                pair.last_recover_point = pair.last_recover_point.map(|at| world.shown(at));
            }
            ranks.pending(&mut pair.pending);
            pair.hash(hasher);
        }
        for group in plane.groups.values() {
            let mut group = group.clone();
            group.ordinal = 0;
            group.created_at = second(group.created_at);
            group.last_one_shot = recent(group.last_one_shot);
            ranks.pending(&mut group.pending);
            group.hash(hasher);
        }
        for drill in plane.drills.values() {
            let mut drill = drill.clone();
            drill.ordinal = 0;
            drill.started_at = second(drill.started_at);
            ranks.pending(&mut drill.pending);
            drill.hash(hasher);
        }
        plane.clusters.values().for_each(|cluster| self.hash_cluster(cluster, &mut ranks, hasher, world));
        for network in plane.networks.values() {
            let mut network = network.clone();
            network.created_at = second(network.created_at);
            ranks.pending(&mut network.pending);
            network.hash(hasher);
        }
        plane.disks.hash(hasher);
        let tokens = &policy.tokens;
        let ages = |at: Timestamp| {
            let expires = match tokens.lifetime {
                Lifetime::For(lifetime) => at.after(Span::from_millis(lifetime.get())) <= world.ends,
                Lifetime::Never => false,
            };
            expires || tokens.overflow == Overflow::EvictOldestCompleted
        };
        plane.tokens.hash_content(hasher, ages);
        self.taken.hash(hasher);
        self.told.hash(hasher);
    }

    fn hash_cluster<H: Hasher>(
        &self,
        cluster: &DbCluster,
        ranks: &mut Ranks,
        hasher: &mut H,
        world: &World<'_>,
    ) {
        let policy = &self.plane.policy().polardb;
        let mut cluster = cluster.clone();
        cluster.ordinal = 0;
        cluster.created_at = second(cluster.created_at);
        cluster.nodes.iter_mut().for_each(|node| node.created_at = second(node.created_at));
        ranks.pending(&mut cluster.pending);
        ranks.pending(&mut cluster.work);
        let exact = policy.automatic_in_window == AutomaticInWindow::Held;
        let window = |from: Timestamp| {
            let end = from.after(policy.switch_window);
            Timestamp::from_millis(if exact { end.as_millis() } else { world.window(end) })
        };
        let open = |last: &Timestamp| last.after(policy.switch_window) >= self.plane.clock();
        cluster.last_switch = cluster.last_switch.filter(open).map(window);
        if let Some(failover) = &mut cluster.failover {
            let began = failover.started_at();
            failover.untimed(|id| ranks.of(id));
            if policy.window_from == WindowFrom::Start {
                window(began).hash(hasher);
            }
            if self.log.is_some() {
                world.shown(began).hash(hasher);
            }
        }
        for switch in self.log.iter().flat_map(|log| log.of(&cluster.id)) {
            (switch.number, switch.cause, &switch.from, &switch.to).hash(hasher);
            (world.shown(switch.started_at), world.shown(switch.finished_at)).hash(hasher);
        }
        cluster.hash(hasher);
    }
}
