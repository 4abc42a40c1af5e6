"""The shortest test that there is: the official SDK fails a cluster over."""

from alibabacloud_polardb20170801.client import Client
from alibabacloud_polardb20170801.models import FailoverDBClusterRequest
from alibabacloud_tea_openapi.models import Config


def test_a_failover_moves_the_writer(failover_account):
    failover_account.seed({"DBClusterId": "pc-1", "DBNodes": [{"DBNodeId": "pi-1"}, {"DBNodeId": "pi-2"}]})
    Client(Config(**failover_account.config)).failover_dbcluster(FailoverDBClusterRequest(dbcluster_id="pc-1"))
    assert failover_account.advance(60_000) and failover_account.events()["events"][-1]["to"] == "Running"
