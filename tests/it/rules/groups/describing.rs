//! What describes list and show.

use super::*;

fn described(world: &mut World, account: &str, request: DescribeDiskReplicaGroups) -> GroupPage {
    match world.apply(account, SOURCE, None, request.into(), Fresh::None).unwrap().result {
        Some(Ok(Response::GroupPage(page))) => page,
        other => panic!("{other:?}"),
    }
}

#[test]
fn describe_filters_groups_as_it_does_pairs_and_pairs_by_their_group() {
    let mut world = World::default();
    world.group_of(2);
    world.create(3);
    let name = GroupName::parse("orders").ok();
    let modify = with!(ModifyDiskReplicaGroup::new(group_id(1)), name = name);
    world.call(SOURCE, modify).unwrap();
    let mut pairs = |group: &str| {
        let group = Some(group.to_owned());
        let request = with!(DescribeDiskReplicaPairs::default(), group = group);
        match world.apply(OWNER, SOURCE, None, request.into(), Fresh::None).unwrap().result {
            Some(Ok(Response::PairPage(page))) => {
                (page.pairs.iter().map(|pair| pair.id().to_string()).collect::<Vec<_>>(), page.group_names)
            }
            other => panic!("{other:?}"),
        }
    };
    let (members, names) = pairs("group-1");
    assert_eq!(members, ["pair-1", "pair-2"]);
    assert_eq!(names[&group_id(1)].as_str(), "orders");
    assert_eq!(pairs("-").0, ["pair-3"], "a hyphen stands for no group");
    assert!(pairs("group-9").0.is_empty());
    let mut groups = |request: DescribeDiskReplicaGroups| match world
        .apply(OWNER, SOURCE, None, request.into(), Fresh::None)
        .unwrap()
        .result
    {
        Some(Ok(Response::GroupPage(page))) => page,
        other => panic!("{other:?}"),
    };
    let by = |name: &str| DescribeDiskReplicaGroups::default().name(name.into());
    assert_eq!(groups(by("rder")).groups.len(), 1);
    assert!(groups(by("x")).groups.is_empty());
    let unknown = DescribeDiskReplicaGroups::default().groups(vec![group_id(9)]);
    assert_eq!(groups(unknown).total, 0, "an empty list and no error (G-694)");
    let elsewhere = DescribeDiskReplicaGroups::default().groups(vec![group_id(1)]).site(Site::Backup);
    assert_eq!(groups(elsewhere).other_site, [group_id(1)]);
}

/// A number that is told counts what the filter lets through, be the filter a name, a resource group or a tag alone.
#[test]
fn each_filter_of_groups_is_a_filter_by_itself() {
    let mut world = World::default();
    let tag = Tag { key: TagKey::parse("env").unwrap(), value: TagValue::parse("test").unwrap() };
    let settings = [
        with!(GroupSettings::default(), name = GroupName::parse("orders").ok()),
        GroupSettings::default().resource_group(id("rg-1")),
        GroupSettings::default().tags(vec![tag.clone()]),
    ];
    for (number, settings) in (1..).zip(settings) {
        let request = create_group_request().settings(settings);
        let fresh = Fresh::Group(GroupCreated { group: group_id(number) });
        world.apply(OWNER, SOURCE, None, request.into(), fresh).unwrap();
    }
    let all = DescribeDiskReplicaGroups::default;
    let filters = [all().name("orders".into()), all().resource_group(id("rg-1")), all().tags(vec![tag])];
    for (number, filter) in (1..).zip(filters) {
        let page = described(&mut world, OWNER, filter);
        assert_eq!(page.groups.iter().map(|view| view.group.id()).collect::<Vec<_>>(), [&group_id(number)]);
        assert_eq!(page.total, 1);
    }
    assert_eq!(described(&mut world, OWNER, all()).total, 3);
}

#[test]
fn the_other_site_of_a_group_is_hinted_at_to_its_owner_and_where_the_list_does_not_name_it() {
    let mut world = World::default();
    world.group_of(1);
    let request = |site| DescribeDiskReplicaGroups::default().site(site).groups(vec![group_id(1)]);
    let here = described(&mut world, OWNER, request(Site::Production));
    assert_eq!((here.groups.len(), here.other_site.len()), (1, 0));
    assert_eq!(described(&mut world, OWNER, request(Site::Backup)).other_site, [group_id(1)]);
    assert!(described(&mut world, "2002", request(Site::Backup)).other_site.is_empty());
}

#[test]
fn a_deleted_group_is_a_tombstone_and_then_forgotten() {
    let mut world = World::default();
    world.bring_group_to(GroupStatus::Deleted);
    assert_eq!(listed(&mut world, SOURCE, Site::Production).0, 0, "G-696");
    assert_eq!(rule(world.delete_group()), "G-252");
    let step = world.advance(3_600_000);
    assert_eq!(rules(&step), ["G-697"]);
    assert_eq!(rule(world.delete_group()), "G-610");
}
