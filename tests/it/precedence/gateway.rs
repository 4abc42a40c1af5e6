//! What is refused before any parameter is read, for every operation the same.

use failover_model::wire::{Parameters, parse};
use failover_model::{Operation, Product};

/// The answer to a call of nothing but this action and version, each perhaps in a header and in a parameter.
fn answer(action: [Option<&str>; 2], version: [Option<&str>; 2]) -> String {
    let mut parameters = Parameters::default();
    for (name, value) in [("Action", action[1]), ("Version", version[1])] {
        if let Some(value) = value {
            parameters.insert(name, value);
        }
    }
    match parse(action[0], version[0], &parameters) {
        Ok(_) => "accepted".into(),
        Err(refusal) => {
            let wire = refusal.wire();
            format!("{} {} ({}", wire.status, wire.code, refusal.rule())
        }
    }
}

#[test]
fn the_gateway_answers_in_its_order_and_before_any_parameter() {
    let nothing = [None, None];
    for operation in Operation::ALL {
        let action = [Some(operation.as_str()), None];
        let version = operation.product().version();
        let other = match operation.product() {
            Product::Ebs => Product::PolarDb,
            Product::PolarDb => Product::Ebs,
        };
        let versions = [
            ([Some(version), Some("2000-01-01")], "400 InvalidParameter (W-014"),
            (nothing, "400 MissingParameter (W-010"),
            ([Some("2000-01-01"), None], "400 NoSuchVersion (W-011"),
            ([Some(other.version()), None], "404 InvalidApi.NotFound (W-013"),
        ];
        for (version, wanted) in versions {
            // Whatever is wrong with the version, and with the parameters: there are none.
            assert_eq!(answer([action[0], Some("Other")], version), "400 InvalidParameter (W-014");
            assert_eq!(answer(nothing, version), "400 MissingParameter (W-010");
            // Labels and regions are interfaces that both products have.
            let got = answer(action, version);
            let taken = Operation::find(other, operation.as_str()).is_some();
            let of_both = wanted.contains("W-013")
                && (got == "400 UnsupportedOperation (W-012" || taken && got == "accepted");
            assert!(of_both || got == wanted, "{operation}: {got}, not {wanted}");
        }
    }
}
