//! The page that says what to record, with a script for the vendor's Python SDK.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use failover_model::{Operation, Product};
use serde_json::{Map, Value, json};

use crate::bound::MADE;
use crate::seat::{BUSY, operation};
use crate::session::{Act, Outside, Recordings, Session, Untold, reading};
use crate::untold::why;

const HEAD: &str = r#"# What to record

Sessions of a few calls and polls, each of which tells values of one [contested reading](policies.md) apart. Whoever has an account
plays one, records what is answered, and has the recording explained: `--readings` names the values that the answers refute and
bear out. Not every reading has a session: [what none tells](#what-no-session-tells) is at the end.

```sh
cargo run --package failover-recorder -- --upstream https://ebs.cn-shanghai.aliyuncs.com --record session.jsonl
cargo run --features testing,wire --example explain -- --readings session.jsonl
```

How a client is pointed at the recorder is on [its page](../examples/recorder/README.md). Against the emulator, set `ENDPOINT` to its
address and `PROTOCOL` to `http`; it records by itself with `--record`.

The sessions were found by search over the model, `UPDATE=1 cargo test --release --test recording`: breadth first over the acts of a
[stage](../tests/recording/stage.rs), with a service of one value and one of another side by side. Where they have answered
differently, the answers of each are explained under the value of the other. The first sequence that is refuted is a session, without
the acts that it can do without. That none is shorter is not shown: the stages are tried one after the other, and first with a wait
after each act. What hidden work can explain tells nothing, and so some readings are told by the answers of one of their values alone:
a failover that is accepted while a pair is being created may have come when the creation had just ended; one that is refused may not.

Readings that need it have a [stage of their own](../tests/recording/own_stage.rs), which begins where they matter. Some of these sessions
rest on the [assumption](traces.md#what-refuted-means) that no more than one thing happened outside between two answers: where the session has
a node come back at a time at which another one would have had to come back too, that explains no answer. So take no look more
than the script does. A session with `meanwhile` tells only if the look after it comes while the switch or the restart is under way; one
about the frequency window, if the last call comes as many seconds after the first as in the script.

Every test run plays each session under each value, explains the answers under each other one, and compares what is said here. Over HTTP,
with `--policy` and `--record`, [a test of the emulator](../examples/emulator/tests/recording.rs) plays them, and
`.ci/sdk_recording.py` runs the scripts themselves with the SDK. A node that is chosen by chance may not be the one that tells: then the
session is played again. Readings that are numbers or sets have no values to tell apart, and are not here.

## Before a session

The script below goes before each session. `wait` only sleeps: nothing may be under way when it returns, so give it longer where work
takes longer. `by_hand` stops until what it says was done,
with the tools of ECS or by waiting for it to happen. Resources cost money until they are deleted, and a failover interrupts
whoever uses the cluster: take new ones. The disks `d-source` and `d-destination`, the regions and the classes are to be
replaced by what the account has.

```python
import os
import time

from alibabacloud_ebs20210730 import client as ebs_client, models as ebs_models
from alibabacloud_polardb20170801 import client as polardb_client, models as polardb_models
from alibabacloud_tea_openapi.models import Config


def config(region, service):
    return Config(access_key_id=os.environ["ACCESS_KEY_ID"], access_key_secret=os.environ["ACCESS_KEY_SECRET"],
                  region_id=region, endpoint=os.environ.get("ENDPOINT", f"{service}.{region}.aliyuncs.com"),
                  protocol=os.environ.get("PROTOCOL", "https"))


def call(client, models, action, parameters):
    """Makes a call; its answer, or an empty one if it is refused, which a session may mean to be."""
    request = getattr(models, action + "Request")().from_map(parameters)
    method = next(name for name in dir(client) if name.replace("_", "") == action.lower())
    try:
        return getattr(client, method)(request).body.to_map()
    except Exception as refused:
        if getattr(refused, "code", None) is None:
            raise
        print(action, refused.code)
        return {}


def found(answer, *path):
    """What is there in an answer; a name of nothing if the call was refused."""
    for step in path:
        try:
            answer = answer[step]
        except (KeyError, IndexError):
            return "unbound"
    return answer


def ebs(action, **parameters):
    return call(ebs_client.Client(config(parameters["RegionId"], "ebs")), ebs_models, action, parameters)


def polardb(action, **parameters):
    return call(polardb_client.Client(config("cn-hangzhou", "polardb")), polardb_models, action, parameters)


def wait(seconds=120):
    time.sleep(seconds)


def meanwhile(seconds):
    time.sleep(seconds)


def by_hand(what):
    input(f"{what}; then press Enter")
```

"#;

/// The page.
pub fn of(recordings: &Recordings) -> String {
    let mut text = String::from(HEAD);
    text.push_str("## Sessions\n\n");
    for session in &recordings.sessions {
        text.push_str(&section(session));
    }
    text.push_str(&untold(&recordings.untold));
    text
}

fn section(session: &Session) -> String {
    let reading = reading(&session.reading);
    let mut text = format!("### `{}`\n\n{}\n\n", session.reading, reading.says.trim());
    for (has, refuted) in &session.told {
        let refuted: Vec<String> = refuted.iter().map(|value| format!("`{value}`")).collect();
        let refuted = if refuted.is_empty() { "nothing".into() } else { refuted.join(", ") };
        writeln!(text, "* a service with `{has}` refutes {refuted}").unwrap();
    }
    if session.acts.iter().any(Act::is_luck) {
        text.push_str("\nIt needs what nobody can ask for; such an event has to be waited for.\n");
    }
    writeln!(text, "\n```python\n{}```\n", script(&session.acts)).unwrap();
    text
}

/// Whether one of these acts uses a name.
fn used(acts: &[Act], name: &str) -> bool {
    let braced = format!("{{{name}}}");
    acts.iter().any(|act| match act {
        Act::Call { parameters, .. } => parameters.values().any(|value| *value == braced),
        Act::Outside { of, .. } => *of == braced,
        _ => false,
    })
}

/// A session in Python.
pub fn script(acts: &[Act]) -> String {
    let mut text = String::new();
    let mut bound: Vec<&str> = Vec::new();
    for (at, act) in acts.iter().enumerate() {
        let later = &acts[at + 1..];
        match act {
            Act::Call { action, parameters } => {
                let call = python(action, parameters);
                let made = MADE.iter().find(|(by, name, _)| by == action && used(later, name));
                let nodes = nodes(later);
                match made {
                    Some((_, name, at)) if !bound.contains(name) => {
                        writeln!(text, "{name} = found({call}, {})", steps(at)).unwrap();
                        bound.push(name);
                    }
                    _ if action == "DescribeDBClusterAttribute"
                        && !bound.contains(&"nodes")
                        && !nodes.is_empty() =>
                    {
                        writeln!(text, "nodes = found({call}, \"DBNodes\")\n{nodes}").unwrap();
                        bound.push("nodes");
                    }
                    _ => writeln!(text, "{call}").unwrap(),
                }
            }
            Act::Wait => text.push_str("wait()\n"),
            Act::Pass { seconds } => writeln!(text, "wait({seconds})").unwrap(),
            Act::Meanwhile { seconds } => writeln!(text, "meanwhile({seconds})").unwrap(),
            Act::Fails => text.push_str("by_hand(\"what is under way fails\")\n"),
            Act::Outside { what, of } => {
                let busy = format!("gets another address, and shows {BUSY}");
                let what = match what {
                    Outside::DiskAttached => "is attached to an instance",
                    Outside::DiskDetached => "is detached",
                    Outside::HostDown => "stays attached, and its instance is stopped",
                    Outside::NodeDown => "goes down",
                    Outside::NodeUp => "comes back",
                    Outside::ZoneDown => "goes down with all nodes of its zone",
                    Outside::ClusterBusy => &busy,
                    Outside::ClusterIdle => "has it, and shows Running again",
                };
                writeln!(text, "by_hand(f\"{of} {what}\")").unwrap();
            }
        }
    }
    text
}

/// The way to a place in an answer, in Python.
fn steps(pointer: &str) -> String {
    let is_number = |step: &str| step.bytes().all(|byte| byte.is_ascii_digit());
    let spelled = |step: &str| if is_number(step) { step.to_owned() } else { format!("{step:?}") };
    pointer.split('/').skip(1).map(spelled).collect::<Vec<_>>().join(", ")
}

/// The lines that name the nodes which later acts use, in Python.
fn nodes(later: &[Act]) -> String {
    const OF: &str = "node[\"DBNodeId\"] for node in nodes if node[\"DBNodeRole\"]";
    let named = [
        ("writer", format!("next({OF} == \"Writer\")")),
        ("reader1", format!("[{OF} != \"Writer\"][0]")),
        ("reader2", format!("[{OF} != \"Writer\"][1]")),
    ];
    let lines = named.iter().filter(|(name, _)| used(later, name));
    lines.map(|(name, node)| format!("{name} = {node}")).collect::<Vec<_>>().join("\n")
}

/// A call in Python. Lists that the wire numbers are lists.
fn python(action: &str, parameters: &BTreeMap<String, String>) -> String {
    let operation: Operation = operation(action);
    let product = match operation.product() {
        Product::Ebs => "ebs",
        Product::PolarDb => "polardb",
    };
    let mut nested: Map<String, Value> = Map::new();
    for (name, value) in parameters {
        let mut parts = name.split('.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(list), Some(number), Some(field)) => {
                let items = nested.entry(list).or_insert_with(|| json!([])).as_array_mut().unwrap();
                let at = number.parse::<usize>().unwrap() - 1;
                while items.len() <= at {
                    items.push(json!({}));
                }
                items[at][field] = json!(value);
            }
            _ => drop(nested.insert(name.clone(), json!(value))),
        }
    }
    let all: Vec<String> = nested.iter().map(|(name, value)| format!("{name}={}", spelled(value))).collect();
    format!("{product}(\"{action}\", {})", all.join(", "))
}

/// A value in Python: names without quotes, numbers and truths as the SDK has them.
fn spelled(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(spelled).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("\"{name}\": {}", spelled(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::String(text) => match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) => name.to_owned(),
            None if text == "true" => "True".into(),
            None if text == "false" => "False".into(),
            None => format!("{text:?}"),
        },
        other => other.to_string(),
    }
}

fn untold(untold: &[Untold]) -> String {
    let mut text = String::from(
        "## What no session tells\n\nOf these values the answers of a service that has the first do not refute the second. What explains them all \
         the same is said beside. The search tried each act of the reading's stage, with the wait after it and without, from every class \
         of states of the two services, until no act led to a further one: states are of one class that differ in nothing but running \
         numbers and in times which lie between the same of 15, 450, 600, 3600 and 86400 seconds ago. So many sequences had been answered \
         differently by then, and each time some run under the second value gives the answers of the first. Of a class only the sequence that \
         led there first is continued.\n\n\
         | Reading | Has | Not refuted | Why | Steps | States | Answered differently |\n|---|---|---|---|---|---|---|\n",
    );
    for Untold { reading, has, not_refuted, steps, states, exhausted, explained } in untold {
        let why = why(reading, has, not_refuted).unwrap_or("not known");
        let more = if *exhausted { "" } else { ", and not all" };
        writeln!(
            text,
            "| `{reading}` | `{has}` | `{not_refuted}` | {why} | {steps} | {states}{more} | {explained} |"
        )
        .unwrap();
    }
    text
}
