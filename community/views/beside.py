"""The conversation that stands beside something else: a module, a quiz question, an assignment."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from community.forms import PostForm
from community.queries.conversation import conversation_page
from community.queries.threads import thread_for
from community.views.threads import draft_of, watch_state
from core.live import listen
from people.requests import PersonRequest


def conversation_beside(
    request: PersonRequest, thread_id: int, *, has_film: bool = False, title: str = ""
) -> dict[str, Any]:
    """The context of `{% include "community/conversation.html" %}`; empty when the person may not read it.

    `?talk=unanswered` in the page's address keeps the posts nobody has replied to. `has_film` offers to tie
    what is written to the moment that plays; `title` says what is talked about, where the page does not. What is
    shown counts as read when it comes on screen, not before: on a phone the conversation waits in a sheet.
    """
    thread = thread_for(request.user, thread_id)
    if thread is None:
        return {}
    listen(request, f"thread:{thread.pk}")
    asked = "unanswered" if request.GET.get("talk") == "unanswered" else "all"
    talk = conversation_page(
        thread, request.user, page=request.GET.get("talk_page", 1), asked=asked, narrow=True
    )
    form = PostForm(initial=draft_of(thread), auto_id=f"beside_{thread.pk}_%s")
    return {
        "conversation": {
            "talk": talk,
            "thread": thread,
            "form": form,
            "has_film": has_film,
            "title": title or _("Conversation"),
            "watch_state": watch_state(thread),
            "path": request.path,
        }
    }
