"""The control interface of an account, with the standard library alone."""

from __future__ import annotations

import http.client
import json
from typing import Any, Dict, List, Mapping, Optional, TypedDict, Union
from urllib.parse import quote, urlencode, urlsplit

#: How long a request may take beside what it waits for by itself, in seconds.
PATIENCE = 60.0


class Refused(Exception):
    """The control interface refused. Nothing was changed, but by a clock that was stopped on its way."""

    def __init__(self, status: int, error: str, more: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {error}")
        #: 400 if it cannot be meant, 404 if what it names is not there, 409 if the state was replaced or the account removed
        #: meanwhile, 410 if events are gone, 429 at a limit …
        self.status = status
        #: Why, in words.
        self.error = error
        #: What else is said: ``first_seq`` with 410, ``now_ms`` with 503 of a clock.
        self.more = dict(more)


class SdkConfig(TypedDict):
    """What ``alibabacloud_tea_openapi.models.Config`` takes."""

    endpoint: str
    protocol: str
    access_key_id: str
    access_key_secret: str
    region_id: str


class Due(TypedDict):
    """Work that falls due."""

    at_ms: int
    reason: str
    resource: str


class Moved(TypedDict):
    """Where a clock came to, how much ended or fired on the way, and what is next."""

    now_ms: int
    fired: int
    next: Optional[Due]


class Clock(TypedDict):
    """The time, where the clock is on its way to, and what falls due next."""

    now_ms: int
    until_ms: Optional[int]
    next: Optional[Due]


class Effect(TypedDict):
    """An outstanding effect."""

    id: str
    kind: str
    resource: str
    since_ms: int
    detail: Dict[str, Any]


# `from` is a word of the language.
Event = TypedDict(
    "Event",
    {
        "seq": int,
        "at_ms": int,
        "account": str,
        "resource": Optional[str],
        "kind": str,
        "rule": Optional[str],
        "from": Optional[str],
        "to": Optional[str],
        "detail": Dict[str, Any],
    },
)


class Events(TypedDict):
    """Events, the number of the oldest that is kept, and the one that the next will get."""

    events: List[Event]
    first_seq: int
    next_seq: int


class Ended(TypedDict):
    """What came of the end of an effect: events, and the effects that it caused."""

    events: List[Event]
    effects: List[Effect]


class Outlook(TypedDict):
    """What would happen if a cluster's writer fell now."""

    writer: str
    next: Optional[str]
    status: str
    events: List[Event]


Parameter = Union[str, int, None]


class Account:
    """An account of an emulator. Its clock, faults, readings, ids and events are its own.

    Every method raises :class:`Refused` if the emulator refuses, and ``OSError`` if it does not answer.
    """

    def __init__(self, url: str, id: str) -> None:
        #: The address of the emulator.
        self.url = url
        #: Its id; with sixteen digits also its access key id.
        self.id = id

    def __repr__(self) -> str:
        return f"Account({self.url!r}, {self.id!r})"

    @property
    def endpoint(self) -> str:
        """``HOST:PORT``, as the SDKs take it."""
        return urlsplit(self.url).netloc

    @property
    def config(self) -> SdkConfig:
        """The arguments of the official SDK's ``Config``: ``Client(Config(**account.config))``."""
        return {
            "endpoint": self.endpoint,
            "protocol": "http",
            "access_key_id": self.id,
            "access_key_secret": "any",
            "region_id": "cn-hangzhou",
        }

    def health(self) -> Dict[str, Any]:
        """What the server is, and how the account is set."""
        return self._object("GET", "health")

    def seed(self, pasted: Any) -> Dict[str, Any]:
        """Enters what describe calls of a real account answered: bodies or single objects, or a list of either."""
        return self._object("POST", "seed", pasted)

    def clock(self) -> Clock:
        """The time."""
        clock: Clock = self._ask("GET", "clock")
        return clock

    def advance(self, ms: int) -> Moved:
        """Moves the clock so many milliseconds ahead, at most 31 days, and does what falls due."""
        moved: Moved = self._ask("POST", "clock", {"advance_ms": ms}, patience=None)
        return moved

    def advance_to_next(self) -> Moved:
        """Moves the clock to the next work that falls due, if there is any."""
        moved: Moved = self._ask("POST", "clock", {"to": "next"}, patience=None)
        return moved

    def set_transitions(self, mode: str) -> None:
        """How effects end from now on: ``immediate``, ``timed`` or ``manual``."""
        self._ask("PUT", "transitions", {"mode": mode})

    def fault(self, kind: str, **fields: Any) -> str:
        """Plans a fault, or makes it seen: ``fault("switch", node="pi-3", reason="network")``. Its number."""
        number: str = self._ask("POST", "faults", {"kind": kind, **fields})["id"]
        return number

    def faults(self) -> List[Dict[str, Any]]:
        """The faults that lie in wait, oldest first."""
        faults: List[Dict[str, Any]] = self._ask("GET", "faults")["faults"]
        return faults

    def withdraw(self, fault: Optional[str] = None) -> None:
        """Withdraws a planned fault, or all."""
        self._ask("DELETE", "faults" if fault is None else f"faults/{quote(fault, safe='')}")

    def effects(self, resource: Optional[str] = None) -> List[Effect]:
        """The outstanding effects, oldest first; of one resource if it is given."""
        effects: List[Effect] = self._ask("GET", "effects", query={"resource": resource})["effects"]
        return effects

    def end(self, effect: str, outcome: str = "succeeded", **fields: Any) -> Ended:
        """Ends an effect: ``succeeded``, ``failed`` with a ``reason``, ``chosen`` with a ``node``, or ``auto``."""
        ended: Ended = self._ask("POST", f"effects/{quote(effect, safe='')}", {"outcome": outcome, **fields})
        return ended

    def events(
        self,
        after: Optional[int] = None,
        *,
        limit: Optional[int] = None,
        resource: Optional[str] = None,
        wait_ms: Optional[int] = None,
    ) -> Events:
        """The events after a number, oldest first, at most ``limit`` (1,000); waits up to ``wait_ms`` for the first."""
        query: Dict[str, Parameter] = {"after": after, "limit": limit, "resource": resource, "wait_ms": wait_ms}
        events: Events = self._ask("GET", "events", query=query)
        return events

    def outlook(self, cluster: str) -> Outlook:
        """What would happen if the cluster's writer fell now. Nothing does."""
        outlook: Outlook = self._ask("GET", f"clusters/{quote(cluster, safe='')}/outlook")
        return outlook

    def resources(self, limit: Optional[int] = None) -> Dict[str, Any]:
        """What the account has, at most ``limit`` (200) of each kind."""
        return self._object("GET", "resources", query={"limit": limit})

    def disks(self) -> List[Dict[str, Any]]:
        """The disks of the account's pairs."""
        disks: List[Dict[str, Any]] = self._ask("GET", "disks")["disks"]
        return disks

    def policy(self) -> Dict[str, Any]:
        """The readings in force."""
        return self._object("GET", "policy")

    def set_policy(self, policy: Mapping[str, Any]) -> None:
        """Sets all readings; what is left out takes its default."""
        self._ask("PUT", "policy", policy)

    def state(self) -> Dict[str, Any]:
        """All that decides the account's future."""
        return self._object("GET", "state")

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Puts the account into a state that it had."""
        self._ask("PUT", "state", state)

    def clear(self, *, now_ms: Optional[int] = None, seed: Optional[int] = None) -> None:
        """Clears the account, which keeps its readings and what is not set anew."""
        self._ask("DELETE", "state", query={"now_ms": now_ms, "seed": seed})

    def remove(self) -> None:
        """Removes the account and all that is kept of it, and frees its place. If it is asked for again, it begins anew."""
        self._ask("DELETE", f"accounts/{quote(self.id, safe='')}", named=False)

    def _object(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Optional[Mapping[str, Parameter]] = None,
    ) -> Dict[str, Any]:
        answer: Dict[str, Any] = self._ask(method, path, body, query)
        return answer

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Optional[Mapping[str, Parameter]] = None,
        patience: Optional[float] = PATIENCE,
        named: bool = True,
    ) -> Any:
        given = {name: value for name, value in (query or {}).items() if value is not None}
        account = {"account": self.id} if named else {}
        target = f"/_emulator/{path}?{urlencode({**account, **given})}".rstrip("?")
        # No proxy of the environment stands before a server on this machine, as urllib.request would have it.
        connection = http.client.HTTPConnection(self.endpoint, timeout=patience)
        try:
            connection.request(method, target, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            text = answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(f"{self.url} does not answer {method} {target}: {error!r}") from error
        finally:
            connection.close()
        if answer.status == 204:
            return None
        try:
            said = json.loads(text)
        except ValueError as error:
            raise ConnectionError(f"{self.url} is no emulator: it answers {text[:80]!r}") from error
        if answer.status != 200:
            words = said if isinstance(said, dict) else {}
            more = {name: value for name, value in words.items() if name != "error"}
            raise Refused(answer.status, str(words.get("error", "")), more)
        return said
