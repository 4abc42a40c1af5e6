//! The committed seeds of the fuzz target of requests, each also with small damages; the fuzzer goes on from them.

#[path = "../../../tests/fuzz/src/control.rs"]
mod control;
#[path = "../../../tests/it/kit/generated.rs"]
mod generated;
#[path = "../../../tests/fuzz/src/seeds.rs"]
mod seeds;

use std::fs;
use std::path::Path;

#[test]
fn every_request_is_answered_well_and_a_refused_one_changes_nothing() {
    seeds::try_all(control::control, &seeds::files("../../tests/fuzz/seeds/control"), 8);
}

/// The state that a lively input leads to, put into a new emulator which then goes on. `UPDATE=1` writes it anew.
fn write_state() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds/control");
    let lively = fs::read(directory.join("effects")).unwrap();
    let state = control::state_after(&lively);
    let text = format!(
        "# A state as it was told, put back, and what falls due in it.\nPUT /_emulator/state {state}\n\
         PUT /_emulator/transitions {{\"mode\":\"timed\"}}\nPOST /_emulator/clock {{\"advance_ms\":900000}}\n"
    );
    fs::write(directory.join("state"), text).unwrap();
}

#[test]
fn the_seeds_lead_through_every_door() {
    if generated::updates() {
        write_state();
    }
    let mut lines = Vec::new();
    for seed in seeds::files("../../tests/fuzz/seeds/control") {
        lines.extend(control::answers(&seed));
    }
    let accepted = |start: &str| {
        let taken = |status: &Option<u16>| status.is_some_and(|status| status < 300);
        lines.iter().any(|(line, status)| line.starts_with(start) && taken(status))
    };
    let doors = [
        "GET /_emulator/health",
        "POST /_emulator/clock {\"advance_ms\"",
        "POST /_emulator/clock {\"to\"",
        "PUT /_emulator/transitions",
        "GET /_emulator/policy",
        "PUT /_emulator/policy",
        "POST /_emulator/seed {",
        "POST /_emulator/seed?account",
        "GET /_emulator/effects",
        "GET /_emulator/faults",
        "DELETE /_emulator/faults",
        "DELETE /_emulator/faults/",
        "GET /_emulator/disks",
        "GET /_emulator/events",
        "GET /_emulator/state",
        "PUT /_emulator/state",
        "DELETE /_emulator/state?account",
        "DELETE /_emulator/state?now_ms",
    ];
    let endings = ["succeeded", "failed", "chosen", "auto"];
    let kinds = [
        "switch",
        "work",
        "node",
        "replication",
        "cluster",
        "disk",
        "pair",
        "group",
        "network",
        "drill",
        "zone",
        "region",
        "hold",
        "reply",
    ];
    let missing: Vec<&str> = doors.iter().copied().filter(|door| !accepted(door)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    for kind in kinds {
        assert!(accepted(&format!("POST /_emulator/faults {{\"kind\":\"{kind}\"")), "{kind}");
    }
    for ending in endings {
        let ended = |(line, status): &(String, Option<u16>)| {
            line.starts_with("POST /_emulator/effects/")
                && line.contains(&format!("{{\"outcome\":\"{ending}\""))
                && *status == Some(200)
        };
        assert!(lines.iter().any(ended), "{ending}");
    }
}
