"""Crashes and restarted databases while people type, for CODEWITHME_SOAK_MINUTES (0.5) on SQLite and as long on PostgreSQL.

Load: two people in five tabs on two documents, 80 keys a second each, for up to a second before each blow. Prints how many blows
there were and how long everybody needed at most to be together again; the first thing lost or doubled ends it with an error.
CODEWITHME_CRASH_SEED repeats a run as far as chance goes.
"""

import asyncio
import os
import platform
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "integration"))

from crashes import Interview, database_restarted, interview, killed

from postgres import PostgresCluster, find_programs, postgres_cluster
from server import interview_server

MINUTES = float(os.environ.get("CODEWITHME_SOAK_MINUTES", "0.5"))
MACHINE = f"{platform.machine()}, {os.cpu_count()} cores"


async def soak(what: str, folder: Path, chance: random.Random, database: PostgresCluster | None = None) -> None:
    """Blow after blow until the time is over."""
    options = [] if database is None else [f"--database-url={database.create('soak')}"]
    ends = time.monotonic() + MINUTES * 60
    blows = 0
    with interview_server(folder, *options) as server:
        async with interview(server, chance) as people:
            while time.monotonic() < ends:
                await blow(people, chance, database)
                blows += 1
            slowest_s = people.slowest_resync_s
    print(f"| {what}: crashes with nothing lost or doubled | {blows} | | | {MACHINE} |")
    print(
        f"| {what}: everybody together again after a crash, at most | {slowest_s:.2f} | | s | {MACHINE} |", flush=True
    )


async def blow(people: Interview, chance: random.Random, database: PostgresCluster | None) -> None:
    if database is not None and chance.random() < 0.5:
        await database_restarted(people, database, is_killed=chance.random() < 0.5)
    else:
        await killed(people)


if __name__ == "__main__":
    seed = int(os.environ.get("CODEWITHME_CRASH_SEED") or random.randrange(2**32))
    print(f"CODEWITHME_CRASH_SEED={seed}", file=sys.stderr)
    programs = find_programs()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(soak("SQLite", Path(folder) / "sqlite", random.Random(seed)))
        if programs is None:
            sys.exit("PostgreSQL's programs are missing. Install them: apt-get install postgresql")
        with postgres_cluster(programs, settings=("fsync=off",)) as database:
            asyncio.run(soak("PostgreSQL", Path(folder) / "postgresql", random.Random(seed), database))
