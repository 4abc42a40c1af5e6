//! Questions that the vendor's pages leave open, each under its other reading.

use super::*;
use failover_model::policy::{PolarDbPolicy, Policy};

fn under(change: impl FnOnce(&mut PolarDbPolicy), seed: impl FnOnce(&mut ClusterSeed)) -> World {
    let mut world = World::with(|policy: &mut Policy| change(&mut policy.polardb));
    adopt(&mut world, seed);
    world
}

/// P-172.
#[test]
fn what_follows_exhaustion() {
    for (reading, status) in [(AfterExhaustion::Ends, "Running"), (AfterExhaustion::Waits, "Switching")] {
        let mut world = under(|policy| policy.after_exhaustion = reading, |_| ());
        world.fail_over(None).unwrap();
        world.promotion_fails();
        world.promotion_fails();
        assert_eq!(world.db_status(), status);
        down(&mut world, &["a"]);
        let begins = !up(&mut world, &["a"]).effects.is_empty();
        assert_eq!(begins, reading == AfterExhaustion::Waits);
    }
    // What waits is a manual failover that found nobody: not one whose target failed, and no automatic one.
    let waits = |policy: &mut PolarDbPolicy| policy.after_exhaustion = AfterExhaustion::Waits;
    let mut world = under(waits, |_| ());
    world.fail_over(Some("a")).unwrap();
    world.promotion_fails();
    assert_eq!(world.db_status(), "Running");
    down(&mut world, &["w"]);
    world.promotion_fails();
    world.promotion_fails();
    assert!(world.db().failover().is_none());
    up(&mut world, &["w"]);
    assert_eq!(world.db_status(), "Running", "the writer is back");
}

/// P-132.
#[test]
fn whether_lower_priorities_are_tried() {
    let mut world = under(|policy| policy.lower_tiers = LowerTiers::NotTried, |_| ());
    world.fail_over(None).unwrap();
    world.promotion_fails();
    assert!(world.db().failover().is_none());
}

/// P-132, P-185: the highest priority of the standby cluster is its own.
#[test]
fn where_only_the_highest_priority_is_tried_the_standby_cluster_has_one_of_its_own() {
    let mut world = World::with(|policy| policy.polardb.lower_tiers = LowerTiers::NotTried);
    adopt_two_zones(&mut world);
    down(&mut world, &["w"]);
    assert_eq!(world.promoting(), "a");
    down(&mut world, &["a"]);
    assert_eq!(world.promoting(), "s", "priority 3, below the 5 of a");
    world.promotion_fails();
    assert!(world.db().failover().is_none(), "t has 2");
}

/// P-131.
#[test]
fn whether_hot_replicas_come_first_at_equal_priority() {
    let equal = |seed: &mut ClusterSeed| {
        seed.nodes[1].priority = kit::priority(3);
        seed.nodes[2].hot_replica = true;
    };
    let mut world = under(|_| (), equal);
    world.fail_over(None).unwrap();
    assert_eq!(world.offered(), ["a", "b"]);
    let mut world = under(|policy| policy.hot_replicas = HotReplicaPreference::AtEqualPriority, equal);
    world.fail_over(None).unwrap();
    assert_eq!(world.promoting(), "b");
    world.promotion_fails();
    assert_eq!(world.promoting(), "a", "and the others after it");
}

/// P-112.
#[test]
fn whether_column_store_nodes_are_elected() {
    let column = |seed: &mut ClusterSeed| seed.nodes[1].kind = NodeKind::ColumnStore;
    let mut world = under(|policy| policy.column_store = ColumnStoreElection::Elected, column);
    assert_eq!(rule(world.fail_over(Some("a"))), "P-112");
    world.fail_over(None).unwrap();
    assert_eq!(world.promoting(), "a");
    world.promoted();
    assert_eq!(world.writer(), "a");
}

#[test]
fn which_zones_are_elected_from() {
    let away = |seed: &mut ClusterSeed| seed.nodes[1].zone = id("cn-shanghai-b");
    let mut world = under(|_| (), away);
    world.fail_over(None).unwrap();
    assert_eq!(world.promoting(), "a");
    let mut world = under(|policy| policy.election_zone = ElectionZone::Writers, away);
    world.fail_over(None).unwrap();
    assert_eq!(world.promoting(), "b");
    down(&mut world, &["w"]);
    world.promotion_fails();
    assert_eq!(world.promoting(), "a", "once it is automatic any zone does");
}

/// P-102.
#[test]
fn which_code_a_missing_target_has() {
    let pg = |seed: &mut ClusterSeed| seed.engine = Engine::PostgreSql;
    let mut world = under(|_| (), pg);
    assert_eq!(refusal(world.fail_over(None)), is("P-102", 400, "InvalidDBNodeId.Malformed"));
    let mut world = under(|policy| policy.missing_target = MissingTarget::MissingParameter, pg);
    assert_eq!(refusal(world.fail_over(None)), is("P-600", 400, "MissingParameter"));
}

/// T-090.
#[test]
fn which_code_a_reused_token_has() {
    let codes = [
        (TokenMismatch::IdempotentParameterMismatch, "IdempotentParameterMismatch"),
        (TokenMismatch::InvalidClientToken, "InvalidClientToken.Malformed"),
    ];
    for (reading, code) in codes {
        let mut world = under(|policy| policy.token_mismatch = reading, |_| ());
        let mut call = |target| {
            let request = failover_request(Some(target)).into();
            world.apply(OWNER, SOURCE, Some("t"), request, Fresh::None).unwrap().result.unwrap()
        };
        call("a").unwrap();
        assert_eq!(call("b").unwrap_err().wire().code, code);
    }
}

/// P-105, P-301.
#[test]
fn whether_a_busy_cluster_fails_over_and_what_it_shows() {
    let mut world = under(|policy| policy.busy_cluster = BusyCluster::Accept, |_| ());
    let status = Some(message("SSLModifying"));
    world.observe(Observation::ClusterBusy { cluster: id(CLUSTER), status });
    world.fail_over(None).unwrap();
    assert_eq!((world.db_status().as_str(), rule(world.fail_over(None))), ("Switching", "P-105"));
    let mut world = under(|policy| policy.switch_status = SwitchStatus::RoleSwitching, |_| ());
    world.fail_over(None).unwrap();
    assert_eq!(world.db_status(), "RoleSwitching");
}

/// P-106, P-186.
#[test]
fn how_the_window_counts_and_whom_it_holds() {
    let switched = |change: fn(&mut PolarDbPolicy)| {
        let mut world = under(change, |_| ());
        world.fail_over(None).unwrap();
        world.later(5_000).promoted();
        world
    };
    assert_eq!(rule(switched(|_| ()).later(599_999).fail_over(None)), "P-106");
    let mut world = switched(|policy| policy.window_from = WindowFrom::Start);
    assert_eq!(rule(world.later(594_999).fail_over(None)), "P-106");
    world.later(1).fail_over(None).unwrap();
    assert_eq!(rule(switched(|_| ()).fail_over(Some("w"))), "P-106");
    switched(|policy| policy.target_in_window = TargetInWindow::Accepted).fail_over(Some("w")).unwrap();
    assert_eq!(down(&mut switched(|_| ()), &["a"]).effects.len(), 1);
    let mut world = switched(|policy| policy.automatic_in_window = AutomaticInWindow::Held);
    assert!(down(&mut world, &["a"]).effects.is_empty());
    assert!(world.advance(599_999).effects.is_empty());
    assert_eq!(world.advance(1).effects.len(), 1, "at the end of the window");
}

/// P-210.
#[test]
fn how_many_nodes_the_standard_edition_has() {
    for (reading, most) in [(StandardNodes::EightInAll, 8), (StandardNodes::EightReaders, 9)] {
        let standard = |seed: &mut ClusterSeed| seed.edition = Edition::SeNormal;
        let mut world = under(|policy| policy.standard_nodes = reading, standard);
        assert_eq!(refusal(add(&mut world, create(most - 2))).0, "P-210");
        add(&mut world, create(most - 3)).unwrap();
    }
    let world = seeded(|seed| seed.edition = Edition::Basic);
    assert_eq!(world.db().most_nodes(&PolarDbPolicy::default()), 1, "in either");
}

/// P-104.
#[test]
fn what_a_target_that_is_the_primary_already_is_answered() {
    let mut world = under(|_| (), |_| ());
    assert_eq!(refusal(world.fail_over(Some("w"))), is("P-104", 400, "InvalidDBNodeId.Malformed"));
    let mut world = under(|policy| policy.writer_as_target = WriterAsTarget::Succeed, |_| ());
    let before = world.db().clone();
    assert_eq!(world.fail_over(Some("w")).unwrap(), Step::default());
    assert_eq!(*world.db(), before);
    down(&mut world, &["w", "a", "b"]);
    assert_eq!(refusal(world.fail_over(Some("w"))), is("P-104", 400, "InvalidDBNodeId.Malformed"));
}

/// P-194: the third description of `RollBackForDisaster`.
#[test]
fn by_the_chinese_page_the_call_is_itself_the_switch_back() {
    let this_call = |policy: &mut PolarDbPolicy| {
        (policy.roll_back, policy.switch_window) = (RollBack::ThisCall, failover_model::Span::from_secs(0));
    };
    let back = || failover_request(None).roll_back_for_disaster(true);
    // After the loss of the zone the standby nodes lead; nobody returns by itself.
    let mut world = World::with(|policy: &mut Policy| this_call(&mut policy.polardb));
    adopt_two_zones(&mut world);
    down(&mut world, &["w", "a"]);
    world.promoted();
    assert_eq!(world.writer(), "s");
    up(&mut world, &["w", "a"]);
    assert!(world.db().failover().is_none());
    assert_eq!(world.db().home().map(ToString::to_string), Some("cn-shanghai-a".into()));
    world.call(SOURCE, back()).unwrap();
    assert_eq!(world.promoting(), "a", "5 before the 1 of w, in the zone that was left");
    world.promoted();
    assert_eq!((world.writer().as_str(), world.db().home()), ("a", None));
    // Without a zone that was left it is a call like any other.
    world.call(SOURCE, back()).unwrap();
    assert_eq!(world.promoting(), "w");
    // Storage that took over gives the zone back to that of before.
    let storage = |seed: &mut ClusterSeed| seed.hot_standby = failover_model::polardb::HotStandby::Storage;
    let mut world = under(this_call, storage);
    down(&mut world, &["w", "a", "b"]);
    work_ends(&mut world, true);
    assert_eq!(world.db().home().map(ToString::to_string), Some("cn-shanghai-a".into()));
    world.call(SOURCE, back()).unwrap();
    work_ends(&mut world, true);
    assert_eq!(world.db().primary_zone().unwrap().as_str(), "cn-shanghai-a");
    assert_eq!(world.db().home(), None);
    // Within one zone nothing is left; between ordinary zones the original one is remembered.
    let mut world = under(this_call, |seed| seed.nodes[1].zone = id("cn-shanghai-c"));
    world.fail_over(Some("b")).unwrap();
    world.promoted();
    assert_eq!(world.db().home(), None);
    world.fail_over(Some("a")).unwrap();
    world.promoted();
    world.call(SOURCE, back()).unwrap();
    assert_eq!(world.promoting(), "b", "3 before 1, and in the zone that was left");
}
