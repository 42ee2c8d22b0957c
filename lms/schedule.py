"""Everything that happens by itself, and when: the only place that says it. Times are UTC.

Each entry names a task of an app. A wake-up that was lost is found by the next one, so a task here asks
"what is due?" and never relies on having run at a given minute.
"""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    # Find what a lost wake-up left; a tick that nobody took in time is worth nothing, the next one does its work.
    "read-events": {"task": "events.read", "schedule": 10.0, "options": {"expires": 10}},
    "send-deliveries": {"task": "events.send", "schedule": 10.0, "options": {"expires": 10}},
    "send-digests": {"task": "notifications.send_digests", "schedule": crontab(minute="5")},
    "remind-of-deadlines": {
        "task": "notifications.remind_of_deadlines",
        "schedule": crontab(hour="5", minute="15"),
    },
    "forget-deliveries": {"task": "events.forget_deliveries", "schedule": crontab(hour="3", minute="20")},
    # A figure is at most a few minutes old; each day gets its roster soon after it begins.
    "count-dirty-days": {
        "task": "analytics.rebuild_dirty_days",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "open-days": {"task": "analytics.mark_missing_days", "schedule": crontab(minute="7,37")},
    "fill-exports": {"task": "people.fill_waiting_exports", "schedule": crontab(minute="*/10")},
    # A week after they asked, and after the night's backup.
    "erase-people": {"task": "people.carry_out_erasures", "schedule": crontab(hour="4", minute="40")},
    "forget-orphans": {"task": "community.forget_orphans", "schedule": crontab(hour="3", minute="50")},
    "forget-lesson-files": {
        "task": "courses.forget_unused_files",
        "schedule": crontab(hour="4", minute="5"),
    },
    # A worker that starts asks for it too (lms.tasks): this finds what it left.
    "render-posts-again": {"task": "community.render_posts_again", "schedule": crontab(hour="4", minute="5")},
    "forget-files": {"task": "lms.forget_files", "schedule": crontab(hour="4", minute="20")},
    "check-integrity": {"task": "lms.check_integrity", "schedule": crontab(hour="2", minute="30")},
    "worker-alive": {"task": "lms.say_alive", "schedule": 30.0, "options": {"expires": 30}},
}
