"""How much memory an idle stream costs, and how long one piece of news takes to reach all of them.

python -m bench.streams [number of streams]
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")

PORT = 8765
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def resident_kilobytes(process: subprocess.Popen) -> float:
    return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * PAGE_BYTES / 1024


async def open_stream(token: str) -> asyncio.StreamReader:
    for _ in range(100):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=4096)
            break
        except OSError:
            await asyncio.sleep(0.2)
    else:
        raise RuntimeError("the server did not start")
    writer.write(f"GET /live/?token={token} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    await hear(reader, b"event: hello")
    reader.keep = writer  # type: ignore[attr-defined]
    return reader


async def hear(reader: asyncio.StreamReader, wanted: bytes) -> float:
    while wanted not in await reader.readline():
        pass
    return time.perf_counter()


async def measure(number: int, server: subprocess.Popen) -> None:
    from core import live

    first = [await open_stream(live.token_for(n, [f"user:{n}", "space:1"])) for n in range(20)]
    before = resident_kilobytes(server)
    rest = [await open_stream(live.token_for(n, [f"user:{n}", "space:1"])) for n in range(20, 20 + number)]
    each = (resident_kilobytes(server) - before) / number
    delays = []
    for _ in range(5):
        heard = [asyncio.create_task(hear(reader, b"event: changed")) for reader in [*first, *rest]]
        await asyncio.sleep(1)
        told = time.perf_counter()
        live._send(json.dumps(["space:1", "changed", {}]))
        delays += [moment - told for moment in await asyncio.gather(*heard)]
    delays.sort()
    print(f"{number} streams: {each:.1f} kB each; news after {delays[len(delays) // 2] * 1000:.0f} ms "
          f"(median), {delays[int(len(delays) * 0.95)] * 1000:.0f} ms (p95)")  # fmt: skip


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
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
