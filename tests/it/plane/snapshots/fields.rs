//! Each field of a snapshot: known, told once, and of consequence.

use super::*;

fn elements(value: &Value) -> std::collections::BTreeSet<String> {
    value.as_array().into_iter().flatten().map(ToString::to_string).collect()
}

/// What two written forms may differ in and still mean one state.
fn means_the_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            // An absent field is one without a value.
            let same = |one: &Map<String, Value>, other: &Map<String, Value>| {
                one.iter().all(|(name, value)| {
                    let set = ["tried", "regions", "disks"].contains(&name.as_str());
                    match other.get(name) {
                        // Sets: order and repetition say nothing.
                        Some(other) if set => elements(value) == elements(other),
                        Some(other) => means_the_same(value, other),
                        None => value.is_null(),
                    }
                })
            };
            same(one, other) && same(other, one)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| means_the_same(one, other))
        }
        _ => one == other,
    }
}

#[test]
fn no_field_of_a_snapshot_can_be_changed_without_being_refused_or_changing_the_state() {
    let world = rich();
    let original = value(&world.plane);
    assert_eq!(restore(&original).unwrap(), world.plane);
    let (mut refused, mut different, mut same) = (0, 0, 0);
    for path in paths(&original) {
        for other in others(original.pointer(&path).unwrap()) {
            let mut changed = original.clone();
            *changed.pointer_mut(&path).unwrap() = other.clone();
            match restore(&changed) {
                Err(_) => refused += 1,
                Ok(plane) if plane != world.plane => {
                    different += 1;
                    assert_ne!(value(&plane), original, "{path} = {other}: another state, the same snapshot");
                    plane.check().unwrap();
                }
                Ok(_) => {
                    same += 1;
                    assert!(means_the_same(&original, &changed), "{path} = {other} is silently ignored");
                }
            }
        }
    }
    assert!(refused > 5_000 && different > 500 && same < refused, "{refused} {different} {same}");
}

#[test]
fn the_rich_world_has_something_in_every_field() {
    let original = value(&rich().plane);
    // A field name counts as filled if it has a value anywhere.
    let mut filled = std::collections::BTreeMap::new();
    for path in paths(&original) {
        let Some(name) = path.rsplit('/').next().filter(|name| name.parse::<u32>().is_err()) else {
            continue;
        };
        let value = original.pointer(&path).unwrap();
        let empty = value.is_null()
            || value.as_array().is_some_and(Vec::is_empty)
            || value.as_object().is_some_and(Map::is_empty);
        *filled.entry(name.to_string()).or_insert(false) |= !empty;
    }
    let empty: Vec<&String> = filled.iter().filter(|(_, filled)| !**filled).map(|(name, _)| name).collect();
    // Calls settle at once, so no token of a control plane is in flight.
    assert_eq!(empty, ["in_flight"], "of {filled:?}");
}

#[test]
fn a_field_that_the_format_does_not_know_is_refused_wherever_it_stands() {
    let original = value(&rich().plane);
    let mut objects = 0;
    for path in paths(&original) {
        if original.pointer(&path).unwrap().is_object() {
            let mut changed = original.clone();
            let fields = changed.pointer_mut(&path).unwrap().as_object_mut().unwrap();
            fields.insert("more".into(), json!(1));
            assert!(restore(&changed).is_err(), "{path}");
            objects += 1;
        }
    }
    assert!(objects > 50);
}

#[test]
fn a_field_given_twice_is_refused() {
    let text = serde_json::to_string(&rich().plane.snapshot()).unwrap();
    for field in ["\"clock\":", "\"next_id\":", "\"id\":", "\"status\":", "\"role\":"] {
        let twice = text.replacen(field, &format!("{field}0,{field}"), 1);
        assert!(serde_json::from_str::<Snapshot>(&twice).is_err(), "{field}");
    }
}
