"""The statements of SQL that build the figures: each in a file of its own, `sql/<name>.sql`."""

from pathlib import Path


def statement(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()
