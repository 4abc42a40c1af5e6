//! The rules of idempotency tokens.

use crate::rule::rules;

rules! {
    T_010 Documented "ClientToken parameter of both products: facts/idempotency.md#token-format" => "A token is 1 to 64 ASCII characters.";
    T_020 Documented "PolarDB parameter and ECS guide, case counts: facts/idempotency.md#token-format" => "Tokens are compared byte by byte: case and surrounding spaces count.";
    T_030 Sibling "627 parameters of networking products: facts/idempotency.md#optional-or-absent" => "A call without a token is never deduplicated and leaves no entry.";
    T_040 Inferred "SDKs send empty parameters; DataWorks allows an empty token: facts/idempotency.md#empty-tokens" => "An empty token is an absent token.";
    T_050 Inferred "the text asks for ASCII and no more: facts/idempotency.md#alphabet" => "Spaces and control characters are accepted; a strict profile refuses them.";
    T_060 Inferred "EC2, Adyen and AWS ECS scope by region or narrower: facts/idempotency.md#scope-at-peers" => "Equal tokens of different tenants or scopes have nothing to do with each other.";
    T_070 Documented "ECS guide, linked from the EBS parameter: facts/idempotency.md#same-request-again" => "The first request under a token executes.";
    T_080 Sibling "ECS guide, linked from the EBS parameter: facts/idempotency.md#same-request-again" => "An equal request under a completed token gets the first outcome again and nothing happens.";
    T_090 Sibling "ECS guide; IdempotentParameterMismatch: facts/idempotency.md#another-request, facts/idempotency.md#mismatch" => "Another request under a token that is in use is refused, and the token's entry stays as it is.";
    T_100 Sibling "LastTokenProcessing, listed for siblings of failover: facts/idempotency.md#in-flight" => "An equal request under a token in flight is refused until the first one is settled.";
    T_110 Inferred "Powertools compares first; the vendor states no order: facts/idempotency.md#comparison" => "The request is compared before the entry's status: another request is a mismatch in flight too.";
    T_120 Inferred "a public client repeats failover under one token: facts/idempotency.md#do-errors-stick, facts/idempotency.md#refused-calls" => "A released token is as good as new.";
    T_130 Inferred "fencing; Powertools lacks it: facts/idempotency.md#permits, facts/idempotency.md#fencing-and-pinning-at-peers" => "A permit that is no longer the token's current one settles nothing.";
    T_140 Inferred "24 hours at six peers; three minutes for alimt: facts/idempotency.md#lifetimes-at-peers, facts/idempotency.md#lifetime" => "A completed token is remembered for a lifetime that starts at completion and ends exclusively.";
    T_150 Inferred "a lifetime that slides makes replays write: facts/idempotency.md#lifetime" => "A replay does not extend the lifetime.";
    T_160 Inferred "Kafka pins what is open: facts/idempotency.md#in-flight-is-pinned" => "A token in flight neither expires nor is evicted.";
    T_170 Inferred "the model has no clock: facts/idempotency.md#time" => "Time never goes back: every call, refused or not, moves the clock to the highest time seen.";
    T_180 Inferred "the vendor states no bound: facts/idempotency.md#capacity" => "A tenant has at most so many tokens; at the bound, expired ones make room, else a new token is refused.";
    T_190 Inferred "FoundationDB keeps a watermark: facts/idempotency.md#eviction-at-peers, facts/idempotency.md#capacity" => "Where the policy evicts, the tenant's earliest completion goes, is reported and raises the tenant's horizon.";
}
