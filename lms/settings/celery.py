"""The work outside requests: its queue, its limits and its schedule."""

from kombu import Queue

from lms.celery import broker_url
from lms.schedule import SCHEDULE
from lms.settings.house import REDIS_URL

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A message taken by a worker that died comes back after a minute, once; longer tasks must be safe to run twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 90,
    "unacked_restore_throttle": 1,
    # Without these a request waits for ever for a queue that is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 75
CELERY_TASK_IGNORE_RESULT = True
# A worker takes from all three unless told otherwise (-Q): a fleet gives each its own, so that none waits for another.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("mail"), Queue("slow")]
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {
    "events.send": {"queue": "mail"},
    "analytics.*": {"queue": "slow"},
    "people.*": {"queue": "slow"},
    "*.forget_*": {"queue": "slow"},
    "lms.check_integrity": {"queue": "slow"},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_EXPIRES = None
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULER = "lms.beat.OneAtATime"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
