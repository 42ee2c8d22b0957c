from __future__ import annotations

from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from community.models import Attachment, Post
from core.access import signed_in

SHOWN_IN_PAGE = ("image/webp", "audio/mpeg", "video/mp4", "video/webm", "application/pdf")


@signed_in
@require_safe
def attachment(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """A file of a post, for who may read the post; before it is posted, for who uploaded it."""
    mine = Q(post=None, user=request.user)
    readable = Q(post__in=Post.objects.visible_to(request.user))
    found = get_object_or_404(Attachment.objects.filter(mine | readable), pk=pk)
    shown = found.media_type in SHOWN_IN_PAGE
    response = FileResponse(
        found.file.open("rb"), as_attachment=not shown, filename=found.name, content_type=found.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
