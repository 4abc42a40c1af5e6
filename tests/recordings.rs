//! What is known of a service from recordings alone: the readers of what others recorded, and the gallery of wrong services
//! behind HTTP, each refuted by what it answered.
//!
//! A binary of its own, since it starts servers.

#![allow(dead_code, reason = "stories and fixtures are shared with other tests, and each uses a part")]

#[path = "it/kit/generated.rs"]
mod generated;
#[path = "it/kit/fixtures.rs"]
mod kit;
#[path = "it/oracle"]
mod oracle {
    pub mod step;
    pub mod stories;
}
#[path = "recordings/readers/mod.rs"]
mod readers;
#[path = "recordings/services/mod.rs"]
mod services;
