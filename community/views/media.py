from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from community.models import Attachment, Post
from core.access import signed_in
from core.media import serve
from people.requests import PersonRequest


@signed_in
@require_safe
def attachment(request: PersonRequest, pk: int, name: str) -> HttpResponseBase:
    """A file of a post, for who may read the post; before it is posted, for who uploaded it."""
    mine = Q(post=None, user=request.user)
    readable = Q(post__in=Post.objects.readable_by(request.user))
    found = get_object_or_404(Attachment.objects.filter(mine | readable), pk=pk)
    return serve(request, found.file, content_type=found.media_type, filename=found.name)
