//! The example of a service of one's own says what it asserts: it is run here, so that it stays true.

#[path = "../../../examples/idempotent_service.rs"]
mod idempotent_service;

#[test]
fn the_example_of_a_service_of_ones_own_prints_what_it_says() {
    idempotent_service::main();
}
