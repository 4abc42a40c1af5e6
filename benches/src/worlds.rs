//! The small worlds of `tests/worlds.rs`.

#[path = "../../tests/worlds/clusters.rs"]
pub mod clusters;
#[path = "../../tests/worlds/groups.rs"]
pub mod groups;
#[path = "../../tests/worlds/laws.rs"]
pub mod laws;
#[path = "../../tests/worlds/pairs.rs"]
pub mod pairs;
#[path = "../../tests/worlds/tokens.rs"]
pub mod tokens;
#[path = "../../tests/worlds/walk.rs"]
pub mod walk;
