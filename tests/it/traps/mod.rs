//! Rules that a first implementation gets wrong. Those about spelling are in `wire`.

mod ebs;
mod polardb;
