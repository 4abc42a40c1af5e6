//! What is validated is made of text in the same way everywhere, and every error is one of `std`.

use std::error::Error;
use std::fmt::Debug;
use std::str::FromStr;

use failover_model::polardb::{Engine, NoCandidate, NotCreated, Role};
use failover_model::text::{
    BadText, Description, GroupName, Name, NetworkDescription, StatusMessage, TagKey, TagValue,
};
use failover_model::{
    AccountId, BadId, Breach, ClientToken, ClusterId, DiskId, DrillId, GroupId, Misuse, NetworkId, NodeClass,
    NodeId, NotAdopted, NotTaken, OrderId, PairId, Refusal, RegionId, ResourceGroupId, StalePlan,
    UnknownValue, Violation, WrongIds, ZoneId,
};

/// All ways give the same value, or the same error.
fn is_read_alike<T>(good: &str, bad: &str)
where
    T: FromStr + for<'a> TryFrom<&'a str> + TryFrom<String> + PartialEq + Debug + ToString,
    for<'a> <T as TryFrom<&'a str>>::Error: ToString + Debug,
    <T as TryFrom<String>>::Error: ToString + Debug,
    T::Err: Error + Debug,
{
    let parsed: T = good.parse().unwrap();
    assert_eq!(T::try_from(good).unwrap(), parsed);
    assert_eq!(T::try_from(good.to_owned()).unwrap(), parsed);
    assert_eq!(parsed.to_string(), good);
    let told = bad.parse::<T>().unwrap_err().to_string();
    assert_eq!(T::try_from(bad).unwrap_err().to_string(), told);
    assert_eq!(T::try_from(bad.to_owned()).unwrap_err().to_string(), told);
    assert!(!told.is_empty());
}

#[test]
fn validated_types_are_made_of_text_alike() {
    macro_rules! ids {
        ($($Id:ty),*) => { $( is_read_alike::<$Id>("a-1", "a 1"); is_read_alike::<$Id>("a-1", ""); )* };
    }
    ids!(AccountId, RegionId, ZoneId, DiskId, PairId, GroupId, DrillId, ClusterId, NodeId);
    ids!(NetworkId, OrderId, ResourceGroupId, NodeClass);
    is_read_alike::<ClientToken>("token", "tökén");
    is_read_alike::<ClientToken>("token", "");
    let (long, longer) = ("x".repeat(128), "x".repeat(129));
    is_read_alike::<Name>(&long, &longer);
    is_read_alike::<GroupName>("name", "na.me");
    is_read_alike::<NetworkDescription>("name", "n");
    is_read_alike::<Description>("words", "http://x");
    is_read_alike::<TagKey>("key", "acs:x");
    is_read_alike::<TagValue>("", &longer);
    is_read_alike::<StatusMessage>("Broken", "");
    is_read_alike::<Engine>("MySQL", "mysql");
    is_read_alike::<Role>("Reader", "reader");
    is_read_alike::<failover_model::ebs::PairStatus>("normal", "Normal");
    assert_eq!("mysql".parse::<Engine>(), Err(UnknownValue { what: "engine" }));
}

#[test]
fn every_error_is_an_error() {
    fn is_error<E: Error>() {}
    is_error::<BadId>();
    is_error::<BadText>();
    is_error::<Breach>();
    is_error::<Misuse>();
    is_error::<NoCandidate>();
    is_error::<NotAdopted>();
    is_error::<NotCreated>();
    is_error::<NotTaken>();
    is_error::<Refusal>();
    is_error::<StalePlan<failover_model::ebs::PairPlan>>();
    is_error::<StalePlan<failover_model::polardb::ClusterPlan>>();
    is_error::<UnknownValue>();
    is_error::<Violation>();
    is_error::<WrongIds>();
    is_error::<failover_model::ebs::BadBandwidth>();
    is_error::<failover_model::ebs::EbsRefusal>();
    is_error::<failover_model::polardb::BadPriority>();
    is_error::<failover_model::polardb::PolarDbRefusal>();
    is_error::<failover_model::scenario::BadScenario>();
    is_error::<failover_model::simulation::BadWorld>();
    is_error::<failover_model::snapshot::RestoreError>();
    is_error::<failover_model::testing::Divergence>();
    is_error::<failover_model::token::BadToken>();
    is_error::<failover_model::token::BadTokenSnapshot>();
    is_error::<failover_model::token::OverCapacity>();
    is_error::<failover_model::token::StalePermit>();
    is_error::<failover_model::token::TokenRefusal>();
    is_error::<failover_model::token::TokenViolation>();
    is_error::<failover_model::wire::GatewayError>();
    is_error::<failover_model::wire::WireRefusal>();
}
