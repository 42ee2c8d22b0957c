"""Unread posts of a reader: what others wrote past the number they have read to, and that still stands.

One definition for every list and count; `PostCard.is_new` says the same of a post on its page.
"""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from community.models import Post, ReadState


def read_to(reader: int, thread: str = "pk") -> Coalesce:
    """How far the person of this number has read the thread that `thread` leads to; 0 where they never were."""
    found = ReadState.objects.filter(thread=OuterRef(thread), user=reader).values("last_number")[:1]
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def unread_posts(reader: int, thread: str = "pk") -> QuerySet[Post]:
    """For rows that carry `read_to`."""
    past = Post.objects.published().filter(thread=OuterRef(thread), number__gt=OuterRef("read_to"))
    return past.exclude(author=reader)


def number_unread(reader: int, thread: str = "pk") -> Coalesce:
    counted = unread_posts(reader, thread).order_by().values("thread").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)
