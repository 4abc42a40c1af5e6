use super::*;

/// E-270, E-271.
#[test]
fn settings_change_in_created_and_stopped_and_in_no_other_status() {
    for status in S::ALL.iter().copied() {
        let mut world = at_status(status);
        let answered = world.call(SOURCE, modify(Some("billing"), None, None));
        if [S::Created, S::Stopped].contains(&status) {
            let step = answered.unwrap();
            assert!(matches!(step.events[0].fact, Fact::Pair { fact: PairFact::Settings, .. }));
            assert_eq!(rules(&step), ["E-270"]);
            assert_eq!(world.pair(1).name().unwrap().as_str(), "billing");
            assert_eq!(world.status(1), status, "the status stays");
        } else {
            assert_eq!(rule(answered), "E-271", "{status}");
            assert_eq!(world.pair(1).name(), None);
        }
    }
}

/// E-272.
#[test]
fn what_a_change_leaves_out_stays() {
    let mut world = at_status(S::Created);
    world.call(SOURCE, modify(Some("orders"), Some("of orders"), Some(true))).unwrap();
    let seen = |world: &World| {
        let pair = world.pair(1);
        let text = |text: Option<String>| text.unwrap_or_default();
        let name = text(pair.name().map(ToString::to_string));
        (name, text(pair.description().map(ToString::to_string)), pair.enable_rtc())
    };
    assert_eq!(seen(&world), ("orders".into(), "of orders".into(), true));
    world.call(DESTINATION, modify(None, Some("all orders"), None)).unwrap();
    assert_eq!(seen(&world), ("orders".into(), "all orders".into(), true));
    world.call(SOURCE, modify(None, None, Some(false))).unwrap();
    assert_eq!(seen(&world), ("orders".into(), "all orders".into(), false));
    let nothing = world.call(SOURCE, modify(None, None, None)).unwrap();
    assert!(nothing.is_empty(), "what changes nothing leaves no event");
    assert!(world.call(SOURCE, modify(Some("orders"), None, Some(false))).unwrap().is_empty());
}

/// E-610, E-620, in this order before the status.
#[test]
fn a_pair_is_modified_at_either_end_by_its_owner() {
    let mut world = at_status(S::Normal);
    assert_eq!(rule(world.call(ELSEWHERE, modify(None, None, None))), "E-620");
    let stranger = world.apply("2002", SOURCE, None, modify(None, None, None).into(), Fresh::None);
    assert_eq!(stranger.unwrap().result.unwrap().unwrap_err().rule().as_str(), "E-610");
    for region in [SOURCE, DESTINATION] {
        assert_eq!(rule(world.call(region, modify(None, None, None))), "E-271");
    }
}

/// E-623: replication time control follows the group, a name does not.
#[test]
fn the_replication_time_control_of_a_member_is_its_groups() {
    let mut world = World::default();
    world.group_of(1);
    assert_eq!(rule(world.call(SOURCE, modify(None, None, Some(true)))), "E-623");
    assert!(!world.pair(1).enable_rtc());
    world.call(SOURCE, modify(Some("billing"), None, Some(false))).unwrap();
    assert_eq!(world.pair(1).name().unwrap().as_str(), "billing");
    let change = failover_model::ebs::ModifyDiskReplicaGroup::new(kit::group_id(1)).enable_rtc(true);
    let step = world.call(SOURCE, change.clone()).unwrap();
    assert!(matches!(&step.events[0].fact, Fact::Group { fact: GroupFact::Settings, .. }));
    assert!(world.pair(1).enable_rtc());
    assert!(world.call(SOURCE, change).unwrap().is_empty(), "what changes nothing leaves no event");
}

/// The condition that a tag `env` is there.
fn env() -> TagFilter {
    TagFilter { key: TagKey::parse("env").unwrap(), value: None }
}

/// Tags and resource groups of groups, as of pairs.
#[test]
fn a_group_is_labelled_like_a_pair() {
    let mut world = World::default();
    world.group_of(1);
    let resources = Resources::Groups(vec![kit::group_id(1)]);
    let put = TagResources::new(resources.clone(), vec![tag("env", "test")]);
    assert_eq!(rules(&world.call(DESTINATION, put).unwrap()), ["E-706"]);
    let move_to = ChangeResourceGroup::new(ReplicaId::Group(kit::group_id(1)), id("rg-1"));
    assert_eq!(rules(&world.call(SOURCE, move_to).unwrap()), ["E-712"]);
    let request = ListTagResources::new(Resources::Groups(vec![])).tags(vec![env()]);
    match ask(&mut world, SOURCE, request) {
        Ok(Response::TagPage(page)) => {
            assert_eq!((found(&page), page.kind), (vec!["group-1"], ResourceType::Group));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(world.group(1).group.resource_group(), Some(&id("rg-1")));
    world.call(SOURCE, UntagResources::new(resources)).unwrap();
    assert!(world.group(1).group.tags().is_empty() && world.pair(1).tags().is_empty());
    let unknown = Resources::Groups(vec![id("pair-1")]);
    assert_eq!(rule(world.call(SOURCE, UntagResources::new(unknown))), "E-701");
}

/// E-709, of groups: those that bear a tag and can be reached from there.
#[test]
fn a_list_of_tags_holds_no_group_that_the_call_does_not_reach() {
    let mut world = World::default();
    for number in [1, 2] {
        world.create_group(number);
    }
    world.group_succeeds();
    let named = || Resources::Groups(vec![kit::group_id(1)]);
    world.call(SOURCE, TagResources::new(named(), vec![tag("env", "test")])).unwrap();
    let expect = |world: &mut World, account: &str, region: &str, wanted: &[&str]| {
        for resources in [named(), Resources::Groups(vec![])] {
            let request = ListTagResources::new(resources).tags(vec![env()]);
            let output = world.apply(account, region, None, request.into(), Fresh::None).unwrap();
            let Some(Ok(Response::TagPage(page))) = output.result else { panic!("{output:?}") };
            assert_eq!(found(&page), wanted, "{account} in {region}");
        }
    };
    expect(&mut world, OWNER, SOURCE, &["group-1"]);
    expect(&mut world, OWNER, DESTINATION, &["group-1"]);
    expect(&mut world, OWNER, ELSEWHERE, &[]);
    expect(&mut world, "2002", SOURCE, &[]);
    world.delete_group().unwrap();
    world.group_succeeds();
    expect(&mut world, OWNER, SOURCE, &[]);
}

#[test]
fn a_change_under_one_token_happens_once() {
    let mut world = at_status(S::Created);
    let request = || Request::from(modify(Some("first"), None, None));
    let first = world.apply(OWNER, SOURCE, Some("t"), request(), Fresh::None).unwrap();
    assert!(!first.replayed);
    world.call(SOURCE, modify(Some("second"), None, None)).unwrap();
    assert!(world.apply(OWNER, SOURCE, Some("t"), request(), Fresh::None).unwrap().replayed);
    assert_eq!(world.pair(1).name().unwrap().as_str(), "second");
    let other = modify(Some("third"), None, None).into();
    let other = world.apply(OWNER, SOURCE, Some("t"), other, Fresh::None).unwrap();
    assert_eq!(other.result.unwrap().unwrap_err().rule().as_str(), "T-090");
}

/// E-274, E-275, E-016.
#[test]
fn a_bandwidth_changes_nothing_or_by_policy_that_of_a_prepaid_pair() {
    let wider = |kbps| modify(None, None, None).bandwidth(kbps);
    let prepaid = |bandwidth| Charge::PrePay { bandwidth, period: 1, unit: PeriodUnit::Month };
    for (reading, charge, kbps, expected) in [
        (BandwidthInPlace::Ignored, prepaid(Bandwidth::Kbps10240), 20_480, Ok(prepaid(Bandwidth::Kbps10240))),
        (BandwidthInPlace::Ignored, prepaid(Bandwidth::Kbps10240), 7, Ok(prepaid(Bandwidth::Kbps10240))),
        (BandwidthInPlace::Ignored, Charge::PostPay, 20_480, Ok(Charge::PostPay)),
        (BandwidthInPlace::Changed, prepaid(Bandwidth::Kbps10240), 20_480, Ok(prepaid(Bandwidth::Kbps20480))),
        (BandwidthInPlace::Changed, prepaid(Bandwidth::Kbps10240), 7, Err("E-275")),
        (BandwidthInPlace::Changed, prepaid(Bandwidth::Kbps10240), 0, Err("E-275")),
        (BandwidthInPlace::Changed, Charge::PostPay, 0, Ok(Charge::PostPay)),
        (BandwidthInPlace::Changed, Charge::PostPay, 20_480, Err("E-016")),
    ] {
        let mut world = World::with(|policy| policy.ebs.bandwidth_in_place = reading);
        let settings = PairSettings::default().charge(charge.clone());
        let request = kit::create_request(1).settings(settings);
        let fresh = Fresh::Pair(PairCreated { pair: pair_id(1), order: id("o-1") });
        world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap().result.unwrap().unwrap();
        world.pair_succeeds(1);
        match (world.call(SOURCE, wider(kbps)), expected) {
            (Ok(step), Ok(after)) => {
                assert_eq!(*world.pair(1).charge(), after, "{reading:?} {kbps}");
                assert_eq!(step.is_empty(), charge == after, "an event iff it changed");
            }
            (Err(refusal), Err(number)) => {
                let wire = refusal.wire();
                assert_eq!(
                    (wire.status, &*wire.code, refusal.rule().as_str()),
                    (400, "InvalidParameter", number)
                );
                assert_eq!(*world.pair(1).charge(), charge);
            }
            (answered, expected) => panic!("{reading:?} {kbps}: {answered:?}, not {expected:?}"),
        }
    }
    let mut world = World::with(|policy| {
        policy.ebs.bandwidth_in_place = BandwidthInPlace::Changed;
        policy.ebs.postpaid_bandwidth = PostpaidBandwidth::Zeroed;
    });
    world.bring_to(S::Created);
    assert!(world.call(SOURCE, wider(20_480)).unwrap().is_empty(), "it comes to nothing");
}
