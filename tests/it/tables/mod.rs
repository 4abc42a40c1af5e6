//! The lifecycles, stated a second time and independently.

mod groups;
mod pairs;
