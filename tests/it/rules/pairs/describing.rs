use super::*;

fn describe(world: &mut World, account: &str, region: &str, request: DescribeDiskReplicaPairs) -> PairPage {
    let output = world.apply(account, region, None, request.into(), Fresh::None).unwrap();
    assert!(output.step.is_empty());
    match output.result.unwrap().unwrap() {
        Response::PairPage(page) => page,
        other => panic!("{other:?}"),
    }
}

fn found(page: &PairPage) -> Vec<String> {
    page.pairs.iter().map(|pair| pair.id().to_string()).collect()
}

fn numbered(from: u32, to: u32) -> Vec<String> {
    (from..to).map(|number| format!("pair-{number}")).collect()
}

fn many() -> World {
    let mut world = World::default();
    for number in 0..25 {
        world.create(number);
    }
    world
}

/// E-690.
#[test]
fn an_unknown_id_gives_an_empty_list() {
    let mut world = at_status(S::Normal);
    let request = DescribeDiskReplicaPairs::default().pairs(vec![pair_id(9)]);
    assert!(describe(&mut world, OWNER, SOURCE, request).pairs.is_empty());
    let request = DescribeDiskReplicaPairs::default().pairs(vec![pair_id(1)]);
    assert!(describe(&mut world, "2002", SOURCE, request.clone()).pairs.is_empty());
    assert!(describe(&mut world, OWNER, ELSEWHERE, request).pairs.is_empty());
}

#[test]
fn the_other_site_is_hinted_at_to_the_owner_alone() {
    let mut world = at_status(S::Normal);
    let request = DescribeDiskReplicaPairs::default().site(Site::Backup).pairs(vec![pair_id(1)]);
    assert_eq!(describe(&mut world, OWNER, SOURCE, request.clone()).other_site, [pair_id(1)]);
    assert!(describe(&mut world, "2002", SOURCE, request).other_site.is_empty());
}

#[test]
fn what_others_created_in_between_is_passed_over() {
    let mut world = World::default();
    for (number, account) in [OWNER, "2002", OWNER, "2002", "2002", OWNER].into_iter().enumerate() {
        let number = number as u32;
        let fresh = Fresh::Pair(PairCreated { pair: pair_id(number), order: id("o-1") });
        world.apply(account, SOURCE, None, create_request(number).into(), fresh).unwrap();
    }
    let all = DescribeDiskReplicaPairs::default;
    assert_eq!(found(&describe(&mut world, OWNER, SOURCE, all())), ["pair-0", "pair-2", "pair-5"]);
    assert_eq!(found(&describe(&mut world, "2002", SOURCE, all())), ["pair-1", "pair-3", "pair-4"]);
}

/// E-691.
#[test]
fn a_pair_is_listed_at_its_production_site_and_on_request_at_its_backup_site() {
    // After a reverse, too: the sites are those of the creation.
    for mut world in [at_status(S::Normal), reversed()] {
        for (region, site, listed) in [
            (SOURCE, Site::Production, 1),
            (SOURCE, Site::Backup, 0),
            (DESTINATION, Site::Production, 0),
            (DESTINATION, Site::Backup, 1),
        ] {
            let request = DescribeDiskReplicaPairs::default().site(site);
            let page = describe(&mut world, OWNER, region, request);
            assert_eq!((page.pairs.len(), page.total, page.site), (listed, listed, site));
            let request = DescribeDiskReplicaPairs::default().site(site).pairs(vec![pair_id(1)]);
            let page = describe(&mut world, OWNER, region, request);
            assert_eq!(page.other_site.len(), 1 - listed, "the hint names it where the list does not");
        }
    }
}

/// E-692.
#[test]
fn tombstones_are_omitted() {
    let mut world = at_status(S::Deleting);
    assert_eq!(describe(&mut world, OWNER, SOURCE, Default::default()).pairs.len(), 1);
    world.pair_succeeds(1);
    let request = DescribeDiskReplicaPairs::default().pairs(vec![pair_id(1)]);
    let page = describe(&mut world, OWNER, SOURCE, request);
    assert_eq!((page.pairs.len(), page.total, page.other_site.len()), (0, 0, 0));
}

#[test]
fn pages_by_token_are_ten_long_and_the_last_has_no_token() {
    let mut world = many();
    let mut request = DescribeDiskReplicaPairs::default();
    let mut seen = Vec::new();
    let mut lengths = Vec::new();
    loop {
        let page = describe(&mut world, OWNER, SOURCE, request.clone());
        seen.extend(found(&page));
        lengths.push(page.pairs.len());
        let Some(after) = page.next else { break };
        request.page = Page::Token { max_results: 10, after: Some(after) };
    }
    assert_eq!((seen, lengths), (numbered(0, 25), vec![10, 10, 5]));
}

#[test]
fn a_full_last_page_has_no_token() {
    let mut world = many();
    let page = Page::Token { max_results: 25, after: None };
    let page = describe(&mut world, OWNER, SOURCE, DescribeDiskReplicaPairs::default().page(page));
    assert_eq!((page.pairs.len(), page.next), (25, None));
}

#[test]
fn pairs_that_come_or_go_between_two_pages_shift_nothing() {
    let mut world = many();
    let first = describe(&mut world, OWNER, SOURCE, Default::default());
    // The pair at the cursor itself, one before it and one after it go; one comes.
    for number in [3, 9, 12] {
        world.pair_succeeds(number);
        let delete = failover_model::ebs::DeleteDiskReplicaPair::new(pair_id(number));
        world.call(SOURCE, delete).unwrap();
        world.pair_succeeds(number);
    }
    world.advance(3_600_000);
    assert_eq!(world.plane.pairs().count(), 22);
    world.create(30);
    let page = Page::Token { max_results: 500, after: first.next };
    let rest = describe(&mut world, OWNER, SOURCE, DescribeDiskReplicaPairs::default().page(page));
    let mut wanted = numbered(10, 12);
    wanted.extend(numbered(13, 25));
    wanted.push("pair-30".into());
    assert_eq!(found(&rest), wanted);
}

#[test]
fn any_cursor_is_understood() {
    let mut world = many();
    for (after, left) in [(0, 25), (1, 24), (25, 0), (u64::MAX, 0)] {
        let after_it = cursor(DescribeDiskReplicaPairs::default(), after);
        let page = Page::Token { max_results: 500, after: Some(after_it) };
        let page = describe(&mut world, OWNER, SOURCE, DescribeDiskReplicaPairs::default().page(page));
        assert_eq!(page.pairs.len(), left, "after {after}");
    }
}

#[test]
fn the_total_is_the_whole_number_at_first_and_nothing_to_rely_on_after_a_cursor() {
    let mut world = many();
    let total = |world: &mut World, request: DescribeDiskReplicaPairs| {
        let page = describe(world, OWNER, SOURCE, request);
        (page.pairs.len(), page.total, page.next.is_some())
    };
    let token = |max_results, after| Page::Token { max_results, after };
    let page = |page| DescribeDiskReplicaPairs::default().page(page);
    assert_eq!(total(&mut world, page(token(10, None))), (10, 25, true));
    let first = describe(&mut world, OWNER, SOURCE, page(token(10, None))).next;
    assert_eq!(total(&mut world, page(token(500, first))), (15, 25, false));
    let filtered = |page| DescribeDiskReplicaPairs::default().group("-".into()).page(page);
    assert_eq!(total(&mut world, filtered(token(10, None))), (10, 25, true));
    let own = first.map(|first| cursor(filtered(Page::default()), first.at));
    assert_eq!(total(&mut world, filtered(token(10, own))), (10, 25, true));
    let none = DescribeDiskReplicaPairs::default().name("none".into());
    assert_eq!(total(&mut world, none), (0, 0, false));
    // By policy the production site moves with the direction, and then everything is counted.
    let mut policy = Policy::default();
    policy.ebs.production_site = ProductionSite::Current;
    world.plane.set_policy(policy).unwrap();
    assert_eq!(total(&mut world, page(token(10, None))), (10, 25, true));
    assert_eq!(total(&mut world, page(token(500, first))), (15, 15, false));
}

#[test]
fn pages_by_number_count_from_one_and_tell_the_total() {
    let mut world = many();
    for (number, size, from, to) in [
        (1, 10, 0, 10),
        (3, 10, 20, 25),
        (4, 10, 0, 0),
        (0, 10, 0, 10),
        (u32::MAX, 100, 0, 0),
        (2, 24, 24, 25),
    ] {
        let page = Page::Number { number, size };
        let page = describe(&mut world, OWNER, SOURCE, DescribeDiskReplicaPairs::default().page(page));
        assert_eq!(found(&page), numbered(from, to), "page {number} of {size}");
        // W-036: what follows by token is what follows by number.
        assert_eq!((page.total, page.next.is_some()), (25, from < to && to < 25));
    }
}

#[test]
fn filters_are_joined_by_and() {
    let mut world = World::default();
    let tag = |key: &str, value: &str| Tag {
        key: TagKey::parse(key).unwrap(),
        value: TagValue::parse(value).unwrap(),
    };
    let dressed = |number: u32, name: &str, group: &str, tags: Vec<Tag>| {
        create_request(number).settings(
            PairSettings::default().name(Name::parse(name).unwrap()).resource_group(id(group)).tags(tags),
        )
    };
    let requests = [
        dressed(0, "orders-db", "rg-1", vec![tag("env", "prod"), tag("team", "a")]),
        dressed(1, "orders-log", "rg-2", vec![tag("env", "prod")]),
        dressed(2, "users-db", "rg-1", vec![tag("env", "test")]),
        create_request(3),
    ];
    for (number, request) in (0..).zip(requests) {
        let fresh = Fresh::Pair(PairCreated { pair: pair_id(number), order: id("o-1") });
        world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap().result.unwrap().unwrap();
    }
    let all = DescribeDiskReplicaPairs::default();
    let cases = [
        (all.clone(), vec![0, 1, 2, 3]),
        (all.clone().name("orders".into()), vec![0, 1]),
        (all.clone().name("-db".into()), vec![0, 2]),
        (all.clone().resource_group(id("rg-1")), vec![0, 2]),
        (all.clone().tags(vec![tag("env", "prod")]), vec![0, 1]),
        (all.clone().tags(vec![tag("env", "prod"), tag("team", "a")]), vec![0]),
        (all.clone().tags(vec![tag("env", "")]), vec![]),
        (all.clone().group("-".into()), vec![0, 1, 2, 3]),
        (all.clone().group("pg-1".into()), vec![]),
        (all.clone().pairs(vec![pair_id(3), pair_id(0)]), vec![0, 3]),
        (all.pairs(vec![pair_id(0), pair_id(1)]).name("log".into()).resource_group(id("rg-2")), vec![1]),
    ];
    for (request, wanted) in cases {
        let wanted: Vec<String> = wanted.into_iter().map(|number| format!("pair-{number}")).collect();
        let page = describe(&mut world, OWNER, SOURCE, request.clone());
        assert_eq!(found(&page), wanted, "{request:?}");
        assert_eq!(page.total, wanted.len());
    }
}
