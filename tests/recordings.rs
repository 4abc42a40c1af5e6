//! What is known of a service from recordings alone: the readers of what others recorded.

#[path = "recordings/readers/mod.rs"]
mod readers;
