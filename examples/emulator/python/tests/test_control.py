"""The control interface of an account: each call, and each refusal."""

import http.server
import threading
import urllib.parse
import urllib.request

import pytest
from failover_emulator import Account, Emulator, NotStarted, Refused, binary

START = 1_767_225_600_000
CLUSTER = {"DBClusterId": "pc-1", "DBNodes": [{"DBNodeId": f"pi-{at}"} for at in (1, 2, 3)]}
PAIR = {
    "RegionId": "cn-shanghai",
    "SourceZoneId": "cn-shanghai-a",
    "DiskId": "d-source",
    "DestinationRegionId": "cn-beijing",
    "DestinationZoneId": "cn-beijing-a",
    "DestinationDiskId": "d-destination",
}


def call(account, action, version="2021-07-30", **parameters):
    query = {"Action": action, "Version": version, "AccessKeyId": account.id, "Format": "JSON", **parameters}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{account.url}/?{urllib.parse.urlencode(query)}", timeout=20) as answer:
        return answer.read()


def refused(status, ask, *arguments, **more):
    with pytest.raises(Refused) as refusal:
        ask(*arguments, **more)
    assert refusal.value.status == status and refusal.value.error, refusal.value
    return refusal.value


def test_an_account_says_what_an_sdk_needs(failover_emulator, failover_account):
    assert failover_account.url == failover_emulator.url
    assert failover_account.config == {
        "endpoint": failover_emulator.url[len("http://") :],
        "protocol": "http",
        "access_key_id": failover_account.id,
        "access_key_secret": "any",
        "region_id": "cn-hangzhou",
    }
    assert len(failover_account.id) == 16 and failover_account.id.isdigit()


def test_one_account_does_not_notice_another(failover_emulator, failover_account):
    other = failover_emulator.account()
    assert other.id != failover_account.id
    other.seed(CLUSTER)
    other.advance(5)
    assert failover_account.resources()["clusters"] == []
    assert failover_account.clock() == {"now_ms": START, "until_ms": None, "next": None}


def test_an_account_that_is_removed_begins_anew(failover_account):
    seed = failover_account.health()["seed"]
    failover_account.seed(CLUSTER)
    failover_account.advance(5)
    failover_account.remove()
    refused(404, failover_account.remove)
    assert failover_account.resources()["clusters"] == []
    assert failover_account.clock()["now_ms"] == START and failover_account.health()["seed"] == seed
    waiting = threading.Thread(target=lambda: ended.append(refused(409, failover_account.events, wait_ms=20_000)))
    ended = []
    waiting.start()
    # Until it waits, the removal may come before it, and then it waits for the next.
    while not ended and waiting.is_alive():
        try:
            failover_account.remove()
        except Refused as refusal:
            assert refusal.status == 404
        waiting.join(0.05)
    assert ended and "removed" in str(ended[0])


def test_the_clock_moves_and_effects_end(failover_account):
    call(failover_account, "CreateDiskReplicaPair", **PAIR)
    assert failover_account.clock()["next"]["reason"] == "create_pair"
    assert failover_account.advance_to_next() == {"now_ms": START + 2_000, "fired": 1, "next": None}
    refused(400, failover_account.advance, 32 * 86_400_000)
    failover_account.set_transitions("manual")
    assert failover_account.health()["transitions"] == "manual"
    failover_account.seed(CLUSTER)
    call(failover_account, "FailoverDBCluster", "2017-08-01", DBClusterId="pc-1")
    (choice,) = failover_account.effects("pc-1")
    assert choice["kind"] == "choose_node" and failover_account.effects("pc-2") == []
    (promotion,) = failover_account.end(choice["id"], "chosen", node="pi-3")["effects"]
    moved = failover_account.end(promotion["id"])["events"]
    assert any(event["kind"] == "writer_moved" and event["to"] == "pi-3" for event in moved)
    refused(404, failover_account.end, promotion["id"])
    refused(404, failover_account.end, "../state")


def test_faults_strike_and_are_withdrawn(failover_account):
    failover_account.seed(CLUSTER)
    number = failover_account.fault("switch", node="pi-2", reason="network", times=None)
    failover_account.fault("hold", effect="promote_node")
    assert [fault["kind"] for fault in failover_account.faults()] == ["switch", "hold"]
    failover_account.withdraw(number)
    refused(404, failover_account.withdraw, number)
    failover_account.withdraw()
    assert failover_account.faults() == []
    outlook = failover_account.outlook("pc-1")
    assert outlook["writer"] == "pi-1" and outlook["next"] in ("pi-2", "pi-3")
    refused(404, failover_account.outlook, "pc-none")
    refused(400, failover_account.fault, "switch", node="pi-2", raison="network")
    assert failover_account.resources(limit=1)["clusters"][0]["nodes"][0]["role"] == "Writer"
    assert failover_account.disks() == []


def test_events_are_read_waited_for_and_gone(failover_account):
    failover_account.seed(CLUSTER)
    failover_account.fault("node", node="pi-2", up=False)
    page = failover_account.events(limit=1, resource="pc-1")
    assert len(page["events"]) == 1 and page["first_seq"] == 1
    after = failover_account.events()["next_seq"] - 1
    waking = threading.Timer(0.2, lambda: failover_account.fault("node", node="pi-2", up=True))
    waking.start()
    assert failover_account.events(after, wait_ms=20_000)["events"][0]["kind"] == "node_changed"
    waking.join()
    pairs = [
        {
            "ReplicaPairId": f"pair-{at}",
            "Status": "normal",
            "SourceRegion": "cn-shanghai",
            "SourceZoneId": "cn-shanghai-e",
            "SourceDiskId": f"d-{at}-a",
            "DestinationRegion": "cn-beijing",
            "DestinationZoneId": "cn-beijing-f",
            "DestinationDiskId": f"d-{at}-b",
        }
        for at in range(4_000)
    ]
    assert len(failover_account.seed(pairs)["ReplicaPairIds"]) == 4_000
    failover_account.advance(3_600_000)
    gone = refused(410, failover_account.events, 1)
    assert failover_account.events(gone.more["first_seq"] - 1, limit=1)["events"][0]["seq"] == gone.more["first_seq"]


def test_readings_and_state_are_told_set_and_cleared(failover_account):
    readings = failover_account.policy()
    failover_account.set_policy({"polardb": {"switch_window": 5}})
    assert failover_account.policy()["polardb"]["switch_window"] == 5
    failover_account.set_policy(readings)
    failover_account.seed(CLUSTER)
    state = failover_account.state()
    failover_account.clear(now_ms=START + 7, seed=3)
    assert failover_account.health()["seed"] == 3 and failover_account.clock()["now_ms"] == START + 7
    assert failover_account.resources()["total"] == 0
    failover_account.set_state(state)
    assert failover_account.state() == state
    refused(400, failover_account.set_state, {**state, "account": "1"})
    refused(400, failover_account.clear, seed=-1)


def test_a_server_stops_with_its_context_and_says_why_it_does_not_start():
    with Emulator.start("--seed", "9", "--log-level", "debug") as emulator:
        account = emulator.account("1111111111111111")
        assert account.health()["status"] == "ok"
        assert '"message":"control"' in emulator.log()
    with pytest.raises(OSError):
        account.health()
    emulator.stop()
    with pytest.raises(NotStarted, match="lunar"):
        Emulator.start("--clock", "lunar")


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *_):
        pass


def test_what_is_no_emulator_is_told_as_that():
    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        with pytest.raises(ConnectionError, match="no emulator"):
            Account(f"http://127.0.0.1:{server.server_port}", "1").health()
        serving.join()


def test_the_program_is_found():
    assert binary().endswith("failover-emulator")
