//! What the answers of a session bind: names such as `pair`, which later acts use in braces.

use std::collections::BTreeMap;

use serde_json::Value;

/// What makes something: the name that its answer binds, and where the answer has the id.
pub const MADE: [(&str, &str, &str); 5] = [
    ("CreateDiskReplicaPair", "pair", "/ReplicaPairId"),
    ("CreateDiskReplicaGroup", "group", "/ReplicaGroupId"),
    ("CreateDBCluster", "cluster", "/DBClusterId"),
    ("CreateDBNodes", "new_node", "/DBNodeIds/DBNodeId/0"),
    ("CreateGlobalDatabaseNetwork", "network", "/GDNId"),
];

/// The names that are bound, each to what it was bound to first.
#[derive(Debug, Clone, Default)]
pub struct Bound(BTreeMap<String, String>);

impl Bound {
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The text with a name replaced; `None` if it is not bound.
    pub fn filled(&self, text: &str) -> Option<String> {
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) => self.0.get(name).cloned(),
            None => Some(text.to_owned()),
        }
    }

    /// The parameters of a call with names replaced. One that is not bound names nothing.
    pub fn parameters(&self, parameters: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let filled = |text: &String| self.filled(text).unwrap_or_else(|| "unbound".into());
        parameters.iter().map(|(name, value)| (name.clone(), filled(value))).collect()
    }

    /// Binds what an answer names.
    pub fn bind(&mut self, body: &Value) {
        for (_, name, at) in MADE {
            if let Some(id) = body.pointer(at).and_then(Value::as_str) {
                self.bind_to(name.into(), id);
            }
        }
        let mut readers = 0;
        for node in body.get("DBNodes").and_then(Value::as_array).into_iter().flatten() {
            let id = node["DBNodeId"].as_str().expect("a node has an id");
            if node["DBNodeRole"] == "Writer" {
                self.bind_to("writer".into(), id);
            } else {
                readers += 1;
                self.bind_to(format!("reader{readers}"), id);
            }
        }
    }

    fn bind_to(&mut self, name: String, id: &str) {
        self.0.entry(name).or_insert_with(|| id.to_owned());
    }
}
