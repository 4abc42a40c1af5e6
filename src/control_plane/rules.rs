//! The rules of calls and reports, whatever the product.

use crate::rule::rules;

rules! {
    C_010 Documented "ClientToken parameter: ASCII, at most 64; a narrower alphabet is policy"
        => "A token of another shape is refused before anything else.";
    C_020 Inferred "facts on idempotency §7.2"
        => "The token is looked at before the resource.";
    C_021 Inferred "facts on idempotency §7.7: region, product and operation as peers scope it"
        => "A token holds for one account, region, product and operation.";
    C_022 Inferred "§1.5: a public client repeats failover under one token through InvalidStatus"
        => "A refused call releases its token; by policy it keeps the refusal.";
    C_023 Inferred "facts on idempotency §7.9"
        => "A token is settled by the acceptance, not by the completion.";
    C_024 Documented "parameter lists"
        => "An operation without a ClientToken parameter ignores a token.";
    C_030 Inferred "our contract"
        => "The clock never goes back: an earlier time counts as the time seen.";
    C_040 Inferred "our contract"
        => "A report about an effect that is not pending changes nothing.";
}
