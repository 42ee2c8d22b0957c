"""Pages and live stream behind one port: `uvicorn lms.asgi:application`."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from core.bridge import Bridge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")


def body_limit(path: str) -> int:
    """Authors send films; everybody else sends words and a picture."""
    return settings.LARGEST_UPLOAD if path.startswith("/studio/") else settings.LARGEST_BODY


application = Bridge(get_wsgi_application(), body_limit)
