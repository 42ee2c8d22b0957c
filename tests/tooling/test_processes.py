import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tooling.processes import Child, Guard, Supervisor

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parents[2]
# A child with a child of its own that ignores requests to end: the worst tenant.
STUBBORN = "trap '' TERM INT HUP; sleep 1000 & echo started $$ $!; wait; wait; sleep 1000"
SUPERVISE = """
import sys
from pathlib import Path
from tooling.processes import Child, Guard, Supervisor
names = dict(pair.split("=", 1) for pair in sys.argv[2:])
children = [Child(name, ["sh", "-c", command]) for name, command in names.items()]
write = lambda line: print(line, flush=True)
supervisor = Supervisor(children, folder=Path("."), write=write, guard=Guard(Path(sys.argv[1])), patience=1)
code = supervisor.run(lambda: supervisor.say("all started"))
supervisor.guard.dismiss()
sys.exit(code)
"""


def supervise(tmp_path, **commands):
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SUPERVISE,
            str(tmp_path),
            *(f"{name}={text}" for name, text in commands.items()),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    # A test that waits for a line that never comes ends with the supervisor.
    timer = threading.Timer(40, process.kill)
    timer.daemon = True
    timer.start()
    return process


def pids_of(process, count):
    pids = []
    while len(pids) < 2 * count:
        line = process.stdout.readline()
        assert line, "the supervisor ended early"
        if "started" in line and "all" not in line:
            pids += [int(word) for word in line.split("started")[1].split()]
    return pids


def alive(pids):
    found = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            continue
        if state != "Z":
            found.append(pid)
    return found


def all_end(pids, seconds):
    deadline = time.monotonic() + seconds
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_however_it_ends_nothing_is_left(tmp_path, number):
    process = supervise(tmp_path, one=STUBBORN, two="sleep 1000 & echo started $$ $!; wait")
    pids = pids_of(process, 2)
    assert alive(pids) == pids
    process.send_signal(number)
    if number == signal.SIGINT:
        time.sleep(0.3)
        process.send_signal(number)  # The second Ctrl-C does not wait for the stubborn one.
    assert process.wait(20) == (0 if number != signal.SIGKILL else -signal.SIGKILL)
    assert all_end(pids, 10)


def test_a_child_that_falls_comes_back(tmp_path):
    process = supervise(tmp_path, one="sleep 1000 & echo started $$ $!; wait")
    first = pids_of(process, 1)
    os.kill(first[0], signal.SIGKILL)
    second = pids_of(process, 1)
    assert set(first).isdisjoint(second)
    assert all_end(first, 5)
    process.terminate()
    assert process.wait(20) == 0


def test_a_child_that_cannot_live_ends_everything_with_a_sentence(tmp_path):
    process = supervise(
        tmp_path, good="sleep 1000 & echo started $$ $!; wait", bad="echo no such file; exit 3"
    )
    pids = pids_of(process, 1)
    said = process.stdout.read()
    assert process.wait(20) == 1
    assert " bad | no such file\n" in said
    assert "bad fell 5 times in a minute: its lines above say why." in said
    assert all_end(pids, 5)


def test_a_signal_that_comes_while_another_is_taken_blocks_nothing(tmp_path):
    guard = Guard(tmp_path)
    supervisor = Supervisor([Child("one", ["true"])], folder=tmp_path, write=print, guard=guard)
    guard.dismiss()
    with supervisor.ending._cond:  # where the first may just be
        second = threading.Thread(target=supervisor.end, args=(signal.SIGINT, None), daemon=True)
        second.start()
        second.join(5)
    assert not second.is_alive()
    assert supervisor.signals == 1
