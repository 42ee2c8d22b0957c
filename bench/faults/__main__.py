"""make faults: hurts the running processes under load and counts what was lost. Prints a table, writes a page."""

import argparse
import os
import random
import signal
import sys
import time
from pathlib import Path

from bench.faults.house import House
from bench.system import ROOT

MUTANTS = "\n## What the tests see\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each fault once, with shorter pauses")
    parser.add_argument("--only", default="", help="faults whose name holds these words, for instance Valkey")
    parser.add_argument("--minutes", type=float, default=7, help="how long faults are repeated at random")
    parser.add_argument("--seed", type=int, default=None, help="repeats the choices of a run")
    parser.add_argument("--output", type=Path, help="docs/reliability.md after a full run")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    say(f"seed {seed}")
    # Whoever ends this run ends what it started, too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    house = House()
    try:
        house.begin()
        import django

        django.setup()
        from bench.faults.run import Run

        run = Run(house, random.Random(seed), seed, options.quick, options.only, options.minutes, say)
        found = run.everything()
    except BaseException:
        print("\n".join(house.logs("")[-60:]), flush=True)
        raise
    finally:
        house.end()
    print(f"\n{found.page}", flush=True)
    full = not options.quick and not options.only
    output = options.output or (ROOT / "docs" / "reliability.md" if full else None)
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        # What `make mutants` has to say stands below, and stays.
        _, below, mutants = (output.read_text("utf-8") if output.exists() else "").partition(MUTANTS)
        output.write_text(f"{found.page}{below}{mutants}", encoding="utf-8")
    return found.code


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)


if __name__ == "__main__":
    os.environ.pop("PALABRE_TEST", None)
    sys.exit(main())
