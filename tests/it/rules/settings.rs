//! What no lifecycle depends on: names and descriptions, progress, tags and resource groups.

#![allow(unused_must_use, reason = "a fixture's steps are not carried out by anybody")]

use failover_model::control_plane::{GroupFact, PairFact, Response};
use failover_model::ebs::{
    ChangeResourceGroup, Cursor, DescribeDiskReplicaPairProgress, DescribeDiskReplicaPairs, ListTagResources,
    MOST_RESOURCES, MOST_TAGS, ModifyDiskReplicaPair, Page, PairProgress, PairStatus as S, ResourceId,
    ResourceType, Resources, TagFilter, TagPage, TagResources, UntagResources,
};
use failover_model::simulation::{Fault, LatencyProfile, Selector, Simulation, Transitions};
use failover_model::text::{Description, Name, Tag, TagKey, TagValue};
use failover_model::{Call, Fact, Fresh, Refusal, Request, Step};

use crate::kit::{
    self, DESTINATION, ELSEWHERE, OWNER, RPO_MS, SOURCE, World, at, at_status, id, pair_id, rule, rules, tag,
};

fn modify(name: Option<&str>, description: Option<&str>, enable_rtc: Option<bool>) -> ModifyDiskReplicaPair {
    ModifyDiskReplicaPair {
        pair: pair_id(1),
        name: name.map(|name| Name::parse(name).unwrap()),
        description: description.map(|text| Description::parse(text).unwrap()),
        enable_rtc,
    }
}

fn pairs(numbers: &[u32]) -> Resources {
    Resources::Pairs(numbers.iter().copied().map(pair_id).collect())
}

fn put(world: &mut World, numbers: &[u32], tags: &[Tag]) -> Result<Step, Refusal> {
    world.call(SOURCE, TagResources { resources: pairs(numbers), tags: tags.to_vec() })
}

fn take(world: &mut World, numbers: &[u32], keys: Option<&[&str]>) -> Result<Step, Refusal> {
    let keys = keys.map(|keys| keys.iter().map(|key| TagKey::parse(key).unwrap()).collect());
    world.call(SOURCE, UntagResources { resources: pairs(numbers), keys })
}

fn ask(world: &mut World, region: &str, request: impl Into<Request>) -> Result<Response, Refusal> {
    let output = world.apply(OWNER, region, None, request.into(), Fresh::None).unwrap();
    assert!(output.step.is_empty() && output.rule.is_none_or(|_| matches!(output.result, Some(Err(_)))));
    output.result.unwrap()
}

fn list(world: &mut World, numbers: &[u32], tags: Vec<TagFilter>, after: Option<Cursor>) -> TagPage {
    match ask(world, SOURCE, ListTagResources { resources: pairs(numbers), tags, after }) {
        Ok(Response::TagPage(page)) => page,
        other => panic!("{other:?}"),
    }
}

fn found(page: &TagPage) -> Vec<&str> {
    page.resources.iter().map(|resource| resource.id.as_str()).collect()
}

fn progress(world: &mut World, region: &str) -> Result<PairProgress, Refusal> {
    match ask(world, region, DescribeDiskReplicaPairProgress { pair: pair_id(1) })? {
        Response::PairProgress(progress) => Ok(progress),
        other => panic!("{other:?}"),
    }
}

mod modifying {
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
        assert_eq!(stranger.unwrap().result.unwrap().unwrap_err().rule().0, "E-610");
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
        let change = failover_model::ebs::ModifyDiskReplicaGroup {
            group: kit::group_id(1),
            name: None,
            description: None,
            enable_rtc: Some(true),
        };
        let step = world.call(SOURCE, change.clone()).unwrap();
        assert!(matches!(&step.events[0].fact, Fact::Group { fact: GroupFact::Settings, .. }));
        assert!(world.pair(1).enable_rtc());
        assert!(world.call(SOURCE, change).unwrap().is_empty(), "what changes nothing leaves no event");
    }

    /// Tags and resource groups of groups, as of pairs.
    #[test]
    fn a_group_is_labelled_like_a_pair() {
        let mut world = World::default();
        world.group_of(1);
        let resources = Resources::Groups(vec![kit::group_id(1)]);
        let put = TagResources { resources: resources.clone(), tags: vec![tag("env", "test")] };
        assert_eq!(rules(&world.call(DESTINATION, put).unwrap()), ["E-706"]);
        let move_to =
            ChangeResourceGroup { resource: ResourceId::Group(kit::group_id(1)), group: id("rg-1") };
        assert_eq!(rules(&world.call(SOURCE, move_to).unwrap()), ["E-712"]);
        let request = ListTagResources { resources: Resources::Groups(vec![]), tags: vec![], after: None };
        match ask(&mut world, SOURCE, request) {
            Ok(Response::TagPage(page)) => {
                assert_eq!((found(&page), page.kind), (vec!["group-1"], ResourceType::Group));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(world.group(1).group.resource_group(), Some(&id("rg-1")));
        world.call(SOURCE, UntagResources { resources, keys: None }).unwrap();
        assert!(world.group(1).group.tags().is_empty() && world.pair(1).tags().is_empty());
        let unknown = Resources::Groups(vec![id("pair-1")]);
        assert_eq!(rule(world.call(SOURCE, UntagResources { resources: unknown, keys: None })), "E-701");
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
        world.call(SOURCE, TagResources { resources: named(), tags: vec![tag("env", "test")] }).unwrap();
        let expect = |world: &mut World, account: &str, region: &str, wanted: &[&str]| {
            for resources in [named(), Resources::Groups(vec![])] {
                let request = ListTagResources { resources, tags: vec![], after: None };
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
        assert_eq!(other.result.unwrap().unwrap_err().rule().0, "T-090");
    }
}

mod progressing {
    use super::*;

    /// E-695, E-650.
    #[test]
    fn progress_is_zero_while_a_copy_is_shown_and_a_hundred_once_it_completed() {
        let mut world = at_status(S::Created);
        let seen = |world: &mut World| {
            let found = progress(world, DESTINATION).unwrap();
            assert_eq!(progress(world, SOURCE).unwrap(), found, "both ends see the same");
            (found.percent, found.recover_point)
        };
        assert_eq!(seen(&mut world), (0, None), "nothing was copied yet");
        world.start(SOURCE, false).unwrap();
        assert_eq!(seen(&mut world), (0, None));
        world.later(7).pair_succeeds(1);
        let first = at(world.now);
        assert_eq!(seen(&mut world), (100, Some(first)));
        world.advance(RPO_MS);
        assert_eq!((world.status(1), seen(&mut world)), (S::Syncing, (0, Some(first))));
        world.pair_fails(1);
        assert_eq!(seen(&mut world), (0, Some(first)), "the next cycle tries again");
        world.stop(SOURCE).unwrap();
        assert_eq!(seen(&mut world), (100, Some(first)));
    }

    #[test]
    fn every_status_but_a_tombstone_has_progress() {
        for status in S::ALL.iter().copied() {
            let mut world = at_status(status);
            match progress(&mut world, SOURCE) {
                Err(refusal) => assert_eq!((status, refusal.rule().0), (S::Deleted, "E-610")),
                Ok(found) => {
                    assert_ne!(status, S::Deleted);
                    let copying = [S::InitialSyncing, S::ManualSyncing, S::Syncing].contains(&status);
                    let done = !copying && world.pair(1).last_recover_point().is_some();
                    assert_eq!(found.percent, if done { 100 } else { 0 }, "{status}");
                }
            }
        }
        let mut world = at_status(S::Normal);
        assert_eq!(rule(progress(&mut world, ELSEWHERE)), "E-620");
    }

    /// E-696.
    #[test]
    fn the_simulation_tells_how_much_of_a_copys_time_has_passed() {
        let mut world = World::default();
        world.create(1);
        let mut simulation = Simulation::new(world.plane, 1, Transitions::Timed, LatencyProfile::QUICK);
        let mut now = kit::START + 2_000;
        let mut call = |simulation: &mut Simulation, later: u64, request: Request| {
            now += later;
            let call = Call { now: at(now), account: id(OWNER), region: id(SOURCE), token: None };
            simulation.call(&call, &request).0.result.unwrap().unwrap()
        };
        let ask = || Request::from(DescribeDiskReplicaPairProgress { pair: pair_id(1) });
        let start =
            || Request::from(failover_model::ebs::StartDiskReplicaPair { pair: pair_id(1), one_shot: true });
        let percent = |response: Response| match response {
            Response::PairProgress(progress) => progress.percent,
            other => panic!("{other:?}"),
        };
        call(&mut simulation, 0, start());
        let seen = [0, 1, 48, 2_451, 2_499, 1].map(|later| percent(call(&mut simulation, later, ask())));
        assert_eq!(seen, [0, 0, 0, 50, 99, 100], "five seconds a copy");
        // What is held has no end that could be told.
        simulation.plan(Fault::Hold { effect: "copy".into(), resource: Selector::any() }, None);
        call(&mut simulation, 450_001, start());
        assert_eq!(percent(call(&mut simulation, 60_000, ask())), 0);
    }
}

mod tagging {
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
        let request = TagResources { resources: pairs(&[1]), tags: vec![tag("a", "")] };
        assert_eq!(rule(world.call(ELSEWHERE, request.clone())), "E-701");
        let stranger = world.apply("2002", SOURCE, None, request.clone().into(), Fresh::None).unwrap();
        assert_eq!(stranger.result.unwrap().unwrap_err().rule().0, "E-701");
        world.call(DESTINATION, request).unwrap();
        let mut gone = at_status(S::Deleted);
        assert_eq!(rule(put(&mut gone, &[1], &[tag("a", "")])), "E-701");
    }

    /// E-705.
    #[test]
    fn a_resource_bears_at_most_twenty_tags() {
        let mut world = two();
        let many: Vec<Tag> = (0..MOST_TAGS).map(|at| tag(&format!("k{at}"), "")).collect();
        put(&mut world, &[1], &many).unwrap();
        assert_eq!(rule(put(&mut world, &[2, 1], &[tag("one-more", "")])), "E-705");
        assert!(world.pair(2).tags().is_empty(), "none of them is tagged");
        put(&mut world, &[1], &[tag("k3", "new")]).unwrap();
        assert_eq!(world.pair(1).tags().len(), MOST_TAGS);
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
        expect(&[], vec![], &["pair-1", "pair-2"]);
        expect(&[2, 1, 99, 3, 2], vec![], &["pair-1", "pair-2"]);
        expect(&[1], vec![filter("team", None)], &[]);
        expect(&[], vec![filter("env", None)], &["pair-1", "pair-2"]);
        expect(&[], vec![filter("env", Some("test")), filter("team", None)], &["pair-2"]);
        expect(&[], vec![filter("env", Some("prod"))], &[]);
        let beyond = list(&mut world, &[1, 2], vec![], Some(Cursor(u64::MAX)));
        assert!(beyond.resources.is_empty(), "a cursor counts beside ids, too");
        let first = DescribeDiskReplicaPairs {
            page: Page::Token { max_results: 1, after: None },
            ..DescribeDiskReplicaPairs::default()
        };
        let Ok(Response::PairPage(first)) = ask(&mut world, SOURCE, first) else { panic!("no page") };
        let after = list(&mut world, &[1, 2], vec![], first.next);
        assert_eq!(found(&after), ["pair-2"], "what the cursor names was listed before it");
        let page = list(&mut world, &[2], vec![], None);
        assert_eq!((page.kind, page.resources[0].tags.len(), page.next), (ResourceType::Pair, 2, None));
    }

    /// E-710.
    #[test]
    fn a_page_of_tags_covers_fifty_resources_and_goes_on_after_them() {
        let mut world = World::default();
        let numbers: Vec<u32> = (1..=u32::try_from(2 * MOST_RESOURCES).unwrap()).collect();
        for number in &numbers {
            world.create(*number);
        }
        for some in numbers.chunks(MOST_RESOURCES) {
            put(&mut world, some, &[tag("a", "")]).unwrap();
        }
        let first = list(&mut world, &[], vec![], None);
        assert_eq!((first.resources.len(), found(&first)[49]), (50, "pair-50"));
        let second = list(&mut world, &[], vec![], first.next);
        assert_eq!((second.resources.len(), found(&second)[0], second.next), (50, "pair-51", None));
        take(&mut world, &[51], None).unwrap();
        assert_eq!(found(&list(&mut world, &[], vec![], first.next))[0], "pair-52");
    }

    /// E-712.
    #[test]
    fn a_resource_moves_into_another_resource_group() {
        let mut world = two();
        let request = |number, group: &str| ChangeResourceGroup {
            resource: ResourceId::Pair(pair_id(number)),
            group: id(group),
        };
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
            assert_eq!(ResourceType::parse(text), Some(ResourceType::Pair));
        }
        for kind in ResourceType::ALL {
            assert_eq!(ResourceType::parse(&kind.to_string()), Some(*kind));
        }
        for text in ["dedicatedblockstoragecluster", "pair", "", "diskreplicapair "] {
            assert_eq!(ResourceType::parse(text), None, "{text}");
        }
    }
}
