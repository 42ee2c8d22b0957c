"""How much memory an idle stream costs, and how long news takes to reach them when 50 posts a second are written.

python -m bench.streams [number of streams] prints JSON. A stream hears one of twenty spaces, as people do.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from bench.system import free_port

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

PORT, HOST = free_port(), os.environ.get("ALLOWED_HOSTS", "localhost")
PER_SECOND, SECONDS, SPACES = 50, 10, 20
NUMBER = re.compile(rb'"n": ?(\d+)')
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def resident_kilobytes(process: subprocess.Popen) -> float:
    return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * PAGE_BYTES / 1024


async def open_stream(token: str) -> asyncio.StreamReader:
    for _ in range(100):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=1 << 16)
            break
        except OSError:
            await asyncio.sleep(0.2)
    else:
        raise RuntimeError("the server did not start")
    writer.write(f"GET /live/?token={token} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    await hear(reader, b"event: hello")
    reader.keep = writer  # type: ignore[attr-defined]  # else it is collected, and the stream with it
    return reader


async def hear(reader: asyncio.StreamReader, wanted: bytes) -> float:
    while wanted not in (line := await reader.readline()):
        if not line:
            raise RuntimeError("the server closed the stream")
    return time.perf_counter()


async def measure(number: int, server: subprocess.Popen) -> None:
    from core import live

    first = [await open_stream(live.token_for(n, [f"user:{n}", f"space:{n % SPACES}"])) for n in range(20)]
    before = resident_kilobytes(server)
    rest = [
        await open_stream(live.token_for(n, [f"user:{n}", f"space:{n % SPACES}"]))
        for n in range(20, 20 + number)
    ]
    each = (resident_kilobytes(server) - before) / number
    delays = await delays_under_load([*first, *rest])
    delays.sort()
    found = {
        "streams": number,
        "kilobytes_each": round(each, 1),
        "per_second": PER_SECOND,
        "delivered": len(delays),
        "p50_ms": round(delays[len(delays) // 2] * 1000),
        "p95_ms": round(delays[int(len(delays) * 0.95)] * 1000),
    }
    print(json.dumps(found))


async def delays_under_load(readers: list[asyncio.StreamReader]) -> list[float]:
    """Tell of a post 50 times a second for ten seconds; the delay of each piece of news at each stream."""
    from core import live

    told: dict[int, float] = {}
    delays: list[float] = []

    async def listen(reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            if (found := NUMBER.search(line)) is not None:
                delays.append(time.perf_counter() - told[int(found[1])])

    listening = [asyncio.create_task(listen(reader)) for reader in readers]
    started = time.perf_counter()
    for number in range(PER_SECOND * SECONDS):
        await asyncio.sleep(max(0, started + number / PER_SECOND - time.perf_counter()))
        told[number] = time.perf_counter()
        live._send(json.dumps([f"space:{number % SPACES}", "changed", {"n": number}]))
    await asyncio.sleep(3)
    for task in listening:
        task.cancel()
    return delays


def main() -> None:
    import django

    django.setup()
    command = [
        "uvicorn",
        "lms.asgi:application",
        "--port",
        str(PORT),
        "--no-access-log",
        "--log-level",
        "error",
    ]
    server = subprocess.Popen([sys.executable, "-m", *command])
    try:
        asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, server))
    finally:
        server.kill()  # It would wait for its streams to end.
        server.wait()


if __name__ == "__main__":
    main()
