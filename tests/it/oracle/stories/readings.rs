//! Stories about readings of PolarDB and of groups that are not the default. Those about pairs and tokens are told by the
//! random sequences alone, which draw all of them.

use failover_model::polardb::{ClusterSeed, Engine, HotStandby, StandbyHaMode};
use failover_model::policy::{
    BusyCluster, MissingTarget, PaidPeriods, PolarDbPolicy, PostpaidBandwidth, SiteCodes, TargetInWindow,
    TokenMismatch, WindowFrom, WriterAsTarget, ZoneLoss,
};
use failover_model::testing::steps::{CallRegion, ClusterCall, REGIONS, ReplicaCall, StepKind};
use failover_model::testing::strategies::World;

use super::{
    Act, OWNER, REVERSE, Story, ask, bare, create, created, drills, fail_over, failover_ask, from, groups,
    later, now, pair, told, well, with,
};
use crate::kit::{ids, seed};

/// `pair-N`, paid for so many months.
fn prepaid(number: u8, months: u8) -> Act {
    now(StepKind::CreatePair {
        origin: OWNER,
        id: number,
        disks: (0, 1),
        destination: CallRegion::Destination,
        months: Some(months),
    })
}

/// Every one, each under one reading that is not the default and that decides how it goes.
pub fn all() -> Vec<Story> {
    let under = |change: fn(&mut PolarDbPolicy), engine| {
        let version = if engine == Engine::MySql { "8.0" } else { "14" };
        let cluster = ClusterSeed { engine, version: version.into(), ..seed(&[("a", 5), ("b", 3)]) };
        World { clusters: vec![cluster], ..bare(|policy| change(&mut policy.polardb)) }
    };
    let asked = |token, target| now(StepKind::Cluster(with(token), Some(0), failover_ask(target)));
    let mut all = groups::readings();
    all.extend(drills::readings());
    let regions = bare(|policy| policy.ebs.regions = Some(ids(&REGIONS[..2]).into_iter().collect()));
    all.extend([
        told(
            "a region without replication",
            regions,
            &[
                create(OWNER, 1, (0, 1)),
                now(StepKind::CreatePair {
                    origin: OWNER,
                    id: 2,
                    disks: (2, 3),
                    destination: CallRegion::Other,
                    months: None,
                }),
                create(from(CallRegion::Other), 2, (2, 3)),
                now(StepKind::CreateGroup(OWNER, 1)),
                now(StepKind::CreateGroup(from(CallRegion::Other), 2)),
            ],
        ),
        told(
            "a standby cluster that waits to be switched on",
            World {
                clusters: vec![ClusterSeed { hot_standby: HotStandby::Storage, ..seed(&[("a", 5)]) }],
                ..bare(|policy| policy.polardb.zone_loss = ZoneLoss::Wait)
            },
            &[StandbyHaMode::Off, StandbyHaMode::On]
                .map(|mode| now(StepKind::Cluster(OWNER, Some(0), ClusterCall::StandbyHa(mode)))),
        ),
        told(
            "a period of an older list",
            bare(|policy| policy.ebs.paid_periods = PaidPeriods::Months),
            &[prepaid(1, 4), prepaid(1, 6), well()],
        ),
        told(
            "a bandwidth of a postpaid pair",
            bare(|policy| policy.ebs.postpaid_bandwidth = PostpaidBandwidth::Zeroed),
            &[prepaid(1, 0), well()],
        ),
        told(
            "a refusal that is named after the place",
            bare(|policy| policy.ebs.site_codes = SiteCodes::Place),
            &[
                &created()[..],
                &[ask(ReplicaCall::Failover), well(), ask(REVERSE), well()],
                &[
                    now(pair(from(CallRegion::Source), ReplicaCall::Failover)),
                    ask(ReplicaCall::Failover),
                    well(),
                ],
            ]
            .concat(),
        ),
        told(
            "another code for a missing target",
            under(|read| read.missing_target = MissingTarget::MissingParameter, Engine::PostgreSql),
            &[fail_over(None), fail_over(Some(1)), well()],
        ),
        told(
            "another code for a token that comes again",
            under(|read| read.token_mismatch = TokenMismatch::InvalidClientToken, Engine::MySql),
            &[asked(0, None), asked(0, Some(2)), asked(0, None)],
        ),
        told(
            "a busy cluster that fails over",
            under(|read| read.busy_cluster = BusyCluster::Accept, Engine::MySql),
            &[now(StepKind::ClusterBusy { cluster: Some(0), busy: true }), fail_over(None), well()],
        ),
        told(
            "a window that counts from the beginning",
            under(|read| read.window_from = WindowFrom::Start, Engine::MySql),
            &[fail_over(None), well(), later(598_500, StepKind::Advance), fail_over(None)],
        ),
        told(
            "a named target within the window",
            under(|read| read.target_in_window = TargetInWindow::Accepted, Engine::MySql),
            &[fail_over(None), well(), fail_over(None), fail_over(Some(0)), well()],
        ),
        told(
            "a target that is the primary already",
            under(|read| read.writer_as_target = WriterAsTarget::Succeed, Engine::PostgreSql),
            &[
                fail_over(Some(0)),
                fail_over(Some(1)),
                fail_over(Some(0)),
                well(),
                fail_over(Some(1)),
                fail_over(Some(2)),
                now(StepKind::ClusterBusy { cluster: Some(0), busy: true }),
                fail_over(Some(1)),
            ],
        ),
    ]);
    all
}
