"""How fast contacts may leave: a token bucket that all workers share, kept below what GoHighLevel allows.

Documented: 100 requests in 10 seconds and 200,000 a day for each app and account; answers of 429 were reported well below
that for private tokens. So: begin at 8 a second, a quarter less on a 429, and climb back slowly (contacts specification, 1.2 and 8).
Pure arithmetic; crm_access.py keeps the bucket.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from balcao.ports.crm import CrmLimits

FULL_RATE: Final = 8.0
SLOWEST_RATE: Final = 1.0
SLOWER: Final = 0.75
BURST_SECONDS: Final = 1.0
"""What an idle bucket gathers. 1 s × 8/s + 10 s × 8/s = 88 in any ten seconds, under the 100 allowed."""
CLIMB: Final = 0.5
CLIMB_EVERY: Final = timedelta(seconds=10)
ALMOST_EMPTY: Final = 5
"""Fewer requests than this left in the interval: wait for the next one."""
DEFAULT_INTERVAL_SECONDS: Final = 10.0
LONGEST_STRIKE_SECONDS: Final = 60.0
DAILY_LIMIT: Final = 200_000
DAILY_FLOOR: Final = 0.02
DAILY_PAUSE: Final = timedelta(hours=1)
"""When the day's quota begins anew is not documented: look again after an hour."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """`tokens` requests may leave at `at`, and `rate` more each second. Nothing leaves before `blocked_until`.

    `strikes` counts answers of 429 in a row; `rate_changed_at` is when the rate last moved.
    """

    tokens: float
    at: datetime
    rate: float = FULL_RATE
    rate_changed_at: datetime | None = None
    strikes: int = 0
    blocked_until: datetime | None = None

    @property
    def capacity(self) -> float:
        """The most it holds: never under one, or nothing would ever leave."""
        return max(1.0, self.rate * BURST_SECONDS)


@dataclass(frozen=True, slots=True)
class Grant:
    """How many requests may leave now, and the seconds until more may when that is fewer than wanted."""

    count: int
    wait: float


def refilled(bucket: Bucket, now: datetime) -> Bucket:
    """The bucket at a later moment. A clock that went back changes nothing."""
    passed = (now - bucket.at).total_seconds()
    if passed <= 0:
        return bucket
    return replace(bucket, tokens=min(bucket.capacity, bucket.tokens + passed * bucket.rate), at=now)


def take(bucket: Bucket, wanted: int, now: datetime, *, least: int = 1) -> tuple[Bucket, Grant]:
    """Takes up to `wanted` whole tokens, or none when there are fewer than `least` (as far as it holds so many)."""
    if bucket.blocked_until is not None and bucket.blocked_until > now:
        return bucket, Grant(0, (bucket.blocked_until - now).total_seconds())
    full = refilled(bucket, now)
    count = min(wanted, math.floor(full.tokens + 1e-9))
    enough = min(least, math.floor(full.capacity))
    if count < enough:
        return replace(full, blocked_until=None), Grant(0, (enough - full.tokens) / full.rate)
    left = replace(full, tokens=max(0.0, full.tokens - count), blocked_until=None)
    wait = 0.0 if count == wanted else (1.0 - left.tokens) / left.rate
    return left, Grant(count, wait)


def after_answer(bucket: Bucket, limits: CrmLimits, now: datetime) -> Bucket:
    """The bucket after an answer that was not 429: calm lets the rate climb, an almost empty interval is waited out."""
    calm = replace(bucket, strikes=0)
    last = calm.rate_changed_at
    if calm.rate < FULL_RATE and (last is None or now - last >= CLIMB_EVERY):
        calm = replace(calm, rate=min(FULL_RATE, calm.rate + CLIMB), rate_changed_at=now)
    if limits.remaining is not None and limits.remaining < ALMOST_EMPTY:
        pause = timedelta(seconds=limits.interval or DEFAULT_INTERVAL_SECONDS)
        calm = replace(calm, blocked_until=_later(calm.blocked_until, now + pause))
    return calm


def after_busy(bucket: Bucket, limits: CrmLimits, now: datetime, *, jitter: float | None = None) -> Bucket:
    """The bucket after a 429: a lower rate, and a pause of what it asked for, else of its interval, else 1, 2, 4 … 60 s.

    Answers that arrive together count as one: the rate does not fall again while the pause of the first lasts.
    """
    wait = limits.retry_after if limits.retry_after is not None else limits.interval
    if wait is None:
        share = random.uniform(1.0, 1.25) if jitter is None else jitter
        wait = min(LONGEST_STRIKE_SECONDS, 2.0**bucket.strikes * share)
    until = now + timedelta(seconds=max(wait, 0.25))
    if bucket.blocked_until is not None and bucket.blocked_until > now:
        return replace(bucket, blocked_until=_later(bucket.blocked_until, until), tokens=0.0, at=now)
    return replace(
        bucket,
        rate=max(SLOWEST_RATE, bucket.rate * SLOWER),
        rate_changed_at=now,
        strikes=min(bucket.strikes + 1, 10),
        tokens=0.0,
        at=now,
        blocked_until=until,
    )


def is_day_spent(limits: CrmLimits) -> bool:
    """Whether less than 2 % of the day's quota is left: the rest belongs to the account's other programs."""
    if limits.daily_remaining is None:
        return False
    return limits.daily_remaining < (limits.daily_limit or DAILY_LIMIT) * DAILY_FLOOR


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sending will take: requests, whole minutes at the present rate, and its share of a day's quota in per cent."""

    contacts: int
    requests: int
    minutes: int
    daily_share_pct: float


def estimate(
    contacts: int, *, safe_mode: bool, rate: float = FULL_RATE, daily_limit: int | None = None
) -> Estimate:
    """One request a contact (two in safe mode), and one for the tags of every hundred."""
    requests = contacts * (2 if safe_mode else 1) + math.ceil(contacts / 100)
    share = 100 * requests / (daily_limit or DAILY_LIMIT)
    return Estimate(contacts, requests, math.ceil(requests / rate / 60), round(share, 1))


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None or other > one else one
