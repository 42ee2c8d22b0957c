"""Everything that happens by itself, and when: the only place that says it. Times are UTC.

Each entry names a task of an app. A wake-up that was lost is found by the next one, so a task here asks
"what is due?" and never relies on having run at a given minute.
"""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "worker-alive": {"task": "lms.say_alive", "schedule": 30.0, "options": {"expires": 30}},
}
