//! Endpoints and log agree with the cluster through random steps.

use super::*;

proptest! {
    #![proptest_config(suite!("observation", 128))]

    /// The primary endpoint is the writer's and the cluster endpoint has it too, whatever happens to the nodes; the log has
    /// one switch for each move.
    #[test]
    fn endpoints_and_log_agree_with_the_cluster_whatever_happens(
        steps in prop::collection::vec((0_u8..4, 0_usize..3, 0_u64..700_000), 1..40),
    ) {
        agree(&steps);
    }
}

fn agree(steps: &[(u8, usize, u64)]) {
    let mut world = simulation(Policy::default());
    let (mut now, mut moves, mut writer) = (START, 0, "w".to_owned());
    for (what, which, later) in steps {
        now += later;
        let named = ["w", "a", "b"][*which];
        match what {
            0 => drop(ask(&mut world, now, failover_request(None))),
            1 => drop(ask(&mut world, now, failover_request(Some(named)))),
            up => {
                let change = NodeChange::Up(*up == 2);
                drop(world.observe(at(now), &Observation::Node { node: id(named), change }).unwrap());
            }
        }
        let cluster = world.plane().cluster(&id(CLUSTER)).unwrap();
        let standing = cluster.writer().unwrap().id.to_string();
        let [all, primary] = cluster.endpoints();
        assert_eq!(names(&primary), [standing.as_str()]);
        assert_eq!(names(&all), ["w", "a", "b"]);
        let page = log(&mut world, now, ha_logs().page_size(50));
        assert!(page.total >= moves && (page.total > moves || standing == writer));
        let to = page.switches.first().map_or("w", |switch| switch.to.as_str());
        assert_eq!(to, standing, "the latest switch led to the writer");
        (moves, writer) = (page.total, standing);
    }
}

/// The fixed-case twin.
#[test]
fn endpoints_and_log_agree_through_a_manual_and_an_automatic_switch() {
    agree(&[(0, 0, 0), (0, 0, 600_000), (3, 1, 5_000), (2, 1, 5_000), (1, 1, 700_000), (0, 0, 700_000)]);
}
