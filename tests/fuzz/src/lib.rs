//! Fuzz targets: the functions of [`targets`], each handed to the fuzzer by a binary of its own.

pub mod targets;
