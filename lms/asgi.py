"""Pages and live stream behind one port: `uvicorn lms.asgi:application`."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from core.bridge import Bridge, Receive, Scope, Send

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
pages = get_wsgi_application()

from core.stream import Live  # noqa: E402


def body_limit(path: str) -> int:
    """Authors send films; everybody else sends words and a picture."""
    return settings.LARGEST_UPLOAD if path.startswith("/studio/") else settings.LARGEST_BODY


bridge = Bridge(pages, body_limit, threads=settings.WEB_THREADS, queue=settings.WEB_QUEUE)
live = Live()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == "/live/":
        await live(scope, receive, send)
        return
    await bridge(scope, receive, send)
    if scope["type"] == "lifespan":
        await live.stop()
