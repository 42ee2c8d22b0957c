"""The conversation beside a module: community's own part of a page, filled with one of its threads."""

from typing import Any

from django.http import HttpRequest

from community.models import Thread


def conversation_context(request: HttpRequest, thread_id: int) -> dict[str, Any]:
    """What `community/conversation.html` needs; nothing when the person may not read the thread."""
    thread = Thread.objects.visible_to(request.user).filter(pk=thread_id).first()
    if thread is None:
        return {}
    return {"thread": thread}
