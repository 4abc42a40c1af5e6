use super::*;

fn two() -> World {
    let mut world = at_status(S::Normal);
    world.create(2);
    world
}

/// E-706, E-707.
#[test]
fn tags_are_put_on_replaced_and_taken_off() {
    let mut world = two();
    let step = put(&mut world, &[1, 2, 1], &[tag("env", "test"), tag("team", "orders")]).unwrap();
    assert_eq!(rules(&step), ["E-706", "E-706"], "each once");
    put(&mut world, &[2], &[tag("env", "prod")]).unwrap();
    assert_eq!(world.pair(2).tags(), [tag("team", "orders"), tag("env", "prod")]);
    assert_eq!(rules(&take(&mut world, &[1, 2], Some(&["team", "none"])).unwrap()), ["E-707", "E-707"]);
    assert_eq!(world.pair(2).tags(), [tag("env", "prod")]);
    assert!(
        take(&mut world, &[2], Some(&["none"])).unwrap().is_empty(),
        "a key that is not there is no error"
    );
    take(&mut world, &[2], None).unwrap();
    assert_eq!((world.pair(2).tags(), world.pair(1).tags()), (&[][..], &[tag("env", "test")][..]));
}

/// E-701.
#[test]
fn all_resources_are_found_or_none_is_tagged() {
    let mut world = two();
    for unknown in [3, 99] {
        assert_eq!(rule(put(&mut world, &[1, unknown, 2], &[tag("a", "")])), "E-701");
        assert_eq!(rule(take(&mut world, &[1, unknown], None)), "E-701");
    }
    assert!(world.pair(1).tags().is_empty());
    let request = TagResources::new(pairs(&[1]), vec![tag("a", "")]);
    assert_eq!(rule(world.call(ELSEWHERE, request.clone())), "E-701");
    let stranger = world.apply("2002", SOURCE, None, request.clone().into(), Fresh::None).unwrap();
    assert_eq!(stranger.result.unwrap().unwrap_err().rule().as_str(), "E-701");
    world.call(DESTINATION, request).unwrap();
    let mut gone = at_status(S::Deleted);
    assert_eq!(rule(put(&mut gone, &[1], &[tag("a", "")])), "E-701");
}

/// E-705.
#[test]
fn a_resource_bears_at_most_twenty_tags() {
    let mut world = two();
    let many: Vec<Tag> = (0..MAX_TAGS).map(|at| tag(&format!("k{at}"), "")).collect();
    put(&mut world, &[1], &many).unwrap();
    assert_eq!(rule(put(&mut world, &[2, 1], &[tag("one-more", "")])), "E-705");
    assert!(world.pair(2).tags().is_empty(), "none of them is tagged");
    put(&mut world, &[1], &[tag("k3", "new")]).unwrap();
    assert_eq!(world.pair(1).tags().len(), MAX_TAGS);
}

#[test]
fn tags_are_put_on_in_every_status_but_on_no_tombstone() {
    for status in S::ALL.iter().copied().filter(|status| *status != S::Deleted) {
        let mut world = at_status(status);
        put(&mut world, &[1], &[tag("a", "b")]).unwrap();
        assert_eq!((world.status(1), world.pair(1).tags().len()), (status, 1));
    }
}

/// E-708, E-709.
#[test]
fn a_list_holds_what_is_named_and_meets_every_condition() {
    let mut world = two();
    world.create(3);
    put(&mut world, &[1, 2], &[tag("env", "test")]).unwrap();
    put(&mut world, &[2], &[tag("team", "orders")]).unwrap();
    let filter = |key: &str, value: Option<&str>| TagFilter {
        key: TagKey::parse(key).unwrap(),
        value: value.map(|value| TagValue::parse(value).unwrap()),
    };
    let mut expect = |numbers: &[u32], filters: Vec<TagFilter>, wanted: &[&str]| {
        assert_eq!(found(&list(&mut world, numbers, filters.clone(), None)), wanted, "{filters:?}");
    };
    expect(&[2, 1, 99, 3, 2], vec![], &["pair-1", "pair-2"]);
    expect(&[1], vec![filter("team", None)], &[]);
    expect(&[], vec![filter("env", None)], &["pair-1", "pair-2"]);
    expect(&[], vec![filter("env", Some("test")), filter("team", None)], &["pair-2"]);
    expect(&[], vec![filter("env", Some("prod"))], &[]);
    let both = || ListTagResources::new(pairs(&[1, 2]));
    let beyond = list(&mut world, &[1, 2], vec![], Some(cursor(both(), u64::MAX)));
    assert!(beyond.resources.is_empty(), "a cursor counts beside ids, too");
    let first = DescribeDiskReplicaPairs::default().page(Page::Token { max_results: 1, after: None });
    let Ok(Response::PairPage(first)) = ask(&mut world, SOURCE, first) else { panic!("no page") };
    let first = first.next.expect("a second page").at;
    let after = list(&mut world, &[1, 2], vec![], Some(cursor(both(), first)));
    assert_eq!(found(&after), ["pair-2"], "what the cursor names was listed before it");
    let page = list(&mut world, &[2], vec![], None);
    assert_eq!((page.kind, page.resources[0].tags.len(), page.next), (ResourceType::Pair, 2, None));
}

/// E-713.
#[test]
fn a_list_names_a_resource_or_a_tag() {
    let mut world = two();
    put(&mut world, &[1], &[tag("env", "test")]).unwrap();
    for resources in [pairs(&[]), Resources::Groups(vec![])] {
        let request = ListTagResources::new(resources).after(Cursor { at: 0, list: 0 });
        let refusal = ask(&mut world, SOURCE, request).unwrap_err();
        let answer = refusal.wire();
        assert_eq!(
            (refusal.rule().to_string().as_str(), answer.status, &*answer.code),
            ("E-713", 400, "MissingParameter")
        );
        assert_eq!(answer.basis, failover_model::Basis::Documented);
        assert!(answer.message.contains("ResourceId.1"), "{}", answer.message);
    }
    assert_eq!(found(&list(&mut world, &[1], vec![], None)), ["pair-1"]);
}

/// E-710.
#[test]
fn a_page_of_tags_covers_fifty_resources_and_goes_on_after_them() {
    let mut world = World::default();
    let numbers: Vec<u32> = (1..=u32::try_from(2 * MAX_RESOURCES).unwrap()).collect();
    for number in &numbers {
        world.create(*number);
    }
    for some in numbers.chunks(MAX_RESOURCES) {
        put(&mut world, some, &[tag("a", "")]).unwrap();
    }
    let tagged = || vec![TagFilter { key: TagKey::parse("a").unwrap(), value: None }];
    let first = list(&mut world, &[], tagged(), None);
    assert_eq!((first.resources.len(), found(&first)[49]), (50, "pair-50"));
    let second = list(&mut world, &[], tagged(), first.next);
    assert_eq!((second.resources.len(), found(&second)[0], second.next), (50, "pair-51", None));
    take(&mut world, &[51], None).unwrap();
    assert_eq!(found(&list(&mut world, &[], tagged(), first.next))[0], "pair-52");
}

/// E-712.
#[test]
fn a_resource_moves_into_another_resource_group() {
    let mut world = two();
    let request = |number, group: &str| ChangeResourceGroup::new(ReplicaId::Pair(pair_id(number)), id(group));
    assert_eq!(rules(&world.call(SOURCE, request(1, "rg-1")).unwrap()), ["E-712"]);
    assert_eq!(world.pair(1).resource_group(), Some(&id("rg-1")));
    assert!(world.call(DESTINATION, request(1, "rg-1")).unwrap().is_empty());
    assert_eq!(rule(world.call(SOURCE, request(9, "rg-1"))), "E-701");
    assert_eq!(rule(world.call(ELSEWHERE, request(1, "rg-2"))), "E-701");
}

/// E-700.
#[test]
fn the_type_of_a_resource_is_spelled_in_any_case() {
    for text in ["diskreplicapair", "DiskReplicaPair", "DISKREPLICAPAIR"] {
        assert_eq!(ResourceType::named(text), Some(ResourceType::Pair));
    }
    for kind in ResourceType::ALL {
        assert_eq!(ResourceType::named(&kind.to_string()), Some(*kind));
    }
    for text in ["dedicatedblockstoragecluster", "pair", "", "diskreplicapair "] {
        assert_eq!(ResourceType::named(text), None, "{text}");
    }
}
