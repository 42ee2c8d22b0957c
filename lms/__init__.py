from lms.celery import app as celery_app
