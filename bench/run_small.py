"""python -m bench.run_small FOLDER: seeds the academy of the first size that stands beside a larger one."""

import sys
import time
from pathlib import Path

from bench.run import prepare
from bench.system import System

if __name__ == "__main__":
    system = System(Path(sys.argv[1]))
    system.start_servers()
    prepare(system, 1, time.monotonic() + 600)
