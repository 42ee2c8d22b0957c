"""make bench-compare A=before.json B=after.json: what changed between two runs, beyond their spread."""

import json
import sys
from pathlib import Path


def main(before: Path, after: Path) -> None:
    old, new = json.loads(before.read_text()), json.loads(after.read_text())
    print(f"{old['commit']} (size {old['size']}) → {new['commit']} (size {new['size']})\n")
    print("| | × empty before | after | change | queries |\n|---|---|---|---|---|")
    for name, was in old["cases"].items():
        now = new["cases"].get(name)
        if now is None:
            continue
        a, b = was["ratio"], now["ratio"]
        apart = b["low"] > a["high"] or b["high"] < a["low"]
        change = f"{b['median'] / a['median']:.2f} ×" if apart else "within the spread"
        print(
            f"| {name} | {a['median']:.2f} | {b['median']:.2f} | {change} | {was['queries']} → {now['queries']} |"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
