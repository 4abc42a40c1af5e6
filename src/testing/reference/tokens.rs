//! Tokens: one list in order of completion, searched from the front.

use alloc::string::{String, ToString};

use super::super::bug::Bug;
use super::super::view::Answer;
use super::{Fault, Reference, Reply, Token, replicas};
use crate::control_plane::{Call, Request};
use crate::policy::{RejectionPolicy, TokenAlphabet, TokenMismatch, TokenScope};
use crate::rule::RuleId;
use crate::token::{Lifetime, Overflow};

/// Product and name of an operation that takes a token (`C-024`): every write but these, those of networks and the clearing
/// of drills. That of a listing guards nothing (`E-711`).
fn operation(request: &Request) -> Option<(&'static str, String)> {
    let name = request.operation().to_string();
    let product = if name.contains("DB") { "polardb" } else { "ebs" };
    let takes_none = [
        "ModifyDBNodeConfig",
        "DeleteDBCluster",
        "ModifyDBCluster",
        "ModifyDBClusterArch",
        "ModifyDBClusterDeletion",
        "ListTagResources",
    ]
    .contains(&name.as_str());
    let of_networks = name.contains("GlobalDatabaseNetwork") || name.ends_with("GDN");
    let token = !takes_none && !of_networks && !name.starts_with("Describe") && !name.starts_with("Clear");
    token.then_some((product, name))
}

impl Reference {
    /// The reply that follows from the token alone; `None` if the call must be made.
    pub(super) fn look_up_token(&mut self, call: &Call, request: &Request) -> Option<Reply> {
        let wanted = self.token_of(call, request)?;
        let graphic = wanted.text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        if self.policy.tokens.alphabet == TokenAlphabet::Graphic && !graphic {
            return Some(match wanted.product {
                "ebs" => Reply::refused("InvalidParameter", "E-601"),
                _ => Reply::refused("InvalidClientToken.Malformed", "P-601"),
            });
        }
        let now = self.clock;
        self.forget_expired();
        if self.planted(Bug::StateBeforeToken)
            && let Some(faults) = self.faults_of(call, request)
        {
            return Some(Reply::Refused(faults));
        }
        let found = self.tokens.iter().position(|known| self.same_token(known, &wanted));
        if let Some(at) = found {
            let known = self.tokens.get_mut(at)?;
            if known.request != wanted.request && self.bug != Some(Bug::MismatchIgnored) {
                let in_house = self.policy.polardb.token_mismatch == TokenMismatch::InvalidClientToken;
                let own = wanted.product == "polardb" && in_house;
                let code = if own { "InvalidClientToken.Malformed" } else { "IdempotentParameterMismatch" };
                return Some(Reply::refused(code, "T-090"));
            }
            if self.bug == Some(Bug::SlidingLifetime) {
                known.at = now;
            }
            let remembered = known.reply.clone();
            if self.planted(Bug::SettledByCompletion) && self.under_way(request) {
                return None;
            }
            if self.planted(Bug::EffectRepeatedOnReplay) {
                let _ = self.perform(call, request, &crate::control_plane::Fresh::None);
            }
            return Some(Reply::Answered(remembered, "T-080"));
        }
        let full = self.count_of(&wanted.account) >= self.policy.tokens.capacity.get();
        let refuses = self.policy.tokens.overflow == Overflow::Refuse;
        if full && refuses && !self.planted(Bug::CapacityIgnored) {
            return Some(Reply::refused("ServiceUnavailable", "T-180"));
        }
        None
    }

    /// Remembers an accepted call; by policy also a refused one (`C-022`, `C-023`).
    pub(super) fn settle(&mut self, call: &Call, request: &Request, reply: &Reply, which: usize) {
        let Some(mut token) = self.token_of(call, request) else { return };
        let (replayed, rule) = (Some(true), Some(RuleId::new("T-080")));
        let sticky = self.policy.tokens.rejections == RejectionPolicy::Sticky;
        token.reply = match reply {
            Reply::Answered(Answer::Accepted { created, .. }, _) => {
                Answer::Accepted { created: created.clone(), replayed, rule }
            }
            Reply::Refused(faults) if sticky || self.planted(Bug::RefusedRemembered) => {
                let Some(Fault { code, .. }) = faults.get(which) else { return };
                Answer::Refused { code: code.to_string(), replayed, rule }
            }
            _ => return,
        };
        if self.planted(Bug::SettledByCompletion) {
            let others = self.tokens.iter().filter(|known| !self.same_token(known, &token));
            self.tokens = others.cloned().collect();
        }
        if self.count_of(&token.account) >= self.policy.tokens.capacity.get() {
            let mine = |known: &Token| known.account == token.account;
            let victim = if self.planted(Bug::NewestEvicted) {
                self.tokens.iter().rposition(mine)
            } else {
                self.tokens.iter().position(mine)
            };
            if let Some(at) = victim.filter(|_| !self.planted(Bug::CapacityIgnored)) {
                self.tokens.remove(at);
            }
        }
        self.tokens.push(token);
    }

    fn token_of(&self, call: &Call, request: &Request) -> Option<Token> {
        let (product, name) = operation(request)?;
        let scoped = self.policy.tokens.scope == TokenScope::Operation;
        Some(Token {
            account: call.account.as_str().to_string(),
            region: call.region.as_str().to_string(),
            product,
            operation: scoped.then_some(name),
            text: call.token.as_ref()?.as_str().to_string(),
            request: request.clone(),
            reply: Answer::Done,
            at: self.clock,
        })
    }

    fn same_token(&self, one: &Token, other: &Token) -> bool {
        let text = |token: &Token| -> String {
            if self.planted(Bug::TokenCaseFolded) { token.text.to_lowercase() } else { token.text.clone() }
        };
        (one.account == other.account || self.planted(Bug::ReplayAcrossAccounts))
            && (one.region == other.region || self.planted(Bug::ReplayAcrossRegions))
            && one.product == other.product
            && one.operation == other.operation
            && text(one) == text(other)
    }

    /// A lifetime begins at completion and excludes its end (`T-140`).
    fn forget_expired(&mut self) {
        let Lifetime::For(lifetime) = self.policy.tokens.lifetime else { return };
        let (now, inclusive) = (self.clock, self.planted(Bug::LifetimeInclusive));
        self.tokens.retain(|token| {
            let age = now.saturating_sub(token.at);
            age < lifetime.get() || (inclusive && age == lifetime.get())
        });
    }

    fn count_of(&self, account: &str) -> usize {
        self.tokens.iter().filter(|token| token.account == account).count()
    }

    /// Whether the resource of a request has a pending effect, for a mistake that depends on it.
    fn under_way(&self, request: &Request) -> bool {
        if let Request::FailoverDbCluster(request) = request {
            let id = request.cluster.as_str();
            return self.clusters.iter().any(|cluster| cluster.id == id && cluster.run.is_some());
        }
        let Some((kind, id, _)) = replicas::asked(request) else { return false };
        self.find(kind, id).is_some_and(|replica| replica.job.is_some())
    }
}
