"""The bulletin wakes the workers of every queue there is."""

from typing import get_args

from balcao.kernel.bulletin import JOBS_CHANNELS
from balcao.kernel.job_runner import BULK_QUEUES, OUTSIDE_QUEUES, QUICK_QUEUES
from balcao.kernel.queue import QueueName


def test_every_queue_is_listened_to_and_woken() -> None:
    queues = get_args(QueueName)
    assert sorted([*QUICK_QUEUES, *OUTSIDE_QUEUES, *BULK_QUEUES]) == sorted(queues)
    assert sorted(f"procrastinate_queue_v1#{queue}" for queue in queues) == sorted(JOBS_CHANNELS)
