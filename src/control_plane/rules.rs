//! The rules of calls and reports, whatever the product.

use crate::rule::rules;

rules! {
    C_010 Documented "ClientToken parameter, ASCII, at most 64; a narrower alphabet is policy: facts/idempotency.md#token-format" => "A token of another shape is refused before anything else.";
    C_020 Inferred "no order is stated; authorisation, syntax, token, resource: facts/idempotency.md#token-before-resource" => "The token is looked at before the resource.";
    C_021 Inferred "as peers scope it: facts/idempotency.md#token-scope" => "A token holds for one account, region, product and operation.";
    C_022 Inferred "a public client repeats failover under one token: facts/idempotency.md#do-errors-stick" => "A refused call releases its token; by policy it keeps the refusal.";
    C_023 Inferred "failover answers before it is done: facts/idempotency.md#acceptance-is-what-counts" => "A token is settled by the acceptance, not by the completion.";
    C_024 Inferred "parameter lists lack it, as W-026 reads any such parameter: facts/polardb.md#which-calls-take-a-token" => "An operation without a ClientToken parameter ignores a token.";
    C_030 Inferred "our contract, time is an argument: design.md#principles, facts/idempotency.md#time" => "The clock never goes back: an earlier time counts as the time seen.";
    C_040 Inferred "our contract, a report is fenced by its effect: design.md#one-call" => "A report about an effect that is not pending changes nothing.";
    C_050 Inferred "no source, as everywhere in the cloud: facts/ebs.md#not-found-regions-and-precedence, facts/ebs.md#tombstones" => "To an account, pairs, groups and drills of another, and tombstones that are forgotten, are unknown.";
    C_060 Inferred "our contract, the lists grow: facts/ebs.md#describe-regions, facts/polardb.md#describe-regions-of-polardb" => "The regions and zones that exist are those which the embedder gives.";
}
