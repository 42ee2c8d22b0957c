"""A real Celery worker on the test's database, for tests that kill it."""

import os
from datetime import timedelta

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")


def main() -> None:
    settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
    settings.MAIL_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = os.environ["TEST_MAIL"]
    django.setup()
    from events import deliveries
    from lms.celery import app
    from notifications import actions

    # What takes minutes in production: the lease of a dead worker, and the pause before a mail leaves.
    deliveries.LEASE = timedelta(seconds=3)
    actions.MAIL_WAITS = timedelta(0)
    app.worker_main(
        ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
    )


if __name__ == "__main__":
    main()
