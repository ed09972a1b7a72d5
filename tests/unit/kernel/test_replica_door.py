"""A reading request that the replica left half-way is answered anew; nothing that writes is ever done twice."""

from __future__ import annotations

import psycopg
import pytest
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from balcao.kernel.web.replica_door import ReplicaDoor
from tests.unit.kernel.conftest import ask


class Replica:
    """Counts how often it was given up."""

    lost = 0

    def failed(self) -> None:
        self.lost += 1


class Application:
    """Fails as often as told, at the beginning or after the first bytes."""

    def __init__(self, fails: int, error: Exception, *, late: bool = False) -> None:
        self.fails, self.error, self.late, self.asked = fails, error, late, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert "touched" not in scope, "each try begins with what came in"
        scope["touched"] = True
        self.asked += 1
        if self.asked > self.fails:
            await Response("here")(scope, receive, send)
            return
        if self.late:
            await StreamingResponse(iter(["he"]))(scope, receive, send)
        raise self.error


def _door(application: Application, replica: Replica, *, secure: bool = False) -> ReplicaDoor:
    return ReplicaDoor(application, replica=replica, seconds=2.5, secure=secure)  # type: ignore[arg-type]


async def test_a_read_is_answered_anew() -> None:
    application, replica = Application(1, psycopg.OperationalError("gone")), Replica()
    answer = await ask(_door(application, replica))
    assert (answer.status, answer.body) == (200, b"here")
    assert (application.asked, replica.lost) == (2, 1)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "application"),
    [
        ("GET", Application(2, psycopg.OperationalError("gone"))),
        ("GET", Application(1, psycopg.OperationalError("gone"), late=True)),
        ("GET", Application(1, ValueError("ours"))),
        ("POST", Application(1, psycopg.OperationalError("gone"))),
    ],
)
async def test_what_cannot_be_done_anew_fails_as_it_did(method: str, application: Application) -> None:
    with pytest.raises(type(application.error)):
        await ask(_door(application, Replica()), method)
    assert application.asked == (2 if application.fails == 2 else 1)


@pytest.mark.parametrize("secure", [True, False])
async def test_whoever_wrote_is_marked(secure: bool) -> None:
    answer = await ask(_door(Application(0, ValueError()), Replica(), secure=secure), "POST")
    expected = "balcao_wrote=1; Max-Age=3; Path=/; HttpOnly; SameSite=Lax"
    assert answer.headers["set-cookie"] == expected + ("; Secure" if secure else "")
