import io
import json
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from balcao.kernel.observability import logging as program_log
from balcao.kernel.observability.log_file import RotatingFile
from balcao.kernel.observability.logging import (
    LineWriter,
    configure_logging,
    current_request_id,
    log_access,
)
from balcao.kernel.observability.redaction import MASK, is_sensitive_name, redact, scrub
from balcao.kernel.watching_settings import sampling_rates

CPF, EMAIL, BEARER = "529.982.247-25", "ana@cliente.com.br", "Bearer abcdef123456789"


def fail(error: Exception) -> None:
    raise error


class Output:
    """A log that can be read back line by line."""

    def __init__(self) -> None:
        self.stream = io.BytesIO()
        self.writer: LineWriter | None = None

    def text(self) -> str:
        assert self.writer is not None
        self.writer.flush()
        return self.stream.getvalue().decode()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]


@pytest.fixture
def configured() -> Iterator[Callable[..., Output]]:
    """Sets the log up anew and leaves everything as it was found."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, program_log._write_access, structlog.get_config())
    output = Output()

    def configure(log_format: str = "json", level: str = "INFO", **options: Any) -> Output:
        output.writer = configure_logging(log_format, level, stream=output.stream, cache=False, **options)
        return output

    yield configure
    if output.writer is not None:
        output.writer.close()
    root.handlers[:], program_log._write_access = before[0], before[2]
    root.setLevel(before[1])
    structlog.configure(**before[3])
    logging.captureWarnings(capture=False)


def test_lines_are_json_with_time_level_logger_and_request_id(configured) -> None:
    output = configured()
    token = current_request_id.set("request-1")
    structlog.get_logger("balcao.store").info("order_placed", order_id="o1", total_cents=990)
    current_request_id.reset(token)
    structlog.get_logger("balcao.store").warning("low_stock")
    first, second = output.lines()
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "event": "order_placed",
        "order_id": "o1",
        "total_cents": 990,
        "level": "info",
        "logger": "balcao.store",
        "request_id": "request-1",
    }
    assert second["level"] == "warning"
    assert "request_id" not in second


def test_levels_below_the_one_asked_for_are_silent(configured) -> None:
    output = configured(level="WARNING")
    structlog.get_logger("x").info("quiet")
    log_access({"event": "request"})
    structlog.get_logger("x").error("loud")
    assert [line["event"] for line in output.lines()] == ["loud"]


def test_the_libraries_speak_through_the_same_log(configured) -> None:
    output = configured()
    logging.getLogger("uvicorn.error").info("Started %s", "server")
    logging.getLogger("uvicorn.access").info("GET /secret-token")
    logging.getLogger("sqlalchemy.engine").info("SELECT 1")
    try:
        fail(ValueError(f"no such customer {EMAIL}"))
    except ValueError:
        logging.getLogger("procrastinate").exception("Job failed for %s", EMAIL)
    started, failed = output.lines()
    assert (started["event"], started["logger"]) == ("Started server", "uvicorn.error")
    assert "Traceback" in failed["exception"]
    assert EMAIL not in output.text()


def test_tracebacks_are_in_the_line_and_scrubbed(configured) -> None:
    output = configured()
    try:
        fail(RuntimeError(f"sent {BEARER} for {CPF}"))
    except RuntimeError:
        structlog.get_logger("x").exception("failed")
    (line,) = output.lines()
    assert line["level"] == "error"
    assert "RuntimeError" in line["exception"]
    assert CPF not in output.text() and "abcdef123456789" not in output.text()


def test_no_canary_survives_in_either_format(configured) -> None:
    for log_format in ("json", "console"):
        output = configured(log_format)
        structlog.get_logger("x").info(
            f"mail to {EMAIL}",
            password="canary-secret",
            nested={"api_key": "canary-secret", "note": CPF},
            listed=[EMAIL, {"token": "canary-secret"}],
            phone="+5511987654321",
            header=BEARER,
            url="postgresql://balcao:canary-secret@db/x",
            order_id="0192f0c1-1111-7222-8333-123456789012",
        )
        text = output.text()
        assert "canary-secret" not in text and CPF not in text and EMAIL not in text
        assert "abcdef123456789" not in text and "987654321" not in text
        assert "0192f0c1-1111-7222-8333-123456789012" in text


def test_the_line_of_a_request_is_written_as_given(configured) -> None:
    output = configured()
    log_access({"event": "request", "status": 200, "request_id": "r-1"})
    (line,) = output.lines()
    assert (line["logger"], line["status"], line["request_id"]) == ("balcao.access", 200, "r-1")


def test_a_sample_keeps_a_share_of_requests_and_every_warning(configured) -> None:
    output = configured(sampling={"request": 0.25, "noise": 0.0})
    for number in range(400):
        log_access({"event": "request", "request_id": f"id-{number}"})
    structlog.get_logger("x").info("noise")
    structlog.get_logger("x").warning("noise")
    logging.getLogger("lib").info("noise")
    events = [line["event"] for line in output.lines()]
    assert 50 < events.count("request") < 150
    assert events.count("noise") == 1


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "Authorization",
        "set-cookie",
        "access_token",
        "cpf",
        "document",
        "customer_phone",
        "email",
        "client_secret",
        "X-Api-Key",
        "otp",
    ],
)
def test_sensitive_fields_are_known_by_name(name: str) -> None:
    assert is_sensitive_name(name)


@pytest.mark.parametrize(
    "name", ["event", "order_id", "status", "route", "total_cents", "duration_ms", "actor"]
)
def test_plain_fields_are_left_alone(name: str) -> None:
    assert not is_sensitive_name(name)


@pytest.mark.parametrize(
    "text",
    [
        CPF,
        EMAIL,
        BEARER,
        "12.345.678/0001-95",
        "12.ABC.345/01DE-35",
        "+5511987654321",
        "(11) 98765-4321",
        "52998224725",
        "12345678000195",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijk",
        "Basic dXNlcjpwYXNzd29yZA==",
        "[parameters: {'name': 'Ana'}]",
    ],
)
def test_personal_data_is_known_by_its_look(text: str) -> None:
    scrubbed = scrub(f"before {text}\nafter")
    assert text not in scrubbed
    assert MASK in scrubbed
    assert scrubbed.startswith("before ") and scrubbed.endswith("after")


@pytest.mark.parametrize(
    "text",
    [
        "0192f0c1-1111-7222-8333-123456789012",
        "2026-11-23T10:00:00Z",
        "order 12345 paid",
        "price 99999999",
        "1.234,56",
        "v1.2.3",
    ],
)
def test_ids_dates_and_amounts_stay_readable(text: str) -> None:
    assert scrub(text) == text


def test_deep_and_odd_values_are_masked_rather_than_trusted() -> None:
    deep: Any = EMAIL
    for _ in range(10):
        deep = {"x": deep}
    event = redact(
        None, "info", {"deep": deep, "odd": ValueError(EMAIL), "many": {EMAIL}, "n": 1, "none": None}
    )
    assert EMAIL not in repr(event)
    assert (event["n"], event["none"]) == (1, None)


def test_a_slow_stream_holds_nobody_up_and_overflow_is_counted() -> None:
    gate, stream = threading.Event(), io.BytesIO()

    class Slow:
        def write(self, data: bytes) -> None:
            gate.wait(5)
            stream.write(data)

        def flush(self) -> None:
            stream.flush()

    writer = LineWriter(Slow(), max_lines=10)
    for number in range(50):
        writer.write(b"%d\n" % number)
    assert writer.dropped >= 30
    gate.set()
    writer.close()
    assert len(stream.getvalue().splitlines()) == 50 - writer.dropped


def test_a_broken_stream_does_not_end_the_writer() -> None:
    wrote = threading.Event()

    class Flaky:
        calls = 0

        def write(self, data: bytes) -> None:
            self.calls += 1
            if self.calls == 1:
                raise BrokenPipeError
            wrote.set()

        def flush(self) -> None:
            pass

    writer, stream_failed = LineWriter(Flaky()), threading.Event()
    writer.write(b"lost\n")
    for _ in range(200):
        if writer.dropped:
            break
        stream_failed.wait(0.02)
    writer.write(b"kept\n")
    assert wrote.wait(5)
    assert writer.dropped == 1
    writer.close()


def test_a_log_file_rotates_and_keeps_a_few(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "logs" / "balcao.log", max_bytes=100, keep=2)
    for number in range(5):
        file.write(bytes([65 + number]) * 60)
        file.flush()
    names = sorted(path.name for path in (tmp_path / "logs").iterdir() if path.suffix != ".lock")
    assert names == ["balcao.log", "balcao.log.1", "balcao.log.2"]
    assert (tmp_path / "logs" / "balcao.log").read_bytes() == b"E" * 60
    assert (tmp_path / "logs" / "balcao.log.2").read_bytes() == b"C" * 60


def test_processes_that_share_a_log_file_follow_each_other(tmp_path: Path) -> None:
    path = tmp_path / "balcao.log"
    one, other = (RotatingFile(path, max_bytes=100, keep=9) for _ in range(2))
    for number in range(8):
        writer = (one, other)[number % 2]
        writer.write(f"{number}".encode() * 40 + b"\n")
        writer.flush()
    kept = [part.read_text() for part in sorted(tmp_path.glob("balcao.log*")) if part.suffix != ".lock"]
    lines = [line for text in kept for line in text.splitlines()]
    assert sorted(lines) == [f"{number}" * 40 for number in range(8)]
    assert all(len(text) <= 100 for text in kept)
    path.unlink()
    one.write(b"still\n")
    one.flush()
    assert path.read_text() == "still\n"
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "wrong", ["request", "request=", "=0.5", "request=2", "request=-0.1", "request=much"]
)
def test_a_share_that_is_none_is_refused(wrong: str) -> None:
    assert sampling_rates(" request=0.1, job=0 ") == {"request": 0.1, "job": 0.0}
    with pytest.raises(ValueError, match=r"request=0\.1|float"):
        sampling_rates(wrong)
