//! Fuzz targets: functions of bytes, each handed to the fuzzer by a binary of its own.

pub mod control;
pub mod entering;
pub mod readers;
pub mod targets;
