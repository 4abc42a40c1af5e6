"""A world with something of everything, made and read through the vendor's official SDKs.

Used by sdk_entering.py. Requests are given by their wire names, and answers are what the SDK's response model holds, under
wire names again (`to_map`): a field that the model of the SDK does not know is lost here as it is to any client.
"""

import urllib.error

SHANGHAI, BEIJING, HANGZHOU = "cn-shanghai", "cn-beijing", "cn-hangzhou"
CLASS = {"MySQL": "polar.mysql.x4.large", "PostgreSQL": "polar.pg.x4.large", "Oracle": "polar.o.x4.large"}
# More than any work takes, and less than one RPO.
SETTLED = 20_000


class Account:
    """One account of the emulator, as the SDKs and the control see it."""

    def __init__(self, server, sdks, number):
        self.server, self.sdks, self.id = server, sdks, f"{number:016}"
        self.clients = {}

    def ask(self, product, region, action, **parameters):
        """Calls; the body of the answer as the SDK's model holds it. Parameters that are None are left out."""
        models, client, config = self.sdks[product]
        if (product, region) not in self.clients:
            self.clients[product, region] = client(config(self.id, region))
        client = self.clients[product, region]
        # The SDK spells `DescribeDBClusters` as `describe_dbclusters`.
        method = next(name for name in dir(client) if name.replace("_", "") == action.lower())
        request = getattr(models, f"{action}Request")
        # A request that has no parameters has no constructor from them either.
        given = {name: value for name, value in parameters.items() if value is not None}
        request = request().from_map(given) if hasattr(request, "from_map") else request()
        answer = getattr(client, method)(request)
        return answer.body.to_map()

    def model(self, product, action):
        """The SDK's response model of an operation."""
        return getattr(self.sdks[product][0], f"{action}ResponseBody")

    def control(self, method, path, body=None):
        try:
            return self.server.control(method, f"{path}?account={self.id}", body)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} is refused: {error.read().decode()}") from error

    def now(self):
        return self.control("GET", "clock")["now_ms"]

    def wait(self, milliseconds=SETTLED):
        self.control("POST", "clock", {"advance_ms": milliseconds})

    def fault(self, **fault):
        self.control("POST", "faults", fault)

    def read(self, question):
        """The bodies that answer a question, page by page."""
        product, region, action, parameters = question
        bodies, token = [], None
        while True:
            more = {"NextToken": token} if token else {}
            bodies.append(self.ask(product, region, action, **parameters, **more))
            token = bodies[-1].get("NextToken")
            if not token or "PageNumber" in parameters:
                return bodies


class Made:
    """What was made, by id."""

    def __init__(self):
        self.pairs, self.groups, self.clusters, self.networks = [], [], [], []


def replication(account, made):
    """Pairs, groups and drills in every phase of their lives; what begins the work under way when they are read."""

    def ask(action, region=SHANGHAI, **parameters):
        return account.ask("ebs", region, action, RegionId=region, **parameters)

    def pair(name, **more):
        made.pairs.append(ask(
            "CreateDiskReplicaPair", SourceZoneId="cn-shanghai-e", DiskId=f"d-{name}-a", DestinationRegionId=BEIJING,
            DestinationZoneId="cn-beijing-g", DestinationDiskId=f"d-{name}-b", **more)["ReplicaPairId"])
        return made.pairs[-1]

    def group(name=None, **more):
        made.groups.append(ask(
            "CreateDiskReplicaGroup", SourceZoneId="cn-shanghai-e", DestinationRegionId=BEIJING,
            DestinationZoneId="cn-beijing-g", GroupName=name, **more)["ReplicaGroupId"])
        return made.groups[-1]

    tags = [{"Key": "team", "Value": "orders"}, {"Key": "env", "Value": "x"}]
    whole = pair("whole", PairName="orders", Description="all of it", ResourceGroupId="rg-1", Tag=tags, EnableRtc=True,
                 ChargeType="PREPAY", Period=1, PeriodUnit="Month", Bandwidth=10240)
    stopped, failed_over, broken, reversed_pair = pair("stopped"), pair("over"), pair("broken"), pair("reversed")
    members = [pair(f"member-{number}") for number in range(4)]
    named = group("orders", Description="both", ResourceGroupId="rg-1", Tag=tags, EnableRtc=True)
    moved = group("moved")
    group()
    account.fault(kind="pair", disk="d-failed-a", fails="create", message="DiskNotFound")
    pair("failed")
    account.wait()
    for number, member in enumerate(members):
        ask("AddDiskReplicaPair", ReplicaGroupId=[named, moved][number // 2], ReplicaPairId=member)
    for started in whole, stopped, failed_over, broken, reversed_pair:
        ask("StartDiskReplicaPair", ReplicaPairId=started)
    for started in named, moved:
        ask("StartDiskReplicaGroup", ReplicaGroupId=started)
    account.wait()
    ask("StopDiskReplicaPair", ReplicaPairId=stopped)
    for left in failed_over, reversed_pair:
        ask("FailoverDiskReplicaPair", BEIJING, ReplicaPairId=left)
    ask("FailoverDiskReplicaGroup", BEIJING, ReplicaGroupId=moved)
    account.fault(kind="pair", pair=broken, invalid="DeviceRemoved")
    ask("StartPairDrill", BEIJING, PairId=whole)
    ask("StartReplicaGroupDrill", BEIJING, GroupId=named)
    account.wait()
    ask("ReprotectDiskReplicaPair", BEIJING, ReplicaPairId=reversed_pair, ReverseReplicate=True)
    account.fault(kind="drill", pair=whole, fails="start", message="QuotaExceed.Disk")
    ask("StartPairDrill", BEIJING, PairId=whole)
    account.fault(kind="drill", group=named, fails="start", message="QuotaExceed.Disk")
    ask("StartReplicaGroupDrill", BEIJING, GroupId=named)
    for kind, resource in ("diskreplicapair", stopped), ("diskreplicagroup", moved):
        ask("ChangeResourceGroup", ResourceType=kind, ResourceId=resource, NewResourceGroupId="rg-2")
        ask("TagResources", ResourceType=kind, ResourceId=[resource], Tag=tags[:1])
    account.wait()

    def under_way():
        pair("creating")
        ask("FailoverDiskReplicaPair", BEIJING, ReplicaPairId=stopped)
        ask("StartPairDrill", BEIJING, PairId=whole)

    return under_way


def databases(account, made):
    """Clusters of every engine and form, and two networks; what begins the work under way when they are read."""

    def ask(action, region=HANGZHOU, **parameters):
        return account.ask("polardb", region, action, **parameters)

    def create(engine="MySQL", version="8.0", region=HANGZHOU, **more):
        more = {"PayType": "Postpaid", **more}
        made.clusters.append(ask("CreateDBCluster", region, RegionId=region, DBType=engine, DBVersion=version,
                                 DBNodeClass=CLASS[engine], **more)["DBClusterId"])
        account.wait()
        return made.clusters[-1]

    def nodes(cluster, role="Reader"):
        found = ask("DescribeDBClusterAttribute", DBClusterId=cluster)["DBNodes"]
        return [node["DBNodeId"] for node in found if node["DBNodeRole"] == role]

    def do(action, cluster, **parameters):
        ask(action, DBClusterId=cluster, **parameters)
        account.wait()

    tags = [{"Key": "team", "Value": "orders"}]
    whole = create(
        DBNodeNum=4, PayType="Prepaid", Period="Month", UsedTime="1", VPCId="vpc-1", VSwitchId="vsw-1",
        StoragePayType="Prepaid", Architecture="X86", ProvisionedIops=1000, DBClusterDescription="orders",
        ResourceGroupId="rg-1", Tag=tags)
    for node, priority in zip(nodes(whole), (15, 7, 2)):
        do("ModifyDBNodeConfig", whole, DBNodeId=node, ConfigName="FailoverPriority", ConfigValue=str(priority))
    do("ModifyDBNodeHotReplicaMode", whole, DBNodeId=nodes(whole)[0], HotReplicaMode="ON")
    do("CreateDBNodes", whole, ImciSwitch="ON", DBNode=[{"TargetClass": CLASS["MySQL"]}])
    do("CreateDBNodes", whole, DBNodeType="STANDBY", DBNode=[{"TargetClass": CLASS["MySQL"]}])
    do("ModifyDBClusterMaintainTime", whole, MaintainTime="16:00Z-17:00Z")
    do("FailoverDBCluster", whole)
    do("ModifyDBClusterDeletion", whole, Protection=True)
    off = create(StandbyAZ="cn-hangzhou-h", DBClusterDescription="of a network")
    do("ModifyDBCluster", off, StandbyHAMode="OFF", DataSyncMode="SemiSync")
    create(HotStandbyCluster="EQUAL", StandbyAZ="cn-hangzhou-h", ZoneId="cn-hangzhou-i")
    create(HotStandbyCluster="OFF")
    create(StrictConsistency="ON", DBNodeNum=3)
    create(ServerlessType="AgileServerless", ScaleMin="1", ScaleMax="8")
    create("PostgreSQL", "14", CreationCategory="SENormal")
    postgres = create("PostgreSQL", "16")
    do("FailoverDBCluster", postgres, TargetDBNodeId=nodes(postgres)[0])
    create("Oracle", "14")
    create(CreationCategory="Basic")
    create(CreationCategory="NormalMultimaster")
    abroad = create(region=SHANGHAI)
    made.networks.append(ask("CreateGlobalDatabaseNetwork", DBClusterId=off, GDNDescription="orders",
                             ResourceGroupId="rg-1")["GDNId"])
    account.wait()
    create(region=BEIJING, CreationOption="CreateGdnStandby", GDNId=made.networks[0])
    made.networks.append(ask("CreateGlobalDatabaseNetwork", SHANGHAI, DBClusterId=abroad)["GDNId"])
    busy, switching = create(DBNodeNum=3), create(DBNodeNum=3)

    def under_way():
        ask("ModifyDBClusterPrimaryZone", DBClusterId=postgres, ZoneId="cn-hangzhou-i", VSwitchId="vsw-2")
        ask("RestartDBNode", DBNodeId=nodes(busy)[0])
        ask("FailoverDBCluster", DBClusterId=switching)

    return under_way


def build(account):
    """The world; what was made. Some work is under way at its end."""
    made = Made()
    for begin in databases(account, made), replication(account, made):
        begin()
    return made


def questions(made):
    """Every describe call about what was made, and the parameters of the request that its answer does not repeat."""

    def ebs(region, action, **parameters):
        return "ebs", region, action, {"RegionId": region, **parameters}

    def polardb(action, region=HANGZHOU, **parameters):
        return "polardb", region, action, parameters

    for action in "DescribeDiskReplicaPairs", "DescribeDiskReplicaGroups":
        for region, site in (SHANGHAI, "production"), (BEIJING, "backup"):
            yield ebs(region, action, Site=site, MaxResults=2), {}
            yield ebs(region, action, Site=site, PageNumber=2, PageSize=2), {}
    for kind, resources in ("diskreplicapair", made.pairs), ("diskreplicagroup", made.groups):
        yield ebs(SHANGHAI, "ListTagResources", ResourceType=kind, ResourceId=resources), {}
    for pair in made.pairs:
        yield ebs(SHANGHAI, "DescribeDiskReplicaPairProgress", ReplicaPairId=pair), {"ReplicaPairId": pair}
        yield ebs(BEIJING, "DescribePairDrills", PairId=pair, MaxResults=1), {"PairId": pair}
    for group in made.groups:
        yield ebs(BEIJING, "DescribeReplicaGroupDrills", GroupId=group, MaxResults=1), {"GroupId": group}
    yield ("ebs", SHANGHAI, "DescribeRegions", {}), {}
    yield polardb("DescribeRegions"), {}
    for region in HANGZHOU, SHANGHAI, BEIJING:
        yield polardb("DescribeDBClusters", region, RegionId=region, PageNumber=1, PageSize=50), {}
        yield polardb("DescribeDBClustersZonal", region, RegionId=region, MaxResults=3), {}
    for cluster in made.clusters:
        for action in ("DescribeDBClusterAttribute", "DescribeDbClusterAttributeZonal", "DescribeDBClusterEndpoints",
                       "DescribeDBClusterEndpointsZonal"):
            yield polardb(action, DBClusterId=cluster), {}
    # Only MySQL has a log.
    for cluster in made.clusters[:2]:
        yield polardb("DescribeHALogs", DBClusterId=cluster, LogType="HaSwitchLogList"), {}
    yield polardb("DescribeGlobalDatabaseNetworks", PageNumber=1, PageSize=30), {}
    for network in made.networks:
        yield polardb("DescribeGlobalDatabaseNetwork", GDNId=network), {}
