//! What the state takes notice of is told into the trace, by whoever applies it.

use std::sync::Arc;

use failover_controller::log::History;
use failover_controller::state::State;
use failover_model::ebs::DiskChange;
use failover_model::polardb::NodeChange;
use failover_model::trace::{Told, Trace};
use failover_model::{Input, Observation, Policy, Report, Timestamp};
use failover_recorder::record::Recorder;

fn attached(disk: &str) -> Observation {
    let (account, disk) = ("1001".parse().expect("an account"), disk.parse().expect("a disk"));
    Observation::Disk { account, disk, change: DiskChange::Attached(true) }
}

fn report(ms: u64, observed: Observation) -> Input {
    Input::Report(Timestamp::from_millis(ms), Report::Observed(observed))
}

#[test]
fn a_leader_tells_what_it_finds_in_the_journal_and_what_it_takes() {
    let file = std::env::temp_dir().join(format!("failover-controller-told-{}.jsonl", std::process::id()));
    let recorder = Arc::new(Recorder::create(&file).expect("a file"));
    let inputs = vec![(1, Input::Advance(Timestamp::from_millis(5))), (2, report(7, attached("d-1")))];
    let history = History { state: None, inputs };
    let mut state = State::replay(history, &Policy::default(), Some(recorder)).expect("a state");
    let stranger =
        Observation::Node { node: "pi-stranger".parse().expect("a node"), change: NodeChange::Up(false) };
    assert!(state.take(3, &report(8, stranger)).is_err());
    let _ = state.take(4, &report(9, attached("d-2"))).expect("taken");
    let trace = Trace::read(&std::fs::read_to_string(&file).expect("read")).expect("a trace");
    std::fs::remove_file(&file).expect("removed");
    let told = |at, order, disk| Told { at: Timestamp::from_millis(at), order, observed: attached(disk) };
    // Places are counted for each input, and only what was taken is told.
    assert_eq!(trace.told, [told(7, Some((2, 3)), "d-1"), told(9, Some((5, 6)), "d-2")]);
}
