"""How long a secret is kept, what stands in for it, and what never does."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from balcao.kernel.secrets.cache import SecretCache
from balcao.kernel.secrets.loading import (
    SecretsNotLoadedError,
    load_local,
    load_secrets,
    open_secrets,
)
from balcao.kernel.secrets.port import (
    Secret,
    SecretError,
    SecretForbiddenError,
    SecretMissingError,
    SecretUnavailableError,
)
from balcao.kernel.secrets.source_settings import SecretSourceSettings

NAME = "SMTP_PASSWORD"
CANARY = "canary-value-0123456789-0123456789"


class Scripted:
    """A source whose answers a test writes."""

    name = "scripted"

    def __init__(self, **values: str) -> None:
        self.values = dict(values)
        self.former: dict[str, str] = {}
        self.error: Callable[[str], SecretError] | None = None
        self.asked: list[str] = []
        self.gate: threading.Event | None = None

    def get(self, name: str) -> Secret:
        self.asked.append(name)
        if self.gate is not None:
            self.gate.wait(5)
        if self.error is not None:
            raise self.error(name)
        if name not in self.values:
            raise SecretMissingError(name, "missing")
        return Secret(name, self.values[name], str(len(self.asked)), datetime.now(UTC))

    def previous(self, name: str) -> Secret | None:
        if self.error is not None:
            raise self.error(name)
        return Secret(name, self.former[name], "0", datetime.now(UTC)) if name in self.former else None

    def close(self) -> None:
        self.values.clear()


def away(name: str) -> SecretError:
    return SecretUnavailableError(name, "timeout")


def refused(name: str) -> SecretError:
    return SecretForbiddenError(name, "forbidden")


@pytest.fixture(autouse=True)
def _every_line_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    hears_all = structlog.wrap_logger(None, wrapper_class=structlog.make_filtering_bound_logger(0))
    monkeypatch.setattr("balcao.kernel.secrets.cache.log", hears_all)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Clock:
    return Clock()


def cache_of(source: Scripted, watch: Clock, **more: object) -> SecretCache:
    return SecretCache(source, clock=watch, spread=lambda: 1.0, **more)  # type: ignore[arg-type]


def test_a_value_is_good_for_five_minutes(watch: Clock) -> None:
    source = Scripted(SMTP_PASSWORD="old")
    cache = cache_of(source, watch)
    assert cache.get(NAME).reveal() == "old"
    source.values[NAME] = "new"
    watch.now += 299
    assert cache.get(NAME).reveal() == "old"
    watch.now += 2
    assert cache.get(NAME).reveal() == "new"
    assert cache.counts == {"read": 2, "hit": 1}


def test_processes_do_not_all_ask_at_once() -> None:
    lives = {SecretCache(Scripted())._spread() for _ in range(50)}
    assert len(lives) > 40
    assert all(0.9 <= life <= 1.1 for life in lives)


def test_the_next_question_after_invalidating_goes_to_the_source(watch: Clock) -> None:
    source = Scripted(SMTP_PASSWORD="old")
    cache = cache_of(source, watch)
    cache.get(NAME)
    source.values[NAME] = "new"
    cache.invalidate(NAME)
    assert cache.get(NAME).reveal() == "new"


def test_a_missing_name_is_not_asked_for_again_for_half_a_minute(watch: Clock) -> None:
    source = Scripted()
    cache = cache_of(source, watch)
    for _ in range(3):
        with pytest.raises(SecretMissingError):
            cache.get(NAME)
    assert len(source.asked) == 1
    source.values[NAME] = "there now"
    watch.now += 30
    assert cache.get(NAME).reveal() == "there now"


def test_the_last_value_stands_in_for_a_day_and_no_longer(watch: Clock) -> None:
    source = Scripted(SMTP_PASSWORD="kept")
    cache = cache_of(source, watch)
    cache.get(NAME)
    source.error = away
    watch.now += 24 * 3600
    assert cache.get(NAME).reveal() == "kept"
    assert cache.counts["stale"] == 1
    watch.now += 3601
    with pytest.raises(SecretUnavailableError):
        cache.get(NAME)


def test_a_silent_source_is_asked_after_one_second_then_two_then_four(watch: Clock) -> None:
    source = Scripted(SMTP_PASSWORD="kept")
    source.error = away
    cache = cache_of(source, watch)
    asked_at: list[float] = []
    for _ in range(160):
        before = len(source.asked)
        with pytest.raises(SecretUnavailableError):
            cache.get(NAME)
        if len(source.asked) > before:
            asked_at.append(watch.now - 1000)
        watch.now += 0.5
    assert asked_at == [0, 1, 3, 7, 15, 31, 63]
    source.error = None
    watch.now += 3600
    assert cache.get(NAME).reveal() == "kept"
    source.error = away
    cache.invalidate(NAME)
    cache.get(NAME)
    watch.now += 1
    source.error = None
    asked = len(source.asked)
    cache.get(NAME)
    assert len(source.asked) == asked + 1


def test_a_source_that_names_a_time_is_left_alone_until_then(watch: Clock) -> None:
    source = Scripted(SMTP_PASSWORD="kept")
    source.error = lambda name: SecretUnavailableError(name, "throttled", retry_after=60.0)
    cache = cache_of(source, watch)
    for _ in range(2):
        with pytest.raises(SecretUnavailableError) as later:
            cache.get(NAME)
        assert later.value.retry_after == 60.0
        watch.now += 59
    assert len(source.asked) == 1


def test_a_refusal_takes_the_value_away_and_nothing_stands_in(watch: Clock) -> None:
    source = Scripted(SMTP_PASSWORD="kept")
    cache = cache_of(source, watch, fallback={NAME: "from the environment"})
    cache.get(NAME)
    source.error = refused
    watch.now += 400
    for _ in range(2):
        with pytest.raises(SecretForbiddenError):
            cache.get(NAME)
    source.error = away
    watch.now += 31
    assert cache.get(NAME).version == "environment"


@pytest.mark.parametrize("error", [None, away])
def test_the_environment_answers_for_names_on_the_list_only(
    watch: Clock, error: Callable[[str], SecretError] | None
) -> None:
    source = Scripted()
    source.error = error
    cache = cache_of(source, watch, fallback={NAME: "from the environment"})
    with capture_logs() as lines:
        assert cache.get(NAME).reveal() == "from the environment"
        with pytest.raises(SecretError):
            cache.get("ANOTHER")
    assert cache.counts["fallback"] == 1
    assert lines[0] == {
        "event": "secret_access", "log_level": "warning", "name": NAME, "source": "scripted", "outcome": "fallback",
    }  # fmt: skip


def test_one_caller_asks_and_the_others_wait_for_the_answer(watch: Clock) -> None:
    source = Scripted(SMTP_PASSWORD="once")
    source.gate = threading.Event()
    cache = cache_of(source, watch)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(cache.get(NAME).reveal())) for _ in range(8)]
    for thread in threads:
        thread.start()
    source.gate.set()
    for thread in threads:
        thread.join()
    assert found == ["once"] * 8
    assert source.asked == [NAME]


def test_it_holds_a_bounded_number_of_names(watch: Clock) -> None:
    cache = cache_of(Scripted(), watch)
    for number in range(1100):
        with pytest.raises(SecretMissingError):
            cache.get(f"NAME_{number}")
    assert len(cache._kept) == 1024


def test_the_log_has_names_and_no_value(watch: Clock) -> None:
    source = Scripted(SMTP_PASSWORD=CANARY)
    cache = cache_of(source, watch, fallback={"OTHER": CANARY})
    with capture_logs() as lines:
        cache.get(NAME)
        cache.get("OTHER")
        source.error = away
        watch.now += 400
        cache.get(NAME)
        cache.previous(NAME)
    assert [line["outcome"] for line in lines] == ["read", "fallback", "stale", "previous_timeout"]
    assert CANARY not in str(lines) + repr(cache) + str(vars(cache))


# Loading


def test_auth_secret_and_its_former_value_are_two_versions(watch: Clock) -> None:
    source = Scripted(AUTH_SECRET=CANARY)
    source.former["AUTH_SECRET"] = "former-" * 6
    found = load_secrets(cache_of(source, watch), ["AUTH_SECRET", "AUTH_SECRET_PREVIOUS", NAME])
    assert found == {"AUTH_SECRET": CANARY, "AUTH_SECRET_PREVIOUS": "former-" * 6, NAME: ""}


@pytest.mark.parametrize("former", [CANARY, "first try"])
def test_a_former_value_that_signed_nothing_is_left_out(watch: Clock, former: str) -> None:
    source = Scripted(AUTH_SECRET=CANARY)
    source.former["AUTH_SECRET"] = former
    assert load_secrets(cache_of(source, watch), ["AUTH_SECRET"])["AUTH_SECRET_PREVIOUS"] == ""


def test_a_former_value_may_have_a_name_of_its_own(watch: Clock) -> None:
    source = Scripted(AUTH_SECRET=CANARY, AUTH_SECRET_PREVIOUS="former-" * 6)
    assert load_secrets(cache_of(source, watch), ["AUTH_SECRET"])["AUTH_SECRET_PREVIOUS"] == "former-" * 6


def test_what_cannot_be_had_stops_the_start_by_name(watch: Clock) -> None:
    source = Scripted()
    with pytest.raises(SecretsNotLoadedError) as stop:
        load_secrets(
            cache_of(source, watch), ["AUTH_SECRET", NAME, "DATABASE_URL"], in_environment={"DATABASE_URL"}
        )
    assert str(stop.value) == "AUTH_SECRET: missing; DATABASE_URL: only_in_environment"
    source.error = refused
    with pytest.raises(SecretsNotLoadedError) as stop:
        load_secrets(cache_of(source, watch), ["AUTH_SECRET", NAME])
    assert len(stop.value.errors) == 2


def test_a_silent_source_is_waited_for_once(watch: Clock) -> None:
    source = Scripted()
    source.error = away
    with pytest.raises(SecretsNotLoadedError):
        load_secrets(cache_of(source, watch), ["AUTH_SECRET", NAME, "DATABASE_URL"])
    assert source.asked == ["AUTH_SECRET"]


def settings_of(folder: Path, **more: object) -> SecretSourceSettings:
    return SecretSourceSettings(_env_file=None, data_dir=folder, **more)  # type: ignore[call-arg]


def test_files_of_the_data_folder_are_read_and_absent_ones_left_to_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    (tmp_path / "secrets").mkdir()
    path = tmp_path / "secrets" / NAME
    path.write_text(CANARY)
    path.chmod(0o600)
    cache = open_secrets(settings_of(tmp_path), env_file=None)
    assert load_local(cache, [NAME, "ANOTHER_SECRET"]) == {NAME: CANARY}
    path.chmod(0o640)
    with pytest.raises(SecretsNotLoadedError) as stop:
        load_local(cache, [NAME])
    assert str(stop.value) == f"{NAME}: open_to_others"


@pytest.mark.parametrize(("provider", "needs"), [("vault", "VAULT_ADDR"), ("azure", "AZURE_VAULT_URL")])
def test_a_source_without_its_address_is_named(tmp_path: Path, provider: str, needs: str) -> None:
    with pytest.raises(ValueError, match=needs):
        open_secrets(settings_of(tmp_path, secrets_provider=provider), env_file=None)


def test_the_environment_is_read_for_the_allow_list_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, CANARY)
    monkeypatch.setenv("GHL_CLIENT_SECRET", CANARY)
    settings = settings_of(
        tmp_path, secrets_provider="aws", secrets_env_fallback=f"{NAME.lower()}, NOT_SET",
        aws_access_key_id="AK", aws_secret_access_key="canary", aws_endpoint_url_secrets_manager="http://127.0.0.1:9",
    )  # fmt: skip
    cache = open_secrets(settings, env_file=None)
    assert cache.get(NAME).version == "environment"
    with pytest.raises(SecretUnavailableError) as stop:
        cache.get("GHL_CLIENT_SECRET")
    assert "canary" not in "".join(traceback.format_exception(stop.value))
    cache.close()
