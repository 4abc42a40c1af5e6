//! The rules of idempotency tokens.

use crate::rule::rules;

rules! {
    T_010 Documented "metadata of ebs 2021-07-30 and polardb 2017-08-01, parameter ClientToken"
        => "A token is 1 to 64 ASCII characters.";
    T_020 Documented "metadata of polardb 2017-08-01, parameter ClientToken; ECS idempotence guide, linked from the EBS parameter"
        => "Tokens are compared byte by byte: case and surrounding spaces count.";
    T_030 Sibling "metadata of 627 networking parameters (ALB, VPC, CBN and others): the RequestId stands in for the token"
        => "A call without a token is never deduplicated and leaves no entry.";
    T_040 Inferred "SDKs send optional parameters that are empty; only DataWorks says that a token may be empty"
        => "An empty token is an absent token.";
    T_050 Inferred "the parameter text asks for ASCII and no more; AWS ECS asks for 0x21 to 0x7E"
        => "Spaces and control characters are accepted; a strict profile refuses them.";
    T_060 Inferred "EC2, Adyen and ECS scope by region or narrower; error codes differ between operations of one product"
        => "Equal tokens of different tenants or scopes have nothing to do with each other.";
    T_070 Documented "ECS idempotence guide, linked from the EBS parameter"
        => "The first request under a token executes.";
    T_080 Sibling "ECS idempotence guide, linked from the EBS parameter; PolarDB links none"
        => "An equal request under a completed token gets the first outcome again and nothing happens.";
    T_090 Sibling "IdempotentParameterMismatch: ECS idempotence guide, metadata of CreateDiskReplicaPair"
        => "Another request under a token that is in use is refused, and the token's entry stays as it is.";
    T_100 Sibling "LastTokenProcessing: metadata of 26 operations of ebs 2021-07-30, not of the failover calls"
        => "An equal request under a token in flight is refused until the first one is settled.";
    T_110 Inferred "AWS Powertools compares first; the vendor states no order"
        => "The request is compared before the entry's status: another request is a mismatch in flight too.";
    T_120 Inferred "the vendor's Terraform provider repeats EBS failover under one token through OperationDenied.InvalidStatus"
        => "A released token is as good as new.";
    T_130 Inferred "fencing tokens; AWS Powertools lets a late worker overwrite its successor for want of one"
        => "A permit that is no longer the token's current one settles nothing.";
    T_140 Inferred "24 hours at Stripe, ECS RunTask, Restate, Kafka, Checkout and PPRO; alimt says three minutes of two calls"
        => "A completed token is remembered for a lifetime that starts at completion and ends exclusively.";
    T_150 Inferred "a lifetime that slides lets retries keep a token for ever and makes replays write"
        => "A replay does not extend the lifetime.";
    T_160 Inferred "Kafka pins what is open; a lease that runs out while the work goes on is how a second effect happens"
        => "A token in flight neither expires nor is evicted.";
    T_170 Inferred "the model has no clock of its own"
        => "Time never goes back: every call, refused or not, moves the clock to the highest time seen.";
    T_180 Inferred "the vendor states no bound; one bound for all would let a tenant evict another's tokens"
        => "A tenant has at most so many tokens; at the bound, expired ones make room, else a new token is refused.";
    T_190 Inferred "FoundationDB bounds its idempotency ids by a watermark"
        => "Where the policy evicts, the tenant's earliest completion goes, is reported and raises the tenant's horizon.";
}
