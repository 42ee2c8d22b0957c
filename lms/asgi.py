"""The process of the live stream: `uvicorn lms.asgi:application`. It has no page, no thread and no database."""

import os

from django.conf import settings
from django.utils.log import configure_logging

from core.stream import Live, Receive, Scope, Send, answer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
live = Live()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["path"] == "/live/":
        await live(scope, receive, send)
    else:
        await answer(scope, send, 200 if scope["path"] == "/livez" else 404)


async def lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            await live.stop()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
