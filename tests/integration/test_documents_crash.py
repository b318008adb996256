"""Nothing acknowledged is lost or doubled, whatever happens to the server, its disk and its database (faults 1, 7 and 9).

CODEWITHME_CRASH_SEED repeats a run as far as chance goes; the seed of a failed run is in its output.
"""

import os
import random
from pathlib import Path

import pytest
from crashes import database_restarted, disk_filled, interview, killed

from postgres import PostgresCluster
from server import InterviewServer, interview_server

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def chance() -> random.Random:
    """What decides when something happens."""
    seed = int(os.environ.get("CODEWITHME_CRASH_SEED") or random.randrange(2**32))
    print(f"CODEWITHME_CRASH_SEED={seed}")
    return random.Random(seed)


async def test_fault_1_what_was_acknowledged_outlives_kill_9(
    own_server: InterviewServer, chance: random.Random
) -> None:
    async with interview(own_server, chance) as people:
        for _ in range(6):
            await killed(people)


async def test_fault_7_what_was_acknowledged_outlives_a_full_disk(
    tmp_path: Path, small_disk: Path, chance: random.Random
) -> None:
    with interview_server(small_disk / "server", log_dir=tmp_path) as server:
        async with interview(server, chance) as people:
            for is_killed in (False, True, False, True):
                await disk_filled(people, small_disk, is_killed=is_killed)


async def test_fault_9_what_was_acknowledged_outlives_a_restart_of_the_database(
    tmp_path: Path, cluster: PostgresCluster, chance: random.Random
) -> None:
    with interview_server(tmp_path / "server", f"--database-url={cluster.create('interviews')}") as server:
        async with interview(server, chance) as people:
            for is_killed in (False, True, False, True, False, True):
                await database_restarted(people, cluster, is_killed=is_killed)
