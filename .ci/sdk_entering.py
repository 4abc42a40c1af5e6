#!/usr/bin/env python3
"""Entering, through the vendor's official SDKs: whatever a describe call answers is entered and read back without loss.

Each vendor sample of a describe call (tests/fixtures/vendor-samples.json), and all that a world of the emulator answers to
each describe call, is posted to `/_emulator/seed` of an account of its own, read back by the SDK, and compared field by field.
A field that does not come back has to be named by the reply and to have its reason: the model does not have it, which the
table in docs/scope.md says, or one of those below. A reason that nothing needs fails as well.

Run from the repository root after `cargo build`:

    python3 .ci/sdk_entering.py [target/debug/failover-emulator]
"""

import copy
import json
import os
import re
import sys

import sdk_check
import sdk_world
from sdk_check import Checks, Server

# Fields of bodies that are about the call: of samples they are made up, and an account of its own has fewer objects.
ABOUT_THE_CALL = {"RequestId", "NextToken", "MaxResults", "PageNumber", "PageSize", "TotalCount", "TotalRecordCount",
                  "PageRecordCount"}

# The fields by which the objects of a list are known, the first that all of them have.
KEYS = (("ResourceId", "TagKey"), *((key,) for key in (
    "ReplicaPairId", "ReplicaGroupId", "DrillId", "PairId", "TagKey", "Key", "DBEndpointId", "GDNId", "DBNodeId",
    "DBClusterId", "ZoneId", "RegionId", "SwitchId")))

# Which answers name resources that others describe.
REFERS = {
    "DescribeDiskReplicaPairs": ["DescribeDiskReplicaGroups"],
    "DescribeDiskReplicaGroups": ["DescribeDiskReplicaPairs"],
    **{action: ["DescribeDiskReplicaPairs", "DescribeDiskReplicaGroups"] for action in (
        "DescribeDiskReplicaPairProgress", "ListTagResources", "DescribePairDrills", "DescribeReplicaGroupDrills")},
    **{action: ["DescribeDBClusterAttribute"] for action in (
        "DescribeDBClustersZonal", "DescribeDBClusterEndpoints", "DescribeDBClusterEndpointsZonal", "DescribeHALogs",
        "DescribeGlobalDatabaseNetwork", "DescribeGlobalDatabaseNetworks")},
}

# What begins the reason of a field that follows from others, and so needs not be told.
DERIVED = "follows from"

# Why a field of an answer of our own is not kept; a third word is the value that is not.
OWN = {
    **{(action, field, "Switching"): "entered as running: an answer does not say to which node a cluster switches"
       for action, field in (
        ("DescribeDBClusters", "Items.DBCluster.DBClusterStatus"), ("DescribeDBClustersZonal", "Items.DBClusterStatus"),
        *((f"Describe{name}", field) for name in ("DBClusterAttribute", "DbClusterAttributeZonal")
          for field in ("DBClusterStatus", "DBNodes.DBNodeStatus")))},
    ("DescribeHALogs", "HaLogItems"): "a record does not say from which node to which the writer moved",
    **{("DescribeHALogs", field): "follows from the records of the log" for field in (
        "TotalRecords", "ItemsNumbers", "HaStatus")},
}

# Why a field of a sample that the model has is not kept.
SAMPLES = {
    ("DescribeDiskReplicaPairs", "ReplicaPairs.StatusMessage"): "a pair that is created has no message",
    ("DescribeDiskReplicaPairs", "ReplicaPairs.ReplicaGroupName"): "masked with stars, which no name has",
    ("DescribeDiskReplicaGroups", "ReplicaGroups.SourceZoneId"): "contradicts PrimaryZone",
    ("DescribeDiskReplicaGroups", "ReplicaGroups.RPO"): "180, where pages and requests know 900 alone",
    ("DescribeDiskReplicaGroups", "ReplicaGroups.LastRecoverPoint"): "its members', which were never copied",
    ("DescribePairDrills", "Drills.DrillDiskStatus"): "a disk is there once the drill is executed",
    ("DescribePairDrills", "Drills.StatusMessage"): "only a drill that failed has a message",
    ("DescribeReplicaGroupDrills", "Drills.StatusMessage"): "only a drill that failed has a message",
    ("ListTagResources", "TagResources.ResourceType"): "pair: the service answers diskreplicapair, as its page says",
    ("DescribeDBClusterAttribute", "DBNodes.DBNodeRole"): "the sample shows no writer, so its first node is one (W-041)",
    ("DescribeDBClusterAttribute", "DBNodes.ImciSwitch"): "a writer is no column-store node",
    ("DescribeDBClusterAttribute", "ZoneIds"): "the zones of the nodes, of which the sample shows one",
    ("DescribeDBClusters", "Items.DBCluster.DBNodeNumber"): "two, and the sample shows one node",
    ("DescribeDBClusters", "Items.DBCluster.DBNodes.DBNode.DBNodeRole"): "likewise",
    ("DescribeGlobalDatabaseNetwork", "DBClusterId"): "names a cluster that is not in the network",
    ("DescribeGlobalDatabaseNetwork", "DBClusters.DBNodes.DBNodeRole"): "likewise",
    ("DescribeDBClusterEndpoints", "Items"): "a custom endpoint, which is not modelled",
    ("DescribeDBClusterEndpointsZonal", "Items"): "a custom endpoint, which is not modelled",
}


def leaves(value, place=""):
    """The places and values of all that is neither an object nor a list, in the form in which the emulator names places."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        # A list of texts is one value: it may come back in another order, or joined (W-035).
        if not all(isinstance(item, str) for item in value):
            for at, item in enumerate(value):
                yield from leaves(item, f"{place}[{at}]")
        elif value:
            yield place, value
    elif value not in (None, ""):
        yield place, value


def answered(value, place=""):
    """The fields that are answered, be it with an empty text."""
    if isinstance(value, dict):
        return {name for field, item in value.items() for name in answered(item, f"{place}.{field}" if place else field)}
    if isinstance(value, list):
        return {name for item in value for name in answered(item, place)}
    return {place} if value is not None else set()


def aligned(sent, read):
    """What was read, its lists of objects in the order of those that were sent and with None where one is missing."""
    if isinstance(sent, dict) and isinstance(read, dict):
        return {name: aligned(sent.get(name), item) for name, item in read.items()}
    if isinstance(sent, list) and isinstance(read, list) and all(isinstance(item, dict) for item in sent + read) and sent:
        keys = next((keys for keys in KEYS if all(key in item for key in keys for item in sent)), None)
        if keys:
            known = lambda item: tuple(item.get(key) for key in keys)
            found = {known(item): item for item in read}
            ordered = [aligned(item, found.pop(known(item), None)) for item in sent]
            return ordered + list(found.values())
        return [aligned(one, other) for one, other in zip(sent, read)] + read[len(sent):]
    return read


def says(value):
    """What a value says, however it is spelled (W-035)."""
    if isinstance(value, list):
        return sorted(part for item in value for part in says(item))
    if isinstance(value, str):
        return sorted(part.strip() for part in value.split(","))
    return [json.dumps(value)]


def differences(sent, read):
    """The places of what was sent and not read back, and of what was read and not sent."""
    sent = dict(leaves(sent))
    read = dict(leaves(read))
    lost = [place for place, value in sent.items() if place not in read or says(read[place]) != says(value)]
    return lost, [place for place in read if place not in sent]


def bare(place):
    """A place without numbers: `[1].Items[0].DBClusterId` is `Items.DBClusterId`."""
    return re.sub(r"^\.", "", re.sub(r"\[\d+\]", "", place))


def is_within(place, around):
    return place == around or place.startswith((f"{around}.", f"{around}["))


class Reasons:
    """Why fields are not kept, and which of the reasons were needed."""

    def __init__(self, own, scope):
        self.own, self.scope, self.used = own, scope, set()

    def of(self, action, place, value):
        """The reason for the field of an answer of this operation."""
        for key, why in self.own.items():
            of, field, *only = key
            if action == of and is_within(place, field) and only in ([], [value]):
                self.used.add(key)
                return why
        for fields, operations, why in self.scope:
            if action in operations and any(place == field or place.endswith(f".{field}") for field in fields):
                return why
        return None

    def idle(self):
        return sorted(set(self.own) - self.used)


def scope():
    """The rows of docs/scope.md on fields that the model does not have: fields, operations, why."""
    with open(os.path.join(sdk_check.ROOT, "docs", "scope.md"), encoding="utf-8") as file:
        section = file.read().split("## Fields left out of answers")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    words = lambda cell: cell.split("`")[1::2]
    return [(words(fields), words(operations), why.strip()) for fields, operations, why in rows]


def fixture(name):
    with open(os.path.join(sdk_check.ROOT, "tests", "fixtures", name), encoding="utf-8") as file:
        return json.load(file)


def is_describe(name):
    return name.startswith(("Describe", "List"))


def compared(body, whole):
    """What is compared of a body: of a sample what is described, of our own all, of a token that there is one."""
    body = {**body, "NextToken": "more" if body.get("NextToken") else ""}
    left_out = {"RequestId"} if whole else ABOUT_THE_CALL
    return {name: value for name, value in body.items() if name not in left_out}


class Comparison:
    """What was lost of the answers of one paste, and whether that was told and has a reason."""

    def __init__(self, reply, reasons):
        self.ignored, self.left_out = [item["at"] for item in reply["ignored"]], reply["left_out"]
        self.reasons, self.wrong, self.compared = reasons, [], 0

    def take(self, at, action, sent, read, whole):
        """Compares the answer at this place of the paste. Of our own answers the whole body has to come back."""
        sent, read = compared(sent, whole), compared(read, whole)
        read = aligned(sent, read)
        lost, new = differences(sent, read)
        values = dict(leaves(sent))
        for place in lost + (new if whole else []):
            why = self.reasons.of(action, bare(place), values.get(place))
            ignored = any(is_within(f"{at}.{place}", told) for told in self.ignored)
            if not why or not (ignored or why.startswith(DERIVED)):
                self.wrong.append(f"{action} {place}: {'told' if ignored else 'not told'}, {why or 'without a reason'}")
        # What is told and comes back all the same is told in vain.
        for told in self.ignored:
            if told.startswith(f"{at}.") and not any(is_within(f"{at}.{place}", told) for place in lost):
                self.wrong.append(f"{action} {told}: told, and read back")
        # The comparison itself: each field that came back is missed when it is taken away.
        for place, _ in leaves(sent):
            self.compared += 1
            if place not in lost and place not in differences(sent, without(read, place))[0]:
                self.wrong.append(f"{action} {place}: its loss would not be seen")

    def end(self, checks, says):
        self.wrong += [f"left out: {item}" for item in self.left_out]
        checks.that(f"{says}: of {self.compared} fields all come back but for {len(self.ignored)} places told with a reason",
                    self.compared > 0 and not self.wrong, self.wrong)


def without(value, place):
    """A copy without the field at this place."""
    changed = copy.deepcopy(value)
    steps = re.findall(r"[^.\[\]]+", place)
    around = changed
    for step in steps[:-1]:
        around = around[int(step) if isinstance(around, list) else step]
    del around[steps[-1]]
    return changed


def check_world(checks, account_of):
    """All that a world of the emulator answers to any describe call."""
    origin = account_of(1)
    made = sdk_world.build(origin)
    asked = list(sdk_world.questions(made))
    answers = [(question, owner, origin.read(question)) for question, owner in asked]
    described = {(product, action) for (product, _, action, _), _ in asked}
    # The data bear names of their own where both products have an action.
    names = {("ebs", "DescribeRegions"): "DescribeEbsRegions", ("polardb", "DescribeRegions"): "DescribePolarDbRegions"}
    fields = {name: set(paths) for name, paths in fixture("answer-fields.json").items() if is_describe(name)}
    known = {key: names.get(key, key[1]) for key in described}
    checks.equal("the world is asked by every describe call", set(known.values()), set(fields))
    # What the model has is in the world, so that it is entered and read back.
    left_out = Reasons({}, scope())
    unseen = set()
    for key, name in known.items():
        bodies = [body for (product, _, action, _), _, bodies in answers if (product, action) == key for body in bodies]
        unseen |= {f"{name} {path}" for path in fields[name] - answered(bodies) if not left_out.of(key[1], path, None)}
    checks.equal("every field that the model answers is in an answer of the world", unseen, set())

    reasons = Reasons(OWN, [])
    number = 1
    for key in [None, *sorted(known)]:
        wanted = lambda question: key is None or (question[0], question[2]) == key
        needed = lambda question: wanted(question) or key and question[2] in REFERS.get(key[1], ())
        number += 1
        twin = account_of(number)
        twin.wait(origin.now() - twin.now())
        bodies = [(question, owner, body) for question, owner, pages in answers if needed(question) for body in pages]
        reply = twin.control("POST", "seed", [{**body, **owner} for _, owner, body in bodies])
        comparison = Comparison(reply, reasons)
        at = 0
        for question, _, pages in answers:
            if not needed(question):
                continue
            found = twin.read(question) if wanted(question) else []
            for page, body in enumerate(pages):
                if wanted(question):
                    read = found[page] if page < len(found) else {}
                    comparison.take(f"[{at}]", question[2], body, read, True)
                at += 1
        comparison.end(checks, f"the world, {key[1] if key else 'whole'}")
    checks.equal("every reason about the world is needed", reasons.idle(), [])


def beside(sample):
    """For each sample: what it refers to, what of the request it does not repeat, and the question that reads it back."""
    ebs = lambda region, action, **parameters: ("ebs", region, action, {"RegionId": region, **parameters})
    polardb = lambda action, **parameters: ("polardb", "cn-hangzhou", action, parameters)
    place = {"SourceRegion": "cn-beijing", "SourceZoneId": "cn-beijing-h", "DestinationRegion": "cn-shanghai",
             "DestinationZoneId": "cn-shanghai-e"}
    pair = lambda name, **more: {"ReplicaPairId": name, **place, **more}
    cluster = lambda name, node: {"DBClusterId": name, "DBNodes": [{"DBNodeId": node}]}
    progress = sample["DescribeDiskReplicaPairProgress"]
    groups = sample["DescribeDiskReplicaGroups"]["ReplicaGroups"]
    group = {"ReplicaGroupId": sample["DescribeDiskReplicaPairs"]["ReplicaPairs"][0]["ReplicaGroupId"], "Status": "created",
             "SourceRegionId": "cn-beijing", "SourceZoneId": "cn-beijing-a", "DestinationRegionId": "cn-shanghai",
             "DestinationZoneId": "cn-shanghai-b"}
    endpoints = sample["DescribeDBClusterEndpoints"]["Items"][0]
    network = sample["DescribeGlobalDatabaseNetwork"]
    listed = sample["DescribeGlobalDatabaseNetworks"]["Items"][0]
    zonal = sample["DescribeDBClustersZonal"]["Items"][0]
    attribute = sample["DescribeDBClusterAttribute"]["DBClusterId"]
    tagged = sample["ListTagResources"]["TagResources"][0]["ResourceId"]
    return {
        "DescribeDiskReplicaPairs": ([group], {}, ebs("cn-beijing", "DescribeDiskReplicaPairs")),
        "DescribeDiskReplicaPairProgress": (
            [pair("pair-1", Status="normal", LastRecoverPoint=progress["RecoverPoint"])], {"ReplicaPairId": "pair-1"},
            ebs("cn-beijing", "DescribeDiskReplicaPairProgress", ReplicaPairId="pair-1")),
        "ListTagResources": ([pair(tagged)], {}, ebs("cn-beijing", "ListTagResources", ResourceType="diskreplicapair",
                                                     ResourceId=[tagged])),
        "DescribeDiskReplicaGroups": (
            [pair(name, SourceDiskId=f"d-{name}") for name in groups[0]["PairIds"][0].split(",")], {},
            ebs("cn-beijing", "DescribeDiskReplicaGroups")),
        "DescribePairDrills": ([pair("pair-1")], {"PairId": "pair-1"},
                               ebs("cn-shanghai", "DescribePairDrills", PairId="pair-1")),
        "DescribeReplicaGroupDrills": (
            [pair("pair-xxx"), {**group, "ReplicaGroupId": "pg-xxx"}], {},
            ebs("cn-shanghai", "DescribeReplicaGroupDrills", GroupId="pg-xxx")),
        "DescribeDBClusters": ([], {}, polardb("DescribeDBClusters", RegionId="cn-hangzhou")),
        "DescribeDBClusterAttribute": ([], {}, polardb("DescribeDBClusterAttribute", DBClusterId=attribute)),
        "DescribeDBClusterEndpoints": (
            [cluster(endpoints["DBClusterId"], endpoints["Nodes"].split(",")[0])], {},
            polardb("DescribeDBClusterEndpoints", DBClusterId=endpoints["DBClusterId"])),
        "DescribeDBClusterEndpointsZonal": (
            [cluster(endpoints["DBClusterId"], endpoints["Nodes"].split(",")[0])], {},
            polardb("DescribeDBClusterEndpointsZonal", DBClusterId=endpoints["DBClusterId"])),
        "DescribeEbsRegions": ([], {}, ("ebs", "cn-hangzhou", "DescribeRegions", {})),
        "DescribePolarDbRegions": ([], {}, polardb("DescribeRegions")),
        "DescribeDBClustersZonal": (
            [{**{name: zonal[name] for name in (
                "DBClusterId", "DBType", "DBVersion", "Category", "DBClusterStatus", "DBClusterDescription", "PayType",
                "Tags", "CreateTime")},
              "DBNodes": [{"ZoneId": zonal["ZoneId"], "DBNodeClass": zonal["DBNodeClass"]}] * zonal["DBNodeNumber"]}],
            {}, polardb("DescribeDBClustersZonal", RegionId="cn-hangzhou")),
        "DescribeGlobalDatabaseNetwork": (
            network["DBClusters"], {},
            polardb("DescribeGlobalDatabaseNetwork", GDNId=network["GDNId"])),
        "DescribeGlobalDatabaseNetworks": (
            [cluster(listed["DBClusters"][0]["DBClusterId"], "pi-1")], {}, polardb("DescribeGlobalDatabaseNetworks")),
    }


def check_samples(checks, account_of):
    """The vendor's own samples."""
    samples = {name: sample["json"] for name, sample in fixture("vendor-samples.json").items() if is_describe(name)}
    table = beside(samples)
    checks.equal("each sample of a describe call has its question", set(table), set(samples))
    reasons = Reasons(SAMPLES, scope())
    for number, (name, (referred, owner, question)) in enumerate(sorted(table.items()), 100):
        account, sample = account_of(number), samples[name]
        product, _, action, _ = question
        read = account.model(product, action)().from_map(copy.deepcopy(sample)).to_map()
        comparison = Comparison(account.control("POST", "seed", [{**sample, **owner}, *referred]), reasons)
        unknown = differences(sample, read)[0]
        checks.equal(f"{name}: the SDK knows every field of the sample", unknown, [])
        comparison.take("[0]", action, sample, account.read(question)[0], False)
        comparison.end(checks, f"{name}: the vendor's sample")
    checks.equal("every reason about a sample is needed", reasons.idle(), [])


def main():
    sdk_check.enter_environment(__file__)
    from alibabacloud_ebs20210730 import models as ebs_models
    from alibabacloud_ebs20210730.client import Client as EbsClient
    from alibabacloud_polardb20170801 import models as polardb_models
    from alibabacloud_polardb20170801.client import Client as PolarDbClient
    from alibabacloud_tea_openapi.models import Config

    default = os.path.join(sdk_check.ROOT, "target", "debug", "failover-emulator")
    server = Server(sys.argv[1] if len(sys.argv) > 1 else default, "--clock", "manual")
    checks = Checks()

    def config(account, region):
        return Config(access_key_id=account, access_key_secret="secret", endpoint=server.address, protocol="http",
                      region_id=region, read_timeout=10_000, connect_timeout=10_000)

    sdks = {"ebs": (ebs_models, EbsClient, config), "polardb": (polardb_models, PolarDbClient, config)}

    def account(number):
        return sdk_world.Account(server, sdks, number)

    return checks.run(server, [
        (check.__doc__, lambda check=check: check(checks, account)) for check in (check_samples, check_world)
    ])


if __name__ == "__main__":
    sys.exit(main())
