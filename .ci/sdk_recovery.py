"""Disaster recovery by the vendor's official EBS SDK: a public client's sequences to their end, and game days.

Called by sdk_check.py with its server and its counts. Clients here do what clients do: they call, poll, and repeat on
the codes that they know. The only thing that is not a client's is that the server's clock is moved while they wait.
"""

PATIENCE = 600  # Steps of a wait, not seconds.


class Relation:
    """A pair, or a consistent group of pairs, between two places, through the SDK."""

    def __init__(self, recovery, name, here, there, members):
        self.recovery, self.models = recovery, recovery.models
        self.name, self.here, self.there, self.members = name, here, there, members
        self.grouped = members > 1
        self.pairs, self.id = [], None
        self.disks = {here: [f"d-{name}-{at}-a" for at in range(members)],
                      there: [f"d-{name}-{at}-b" for at in range(members)]}

    def client(self, place):
        return self.recovery.client(place[0])

    def call(self, verb, place, retried=(), **fields):
        """A call on the whole: `Start` is StartDiskReplicaPair or StartDiskReplicaGroup. One token through all retries."""
        kind = "group" if self.grouped else "pair"
        request = getattr(self.models, f"{verb.capitalize()}DiskReplica{kind.capitalize()}Request")
        key = "replica_group_id" if self.grouped else "replica_pair_id"
        asked = request(region_id=place[0], **{key: self.id},
                        client_token=self.recovery.token(), **fields)
        method = getattr(self.client(place), f"{verb}_disk_replica_{kind}")
        return self.recovery.persist(lambda: method(asked), retried).body

    def create(self):
        models, (here, there) = self.models, (self.here, self.there)
        for source, target in zip(self.disks[here], self.disks[there]):
            self.pairs.append(self.client(here).create_disk_replica_pair(models.CreateDiskReplicaPairRequest(
                region_id=here[0], source_zone_id=here[1], disk_id=source, destination_region_id=there[0],
                destination_zone_id=there[1], destination_disk_id=target, client_token=self.recovery.token(),
            )).body.replica_pair_id)
        self.id = self.pairs[0]
        for pair in self.pairs:
            self.recovery.wait(lambda: self.pair(pair).status, lambda status: status == "created")
        if not self.grouped:
            return
        self.id = self.client(here).create_disk_replica_group(models.CreateDiskReplicaGroupRequest(
            region_id=here[0], source_zone_id=here[1], destination_region_id=there[0], destination_zone_id=there[1],
            group_name=self.name, client_token=self.recovery.token())).body.replica_group_id
        for pair in self.pairs:
            # The group is still being created when the first one joins.
            add = models.AddDiskReplicaPairRequest(region_id=here[0], replica_group_id=self.id, replica_pair_id=pair,
                                                   client_token=self.recovery.token())
            self.recovery.persist(lambda: self.client(here).add_disk_replica_pair(add), ADD)

    def start(self, one_shot=False):
        # A group is started at its production site, a pair at either end.
        self.call("start", self.here, one_shot=one_shot)

    def pair(self, pair, place=None, site=None):
        place = place or self.here
        found = self.client(place).describe_disk_replica_pairs(self.models.DescribeDiskReplicaPairsRequest(
            region_id=place[0], pair_ids=pair, site=site)).body.replica_pairs
        return found[0] if found else None

    def view(self, place=None, site=None):
        place = place or self.here
        if not self.grouped:
            return self.pair(self.id, place, site)
        found = self.client(place).describe_disk_replica_groups(self.models.DescribeDiskReplicaGroupsRequest(
            region_id=place[0], group_ids=self.id, site=site)).body.replica_groups
        return found[0] if found else None

    def reaches(self, status, place=None, site=None):
        return self.recovery.wait(lambda: self.view(place, site).status, lambda found: found == status)

    def copied(self, place=None, site=None, after=0):
        look = lambda: self.view(place, site).last_recover_point
        return self.recovery.wait(look, lambda point: point is not None and point > after)[-1]

    def source(self, view):
        """Where it copies from: the field is named differently in the two lists."""
        return view.source_region_id if self.grouped else view.source_region, view.source_zone_id

    def attach(self, place, attached):
        for disk in self.disks[place]:
            self.recovery.fault(kind="disk", disk=disk, attached=attached)

    def writable(self, place):
        known = {disk["id"]: disk["access"] for disk in self.recovery.server.control("GET", "disks")["disks"]}
        return {known[disk] for disk in self.disks[place]} == {"read_write"}


# What a public client repeats, by the call (docs/facts/ebs.md#how-the-public-client-behaves). A code that begins with the one returned counts too.
ADD = ("OperationDenied.PairStatusCannotAddToGroup", "OperationDenied.GroupStatusCannotAddPair", "InternalError")
REMOVE = ("OperationDenied.NoPairInGroup", "OperationDenied.PairStatusCannotRemoveFromGroup",
          "OperationDenied.GroupStatusCannotRemovePair", "InternalError")
STATUS = ("OperationDenied.InvalidStatus", "InternalError")
DELETE_GROUP = ("OperationDenied.GroupHasPair", *STATUS)


class Recovery:
    """What the checks share."""

    def __init__(self, checks, server, client_of, models):
        self.checks, self.server, self.models = checks, server, models
        self.client_of, self.clients, self.tokens = client_of, {}, 0

    def client(self, region):
        return self.clients.setdefault(region, self.client_of(region))

    def token(self):
        self.tokens += 1
        return f"recovery-{self.tokens}"

    def fault(self, **fault):
        self.server.control("POST", "faults", fault)

    def pass_time(self, milliseconds):
        return self.server.control("POST", "clock", {"advance_ms": milliseconds})["now_ms"]

    def wait(self, look, wanted):
        """Looks until it sees what is wanted; returns the different things seen, in order."""
        seen = []
        for _ in range(PATIENCE):
            found = look()
            if not seen or seen[-1] != found:
                seen.append(found)
            if wanted(found):
                return seen
            self.pass_time(1_000)
        raise AssertionError(f"never seen: {seen}")

    def persist(self, call, retried):
        """Repeats a call as the public client does: on these codes, and on any that one of them begins with."""
        for _ in range(PATIENCE):
            try:
                return call()
            except Exception as error:  # The SDK raises several classes.
                code = getattr(error, "code", None)
                if not code or not any(known.startswith(code) for known in retried):
                    raise
                self.pass_time(1_000)
        raise AssertionError("repeated for ever")

    def refusal(self, call):
        try:
            call()
        except Exception as error:
            return getattr(error, "code", None) or "no answer"
        return "accepted"


def check(checks, server, client_of, models):
    """Everything. Each part is counted alone, so that one that breaks does not hide the others."""
    recovery = Recovery(checks, server, client_of, models)
    hangzhou = ("cn-hangzhou", "cn-hangzhou-i"), ("cn-hangzhou", "cn-hangzhou-h")
    afar = ("cn-shanghai", "cn-shanghai-e"), ("cn-beijing", "cn-beijing-f")
    parts = [
        ("a public client's pair", lambda: public_pair(recovery, *hangzhou)),
        ("a public client's group", lambda: public_group(recovery, *hangzhou)),
        ("the pair between regions", lambda: game_day(recovery, "pair between regions", *afar, 1)),
        ("the pair between zones", lambda: game_day(recovery, "pair between zones", *hangzhou, 1)),
        ("the group between regions", lambda: game_day(recovery, "group of five between regions", *afar, 5)),
        ("the group between zones", lambda: game_day(recovery, "group of five between zones", *hangzhou, 5)),
        ("the drill", lambda: drill(recovery, *afar)),
    ]
    for name, part in parts:
        try:
            part()
        except Exception as error:
            checks.that(name, False, error)


def public_pair(recovery, here, there):
    """Create, wait, start until there is a recover point, fail over, reprotect both ways, change, tag, delete."""
    checks, models = recovery.checks, recovery.models
    pair = Relation(recovery, "tf-pair", here, there, 1)
    pair.create()
    pair.start()
    checks.that("terraform: normal is the first recover point", pair.copied() > 0)
    for reverse in (False, True):
        pair.call("failover", there, STATUS)
        # Sent at once: it is refused while the failover is under way, and repeated under one token.
        pair.call("reprotect", there, STATUS, reverse_replicate=reverse)
        seen = pair.reaches("stopped")
        source = there if reverse else here
        checks.that(f"terraform: reprotect with reverse_replicate={reverse} ends in stopped",
                    seen[-1] == "stopped" and pair.source(pair.view()) == source, seen)
        pair.start()
        pair.copied()
    pair.call("stop", here)
    pair.reaches("stopped")
    pair.call("modify", here, (), pair_name="renamed", description="of orders")
    client = pair.client(here)
    client.tag_resources(models.TagResourcesRequest(
        region_id=here[0], resource_type="DiskReplicaPair", resource_id=[pair.id],
        tag=[models.TagResourcesRequestTag(key="team", value="orders"), models.TagResourcesRequestTag(key="env", value="x")]))
    client.untag_resources(models.UntagResourcesRequest(
        region_id=here[0], resource_type="DiskReplicaPair", resource_id=[pair.id], tag_key=["env"]))
    client.change_resource_group(models.ChangeResourceGroupRequest(
        region_id=here[0], resource_type="DiskReplicaPair", resource_id=pair.id, new_resource_group_id="rg-1"))
    listed = client.list_tag_resources(models.ListTagResourcesRequest(
        region_id=here[0], resource_type="diskreplicapair", resource_id=[pair.id])).body.tag_resources
    found = pair.view()
    checks.equal("terraform: name, tags and resource group are as they were set",
                 (found.pair_name, found.description, found.resource_group_id, [(tag.tag_key, tag.tag_value) for tag in listed]),
                 ("renamed", "of orders", "rg-1", [("team", "orders")]))
    progress = client.describe_disk_replica_pair_progress(models.DescribeDiskReplicaPairProgressRequest(
        region_id=here[0], replica_pair_id=pair.id)).body
    checks.equal("terraform: progress is complete", (progress.progress, progress.recover_point),
                 (100, found.last_recover_point))
    pair.call("delete", here, STATUS)
    recovery.wait(pair.view, lambda view: view is None)
    checks.that("terraform: a deleted pair is an empty list", pair.view() is None)


def public_group(recovery, here, there):
    """Create, change, add, start, fail over, cancel, drill, remove, tag, delete, as the provider's own test does."""
    checks, models = recovery.checks, recovery.models
    group = Relation(recovery, "tf-group", here, there, 2)
    group.create()
    client = group.client(here)
    checks.equal("terraform: the members are one element each", group.view().pair_ids, group.pairs)
    client.change_resource_group(models.ChangeResourceGroupRequest(
        region_id=here[0], resource_type="DiskReplicaGroup", resource_id=group.id, new_resource_group_id="rg-2"))
    group.call("modify", here, STATUS, group_name="renamed", description="of orders", enable_rtc=True)
    alone = models.FailoverDiskReplicaPairRequest(region_id=there[0], replica_pair_id=group.pairs[0])
    checks.equal("terraform: a member does not fail over alone",
                 recovery.refusal(lambda: client.failover_disk_replica_pair(alone)), "OperationDenied")
    group.start()
    point = group.copied()
    members = [group.pair(pair) for pair in group.pairs]
    checks.equal("terraform: all members share the group's recover point, name and RTC",
                 {(pair.last_recover_point, pair.replica_group_name, pair.enable_rtc) for pair in members},
                 {(point, "renamed", True)})
    started = client.start_replica_group_drill(models.StartReplicaGroupDrillRequest(
        region_id=there[0], group_id=group.id, client_token=recovery.token())).body.drill_id
    clear = models.ClearReplicaGroupDrillRequest(region_id=there[0], group_id=group.id, drill_id=started)
    # Cleared at once: refused while it is executing, and repeated.
    recovery.persist(lambda: client.clear_replica_group_drill(clear), STATUS)
    drills = lambda: client.describe_replica_group_drills(models.DescribeReplicaGroupDrillsRequest(
        region_id=there[0], group_id=group.id, drill_id=started)).body.drills
    seen = recovery.wait(lambda: [(drill.status, len(drill.pairs_info)) for drill in drills()], lambda found: not found)
    checks.equal("terraform: a cleared drill is an empty list", seen, [[("clearing", 2)], []])
    group.call("failover", there, STATUS)
    group.call("reprotect", there, STATUS, reverse_replicate=False)
    for pair in group.pairs:
        # Sent at once: the group lets go of no pair while it is reprotecting.
        remove = models.RemoveDiskReplicaPairRequest(region_id=here[0], replica_group_id=group.id, replica_pair_id=pair,
                                                     client_token=recovery.token())
        recovery.persist(lambda: client.remove_disk_replica_pair(remove), REMOVE)
    shown = group.view()
    checks.equal("terraform: the group is empty and stopped", (shown.pair_number, shown.status), (0, "stopped"))
    client.tag_resources(models.TagResourcesRequest(
        region_id=here[0], resource_type="DiskReplicaGroup", resource_id=[group.id],
        tag=[models.TagResourcesRequestTag(key="team", value="orders")]))
    shown = group.view()
    checks.equal("terraform: the group's tags and resource group are as they were set",
                 (shown.resource_group_id, shown.description, [(tag.tag_key, tag.tag_value) for tag in shown.tags]),
                 ("rg-2", "of orders", [("team", "orders")]))
    group.call("delete", here, DELETE_GROUP)
    recovery.wait(group.view, lambda view: view is None)
    for pair in group.pairs:
        request = models.DeleteDiskReplicaPairRequest(region_id=here[0], replica_pair_id=pair)
        client.delete_disk_replica_pair(request)
        recovery.wait(lambda: group.pair(pair), lambda view: view is None)
    checks.that("terraform: group and pairs are gone", group.view() is None)


def game_day(recovery, name, here, there, members):
    """The primary site is lost; fail over, work there, reverse, copy back, fail back as planned, restore the direction."""
    checks = recovery.checks
    regional = here[0] != there[0]
    relation = Relation(recovery, f"day-{here[1]}-{members}", here, there, members)
    relation.create()
    relation.attach(here, True)
    relation.start()
    first = relation.copied()
    # The disaster.
    if regional:
        recovery.fault(kind="region", region=here[0], up=False, api=False)
        checks.equal(f"{name}: the lost region answers nothing", recovery.refusal(relation.view), "no answer")
    else:
        recovery.fault(kind="zone", zone=here[1], up=False)
    backup = "backup" if regional else None
    relation.call("failover", there, STATUS)
    seen = relation.reaches("failovered", there, backup)
    checks.that(f"{name}: it fails over at the secondary", seen[0] == "failovering" and relation.writable(there), seen)
    checks.equal(f"{name}: the data are those of the last recover point", relation.view(there, backup).last_recover_point, first)
    # Work goes on there; the lost site comes back, its hosts do not.
    relation.attach(there, True)
    recovery.pass_time(3_600_000)
    if regional:
        recovery.fault(kind="region", region=here[0], up=True)
    else:
        recovery.fault(kind="zone", zone=here[1], up=True)
    relation.attach(here, False)
    relation.call("reprotect", there, STATUS, reverse_replicate=True)
    relation.reaches("stopped")
    shown = relation.view()
    checks.equal(f"{name}: after the reverse it copies the other way and remembers where it was created",
                 (relation.source(shown), (shown.primary_region, shown.primary_zone), shown.last_recover_point),
                 (there, here, None))
    relation.start()
    relation.copied()
    # Planned failback: writers are stopped, one more copy, and only then the switch.
    relation.attach(there, False)
    quiet = recovery.pass_time(1_000) // 1_000
    relation.call("stop", here)
    relation.reaches("stopped")
    relation.start(one_shot=True)
    point = relation.copied(after=quiet - 1)
    relation.reaches("stopped")
    relation.call("failover", here, STATUS)
    relation.reaches("failovered")
    done = recovery.server.events(relation.id, "failovered")[-1]["detail"]
    checks.that(f"{name}: the failback loses nothing", done["recover_point"] == point >= quiet and relation.writable(here),
                (done, quiet))
    relation.call("reprotect", here, STATUS, reverse_replicate=True)
    relation.reaches("stopped")
    relation.start()
    relation.copied()
    relation.reaches("normal")
    checks.equal(f"{name}: the original direction is restored", relation.source(relation.view()), here)
    relation.call("stop", here)
    relation.reaches("stopped")


def drill(recovery, here, there):
    """A drill at the secondary while the replication goes on."""
    checks, models = recovery.checks, recovery.models
    pair = Relation(recovery, "drilled", here, there, 1)
    pair.create()
    client = pair.client(there)
    start = lambda place: pair.client(place).start_pair_drill(models.StartPairDrillRequest(
        region_id=place[0], pair_id=pair.id, client_token=recovery.token())).body.drill_id
    found = lambda drill: client.describe_pair_drills(models.DescribePairDrillsRequest(
        region_id=there[0], pair_id=pair.id, drill_id=drill)).body.drills
    checks.equal("a drill is started at the secondary", recovery.refusal(lambda: start(here)),
                 "OperationDenied.StartDrillShouldOnDestRegion")
    failed = found(start(there))[0]
    checks.equal("without a recover point it fails and says why", (failed.status, failed.status_message, failed.recover_point),
                 ("execute_failed", "PAIR_SYNCPOINT_NOT_FOUND", None))
    pair.start()
    point = pair.copied()
    drill_id = start(there)
    recovery.wait(lambda: found(drill_id)[0].status, lambda status: status == "executed")
    checks.equal("it holds the last recover point", found(drill_id)[0].recover_point, point)
    recovery.pass_time(900_000)
    later = pair.copied(after=point)
    shown = found(drill_id)[0]
    checks.that("replication goes on beneath it", later > point == shown.recover_point and pair.view().status != "stopped",
                (later, point))
    disks = {disk["id"]: disk for disk in recovery.server.control("GET", "disks")["disks"]}
    checks.equal("its disk can be written", disks[shown.drill_disk_id]["access"], "read_write")
    client.clear_pair_drill(models.ClearPairDrillRequest(region_id=there[0], pair_id=pair.id, drill_id=drill_id))
    recovery.wait(lambda: found(drill_id), lambda drills: not drills)
    checks.that("a cleared drill is gone", not found(drill_id))
