//! What to record so that a service tells which contested reading it has: sessions found by search over the model.
//!
//! `UPDATE=1 cargo test --release --test recording` searches, which takes minutes, and writes the sessions to
//! `tests/fixtures/recording.json` and the page `docs/recording.md`; with `READING=zone_loss` those of readings with such a name.
//! Without `UPDATE` the sessions of the file are played under each reading and explained under each, and the page is compared.

#[path = "it/kit/generated.rs"]
mod generated;

#[path = "traces/service.rs"]
#[allow(dead_code, reason = "each test binary uses a part")]
mod service;

#[path = "recording/bound.rs"]
mod bound;

#[path = "recording/seat.rs"]
mod seat;

#[path = "recording/session.rs"]
mod session;

#[path = "recording/stage.rs"]
mod stage;

#[path = "recording/own_stage.rs"]
mod own_stage;

#[path = "recording/untold.rs"]
mod untold;

#[path = "recording/search.rs"]
mod search;

#[path = "recording/page.rs"]
mod page;

use std::path::Path;

use session::{Act, Recordings};

const SESSIONS: &str = "tests/fixtures/recording.json";
const PAGE: &str = "docs/recording.md";

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn write(path: &str, text: &str) {
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(path), text).unwrap();
}

#[test]
fn the_sessions_tell_the_readings_apart() {
    if generated::updates() {
        let known = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(SESSIONS));
        let known = known.map_or_else(|_| Recordings::default(), |text| serde_json::from_str(&text).unwrap());
        let wanted = std::env::var("READING").unwrap_or_default();
        search::all(&known, &wanted, |found| {
            write(SESSIONS, &(serde_json::to_string_pretty(found).unwrap() + "\n"));
            write(PAGE, &page::of(found));
        });
    }
    let recordings: Recordings = serde_json::from_str(&read(SESSIONS)).unwrap();
    generated::keep(PAGE, &page::of(&recordings), "cargo test --release --test recording");
    for reading in failover_model::policy::READINGS {
        let values: Vec<String> =
            (0..reading.values.len()).map(|value| session::value(reading, value)).collect();
        for has in &values {
            for other in values.iter().filter(|other| *other != has) {
                assert!(
                    recordings.is_searched(&session::name(reading), has, other),
                    "{}: {has} and {other} have neither a session nor a search that found none",
                    session::name(reading)
                );
            }
        }
    }
    for untold in &recordings.untold {
        let session::Untold { reading, has, not_refuted, exhausted, .. } = untold;
        let own = own_stage::all().iter().any(|stage| stage.of == reading);
        assert!(*exhausted || !own, "{reading}: the search for {has} and {not_refuted} was given up");
        assert!(
            untold::why(reading, has, not_refuted).is_some(),
            "{reading}: why not {has} and {not_refuted}?"
        );
    }
    assert_eq!(untold::WHY.len(), recordings.untold.len(), "a reason is there for what a session tells");
    for session in &recordings.sessions {
        assert_eq!(session.matrix(), session.told, "{}", session.reading);
    }
}

#[test]
fn what_a_stage_begins_with_is_accepted() {
    for stage in stage::general().into_iter().chain(own_stage::all()) {
        let mut seat = seat::Seat::new(failover_model::Policy::default());
        for act in &stage.begins {
            let answer = seat.act(act);
            assert_eq!(answer.is_some(), matches!(act, Act::Call { .. }));
            assert!(
                answer.as_ref().is_none_or(|answer| answer.status == 200),
                "{}: {act:?} {answer:?}",
                stage.of
            );
        }
        // Time can always pass.
        let does = |act: &&Act| matches!(act, Act::Call { .. } | Act::Outside { .. });
        assert!(stage.acts.iter().filter(does).any(|act| seat.can(act)), "{}: nothing can be done", stage.of);
    }
}
