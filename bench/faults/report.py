"""The table of results, printed and written to docs/reliability.md."""

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

# What stands around the results, and how to read them.
PAGE = (Path(__file__).parent / "report.md").read_text()


@dataclass
class Row:
    name: str
    times: int = 0
    acknowledged: int = 0
    lost: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    write: float | None = None
    work: float | None = None
    write_within: float | None = None
    work_within: float | None = None
    wrong: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        late = [
            f"{name} late"
            for name, took, bound in (
                ("write", self.write, self.write_within),
                ("work", self.work, self.work_within),
            )
            if took is not None and bound is not None and took > bound
        ]
        bad = [*(["lost"] if self.lost else []), *(["doubled"] if self.doubled else []), *late, *self.wrong]
        return "; ".join(dict.fromkeys(bad)) or "holds"

    def cells(self) -> list[str]:
        return [
            self.name,
            str(self.times),
            f"{self.acknowledged:,}" if self.acknowledged else "–",
            str(len(self.lost)),
            str(len(self.doubled)),
            _seconds(self.write, self.write_within),
            _seconds(self.work, self.work_within),
            self.verdict,
        ]


def _seconds(took: float | None, bound: float | None) -> str:
    return "–" if took is None else f"{took:.1f}" + (f" (≤ {bound:g})" if bound else "")


def table(rows: list[Row]) -> str:
    lines = [
        "| Fault | times | acknowledged | lost | doubled | write, s | work, s | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *("| " + " | ".join(row.cells()) + " |" for row in rows)])


def machine(servers: dict[str, str]) -> str:
    facts = {
        "cores": str(os.cpu_count()),
        "Python": platform.python_version(),
        **servers,
        **{name: version(name) for name in ("Django", "celery", "granian", "uvicorn", "psycopg", "redis")},
    }
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def page(rows: list[Row], totals: list[str], skipped: dict[str, str], facts: str) -> str:
    parts = [table(rows), "", *(f"- {line}" for line in totals), "", f"Machine: {facts}.", ""]
    if skipped:
        parts += ["Skipped here:", "", *(f"- {name}: {why}." for name, why in skipped.items()), ""]
    return PAGE.format(results="\n".join(parts))


def verdict(rows: list[Row]) -> int:
    """The exit code: 0 when every row holds."""
    return int(any(row.verdict != "holds" for row in rows))


def servers(house: Any) -> dict[str, str]:
    with house.connect() as connection:
        row = connection.execute("SHOW server_version").fetchone()
    info = house.redis().info("server")
    return {"PostgreSQL": row[0].split()[0], "Valkey": info.get("valkey_version", info["redis_version"])}
