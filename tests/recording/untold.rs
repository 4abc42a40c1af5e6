//! Why no session tells two values of a reading apart.

/// A reading, the value that a service has, and one that its answers do not refute; and what then explains these answers.
pub const WHY: [(&str, &str, &str, &str); 10] = [
    (
        "ebs.failover_while_busy",
        "supersede",
        "refuse",
        "The work may just have failed: where a creation, a stop, a reverse or a deletion failed, a pair can be failed over.",
    ),
    (
        "ebs.first_copy",
        "after_one_rpo",
        "at_once",
        "A first copy that begins at once may fail at once; then nothing is under way until one RPO is over.",
    ),
    (
        "ebs.reverse_needs",
        "detached_or_down",
        "detached",
        "No answer shows whether a disk is attached. It may have been detached just before the reverse that is accepted.",
    ),
    (
        "ebs.reverse_needs",
        "detached",
        "detached_or_down",
        "No answer shows whether a host is up. It may have come up just before the reverse that is refused.",
    ),
    (
        "polardb.explicit_target_fails",
        "stop",
        "elect",
        "The switches to the other nodes may have failed too.",
    ),
    ("polardb.writer_alone", "waits", "restarts", "Each restart may have failed between two looks."),
    (
        "polardb.lower_tiers",
        "not_tried",
        "tried",
        "The switches to the nodes of lower priority may have failed too.",
    ),
    (
        "polardb.hot_replicas",
        "at_equal_priority",
        "none",
        "The hot replica may have been chosen by chance, each time.",
    ),
    (
        "polardb.automatic_in_window",
        "held",
        "begins",
        "Each failover that began within the window may have failed between two looks.",
    ),
    (
        "polardb.roll_back",
        "zone_switches",
        "every_switch",
        "The return may have begun and failed between two looks.",
    ),
];

/// The sentence for these values.
pub fn why(reading: &str, has: &str, not_refuted: &str) -> Option<&'static str> {
    let of =
        |(of, one, other, _): &&(&str, &str, &str, &str)| (*of, *one, *other) == (reading, has, not_refuted);
    WHY.iter().find(of).map(|(.., why)| *why)
}
