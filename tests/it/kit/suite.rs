//! The configuration of property tests.

/// The configuration of a property-test suite: so many cases, failures kept in `proptest-regressions/<suite>.txt`.
/// The environment variable `SOAK` multiplies the cases, for a longer run.
macro_rules! suite {
    ($suite:literal, $cases:expr) => {
        proptest::test_runner::Config {
            cases: std::env::var("SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1_u32) * $cases,
            max_shrink_iters: 20_000,
            failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::Direct(
                concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/", $suite, ".txt"),
            ))),
            ..proptest::test_runner::Config::default()
        }
    };
}
