use super::*;
use failover_model::policy::{PaidPeriods, PostpaidBandwidth};

const DAY_MS: u64 = 86_400_000;

fn prepaid(period: u8, unit: PeriodUnit) -> Charge {
    Charge::PrePay { bandwidth: Bandwidth::Kbps10240, period, unit }
}

fn create(world: &mut World, charge: Charge) -> Result<Step, Refusal> {
    let settings = PairSettings::default().charge(charge);
    let request = create_request(1).settings(settings);
    let fresh = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-1") });
    let output = world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap();
    output.result.unwrap().map(|_| output.step)
}

/// E-697: seven days a week, and months of the calendar.
#[test]
fn a_prepaid_pair_expires_at_the_end_of_its_period_and_a_postpaid_one_never() {
    for (charge, days) in [
        (prepaid(1, PeriodUnit::Week), 7),
        (prepaid(4, PeriodUnit::Week), 28),
        // From the last day of January 1970 to the last of February, and from there on to that of March 1971.
        (prepaid(1, PeriodUnit::Month), 28),
        (prepaid(2, PeriodUnit::Month), 59),
        (prepaid(12, PeriodUnit::Month), 365),
        (prepaid(60, PeriodUnit::Month), 1_826),
    ] {
        let mut world = World { now: 30 * DAY_MS + 7, ..World::default() };
        create(&mut world, charge.clone()).unwrap();
        assert_eq!(world.pair(1).expires_at(), Some(at(world.now + days * DAY_MS)), "{charge:?}");
        world.pair_succeeds(1);
        world.delete(SOURCE).unwrap();
        assert_eq!(world.pair(1).expires_at(), Some(at(30 * DAY_MS + 7 + days * DAY_MS)), "it stays");
    }
    let mut world = World::default();
    create(&mut world, Charge::PostPay).unwrap();
    assert_eq!(world.pair(1).expires_at(), None);
}

/// E-697: an order that was renewed ends later than its first period, and only an answer tells when.
#[test]
fn a_pair_that_is_taken_in_expires_when_its_answer_says() {
    let request = |charge| create_request(1).settings(PairSettings::default().charge(charge));
    let seed =
        |charge, expires_at| PairSeed { expires_at, request: request(charge), ..pair_seed(1, S::Stopped) };
    let month = || prepaid(1, PeriodUnit::Month);
    for (seed, expires) in [
        (seed(month(), Some(at(5 * DAY_MS))), Some(at(5 * DAY_MS))),
        (seed(month(), None), Some(at(31 * DAY_MS))),
        (seed(Charge::PostPay, Some(at(5 * DAY_MS))), None),
    ] {
        let mut world = World::default();
        world.plane.adopt_pair(at(world.now), &id(OWNER), &id(SOURCE), seed).unwrap();
        assert_eq!(world.pair(1).expires_at(), expires);
        let restored = failover_model::ControlPlane::restore(world.plane.snapshot()).unwrap();
        assert_eq!(restored.pair(&pair_id(1)).unwrap().expires_at(), expires);
        assert_eq!(restored, world.plane);
    }
}

/// E-015.
#[test]
fn by_policy_only_the_months_of_the_newest_list_are_sold() {
    let months: Vec<u8> = (1..=9).chain([12, 24, 36, 48, 60]).collect();
    let all = months.iter().map(|period| (*period, PeriodUnit::Month));
    for (period, unit) in all.chain((1..=4).map(|period| (period, PeriodUnit::Week))) {
        create(&mut World::default(), prepaid(period, unit)).expect("one of the lists has it");
        let mut world = World::with(|policy| policy.ebs.paid_periods = PaidPeriods::Months);
        let answered = create(&mut world, prepaid(period, unit));
        if unit == PeriodUnit::Month && [1, 2, 3, 6, 12, 24, 36, 60].contains(&period) {
            answered.unwrap();
        } else {
            assert_eq!(kit::answer(answered), (400, "InvalidParameter".into(), "E-015"), "{period} {unit:?}");
            assert!(world.plane.pair(&pair_id(1)).is_none());
        }
    }
}

/// E-016.
#[test]
fn a_postpaid_pair_asks_for_no_bandwidth_or_by_policy_in_vain() {
    let asking = || Charge::PostPayWith { bandwidth: 20_480 };
    let mut world = World::default();
    assert_eq!(kit::answer(create(&mut world, asking())), (400, "InvalidParameter".into(), "E-016"));
    let mut world = World::with(|policy| policy.ebs.postpaid_bandwidth = PostpaidBandwidth::Zeroed);
    assert_eq!(rules(&create(&mut world, asking()).unwrap()), ["E-014", "E-671"]);
    assert_eq!(*world.pair(1).charge(), Charge::PostPay, "it is set to 0");
}
