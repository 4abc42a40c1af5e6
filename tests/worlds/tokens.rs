//! Tokens around the founding call: up to two accounts, a pair of each or two of one, and up to three tokens under which
//! both ask for each of three things, interleaved with outcomes and expiry.

use std::collections::BTreeSet;
use std::num::{NonZeroU64, NonZeroUsize};

use failover_model::ebs::{FailoverDiskReplicaPair, PairSeed, PairStatus, ReplicaPair, StopDiskReplicaPair};
use failover_model::testing::explore::Sometimes;
use failover_model::token::{Lifetime, Overflow};
use failover_model::{Call, ClientToken, ControlPlane, Fresh, Input, Policy, Request, Span};

use super::pairs::outcomes;
use super::walk::{Lawful, Setting, sometimes};
use crate::kit::{self, DESTINATION, SOURCE, id, pair_id};

#[derive(Clone, Copy)]
pub struct Tokens {
    pub accounts: usize,
    pub tokens: usize,
    /// How many tokens an account may have, and what happens beyond.
    pub capacity: usize,
    pub overflow: Overflow,
}

const ACCOUNTS: [&str; 2] = ["1001", "2002"];

const LIFETIME_MS: u64 = 1_000_000;

impl Setting for Tokens {
    fn start(&self) -> ControlPlane {
        let mut policy = Policy::default();
        policy.tokens.capacity = NonZeroUsize::new(self.capacity).unwrap();
        policy.tokens.overflow = self.overflow;
        policy.tokens.lifetime = Lifetime::For(NonZeroU64::new(LIFETIME_MS).unwrap());
        let mut plane = ControlPlane::new(policy);
        for (number, account) in [(1, ACCOUNTS[0]), (2, ACCOUNTS[self.accounts - 1])] {
            let seed = PairSeed {
                created_at: kit::at(kit::START),
                last_recover_point: Some(kit::at(kit::START)),
                ..kit::pair_seed(number, PairStatus::Stopped)
            };
            let now = kit::at(kit::START);
            let _ = plane.adopt_pair(now, &id(account), &id(SOURCE), seed).unwrap();
        }
        plane
    }

    fn inputs(&self, plane: &ControlPlane) -> Vec<Input> {
        let mut inputs = outcomes(plane);
        let requests: [Request; 3] = [
            FailoverDiskReplicaPair::new(pair_id(1)).into(),
            FailoverDiskReplicaPair::new(pair_id(2)).into(),
            StopDiskReplicaPair::new(pair_id(1)).into(),
        ];
        for account in ACCOUNTS.into_iter().take(self.accounts) {
            for token in ["a", "A", "b"].into_iter().take(self.tokens) {
                for request in &requests {
                    let call = Call {
                        now: plane.clock(),
                        account: id(account),
                        region: id(DESTINATION),
                        token: ClientToken::parse(token).unwrap(),
                    };
                    inputs.push(Input::Call(call, request.clone(), Fresh::None));
                }
            }
        }
        inputs.push(Input::Advance(plane.clock().after(Span::from_millis(LIFETIME_MS / 2))));
        inputs
    }

    fn sometimes(&self) -> Vec<Sometimes<Lawful<Self>>> {
        vec![
            sometimes("every account has a token", |world: &Lawful<Self>, state| {
                let holders =
                    state.memory.promises.iter().map(|promise| promise.account()).collect::<BTreeSet<_>>();
                holders.len() == world.0.accounts
            }),
            sometimes("an account has all tokens that it may", |world: &Lawful<Self>, state| {
                let of = |account| {
                    state.memory.promises.iter().filter(|promise| promise.account() == account).count()
                };
                ACCOUNTS.into_iter().any(|account| of(account) >= world.0.capacity)
            }),
            sometimes("what was done is promised no more", |_, state| {
                let failed_over = |pair: &ReplicaPair| pair.status() == PairStatus::Failedover;
                state.memory.promises.is_empty() && state.plane.pairs().any(failed_over)
            }),
            sometimes("both failed over", |_, state| {
                state.plane.pairs().all(|pair| pair.status() == PairStatus::Failedover)
            }),
        ]
    }

    fn decide(&self) -> Vec<&'static str> {
        let full = if self.overflow == Overflow::Refuse { "T-180" } else { "T-190" };
        let mut decide = vec!["T-080", "T-090"];
        decide.extend((self.tokens > self.capacity).then_some(full));
        decide
    }

    fn at_rest(&self, plane: &ControlPlane) -> bool {
        plane.outstanding().next().is_none()
    }
}
