"""Spaces and talk for programs: the same rule for reading, the same actions for writing."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.response import Response
from rest_framework.views import APIView

from community import actions
from community.api import serializers as shapes
from community.models import Choice, Post, Reaction, Space, Thread
from community.queries.conversation import one_post
from community.queries.posts import cards_of, shown_posts
from community.queries.spaces import space_for
from community.queries.threads import rows_of_space, thread_for, thread_row, thread_rows
from community.rules import Seat, seat_in
from core.api import cleaned
from core.numbers import whole
from people.requests import PersonApiRequest

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    uuid.UUID,
    OpenApiParameter.HEADER,
    description="A repeat answers with the first result.",
)


def key_of(request: PersonApiRequest, given: uuid.UUID | None) -> uuid.UUID | None:
    header = request.headers.get("Idempotency-Key")
    if not header:
        return given
    try:
        return uuid.UUID(header)
    except ValueError as error:
        raise ValidationError({"Idempotency-Key": ["A UUID is expected."]}) from error


def readable_space(request: PersonApiRequest, slug: str) -> Space:
    return get_object_or_404(Space.objects.readable_by(request.user), slug=slug)


def readable_thread(request: PersonApiRequest, pk: int) -> Thread:
    return get_object_or_404(Thread.objects.visible_to(request.user).select_related("space"), pk=pk)


def readable_post(request: PersonApiRequest, pk: int) -> Post:
    posts = Post.objects.visible_to(request.user).select_related("thread__space", "author")
    return get_object_or_404(posts, pk=pk)


def post_data(request: PersonApiRequest, post: Post) -> dict[str, Any]:
    """The card of a post that the person may read."""
    talk = one_post(post.pk, thread_for(request.user, post.thread_id), request.user)
    return shapes.PostSerializer(talk.posts[0]).data


class Spaces(ListAPIView):
    """The spaces one may know of: one's own, and those of the organisation that don't hide."""

    request: PersonApiRequest
    access = "signed_in"
    serializer_class = shapes.SpaceSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Space.objects.none()
        return Space.objects.visible_to(self.request.user).listed()

    @extend_schema(
        request=shapes.SpaceSerializer, responses={201: shapes.SpaceSerializer}, parameters=[KEY_HEADER]
    )
    def post(self, request: PersonApiRequest) -> Response:
        data = cleaned(shapes.SpaceSerializer, request)
        person: Any = request.user
        space = actions.create_space(person.organisation, by=person, key=key_of(request, None), **data)
        return Response(shapes.SpaceSerializer(space).data, status=201)


class SpaceDetail(APIView):
    access = "signed_in"

    @extend_schema(responses=shapes.SpaceSerializer)
    def get(self, request: PersonApiRequest, slug: str) -> Response:
        space = space_for(request.user, slug)
        if space is None:
            raise Http404
        return Response(shapes.SpaceSerializer(space).data)

    @extend_schema(request=shapes.SpaceSerializer(partial=True), responses=shapes.SpaceSerializer)
    def patch(self, request: PersonApiRequest, slug: str) -> Response:
        space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
        changes = cleaned(shapes.SpaceSerializer, request, instance=space, partial=True)
        return Response(shapes.SpaceSerializer(actions.change_space(space, by=request.user, **changes)).data)


class MembershipDetail(APIView):
    """One's own seat in a space."""

    access = "signed_in"

    @extend_schema(request=shapes.JoiningSerializer, responses=shapes.MembershipSerializer)
    def put(self, request: PersonApiRequest, slug: str) -> Response:
        space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
        data = cleaned(shapes.JoiningSerializer, request)
        accepted = {"charter_accepted": data["charter_accepted"], "edition": data["charter_edition"]}
        membership = actions.join_space(space, user=request.user, **accepted)
        return Response(shapes.MembershipSerializer(membership).data)

    @extend_schema(responses={204: None})
    def delete(self, request: PersonApiRequest, slug: str) -> Response:
        actions.leave_space(
            get_object_or_404(Space.objects.visible_to(request.user), slug=slug), user=request.user
        )
        return Response(status=204)


class Threads(ListAPIView):
    """The discussions of a space; `kind`, `show`, `sort` and `words` filter them as on the page."""

    request: PersonApiRequest
    access = "signed_in"
    serializer_class = shapes.ThreadSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Thread.objects.none()
        asked = {name: self.request.query_params.get(name, "") for name in ("kind", "show", "sort", "words")}
        return rows_of_space(readable_space(self.request, self.kwargs["slug"]), self.request.user, **asked)

    def paginate_queryset(self, queryset):
        return thread_rows(super().paginate_queryset(queryset) or ())

    @extend_schema(
        request=shapes.NewThreadSerializer, responses={201: shapes.ThreadSerializer}, parameters=[KEY_HEADER]
    )
    def post(self, request: PersonApiRequest, slug: str) -> Response:
        space = readable_space(request, slug)
        data = cleaned(shapes.NewThreadSerializer, request)
        key = key_of(request, data.pop("key", None))
        thread = actions.start_thread(space, author=request.user, key=key, **data)
        return Response(thread_data(request, thread.pk), status=201)


def thread_data(request: PersonApiRequest, pk: int) -> dict[str, Any]:
    thread = readable_thread(request, pk)
    return shapes.ThreadSerializer(thread_row(thread.space_id, request.user, pk)).data


class ThreadDetail(APIView):
    access = "signed_in"

    @extend_schema(responses=shapes.ThreadSerializer)
    def get(self, request: PersonApiRequest, pk: int) -> Response:
        return Response(thread_data(request, pk))


class ResolutionDetail(APIView):
    """The accepted answer of a thread."""

    access = "signed_in"

    @extend_schema(request=shapes.AcceptedAnswerSerializer, responses=shapes.ThreadSerializer)
    def put(self, request: PersonApiRequest, pk: int) -> Response:
        thread = readable_thread(request, pk)
        post = readable_post(request, cleaned(shapes.AcceptedAnswerSerializer, request)["post"])
        actions.accept_answer(get_object_or_404(thread.posts, pk=post.pk), by=request.user)
        return Response(thread_data(request, pk))

    @extend_schema(responses={204: None})
    def delete(self, request: PersonApiRequest, pk: int) -> Response:
        actions.unaccept_answer(readable_thread(request, pk), by=request.user)
        return Response(status=204)


class VoteDetail(APIView):
    """One's own choice in a case or a poll."""

    access = "signed_in"

    @extend_schema(request=shapes.VoteSerializer, responses=shapes.VoteSerializer)
    def put(self, request: PersonApiRequest, pk: int) -> Response:
        thread = readable_thread(request, pk)
        wanted = cleaned(shapes.VoteSerializer, request)["choice"]
        choice = get_object_or_404(Choice.objects.select_related("thread__space"), pk=wanted, thread=thread)
        found = actions.vote(choice, user=request.user)
        return Response({"choice": found.choice_id})


class Posts(ListAPIView):
    """The posts of a thread, in the order of their numbers; `after` keeps those with a higher number."""

    request: PersonApiRequest
    access = "signed_in"
    serializer_class = shapes.PostSerializer

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Post.objects.none()
        after = whole(self.request.query_params.get("after"))
        posts = shown_posts(self.thread, self.seat, published_only=True).order_by("number")
        return posts if after is None else posts.filter(number__gt=after)

    def paginate_queryset(self, queryset):
        return cards_of(super().paginate_queryset(queryset) or (), self.thread, self.seat)

    @cached_property
    def thread(self) -> Any:
        found = thread_for(self.request.user, self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    @property
    def seat(self) -> Seat:
        return seat_in(self.thread, self.request.user)

    @extend_schema(
        request=shapes.NewPostSerializer, responses={201: shapes.PostSerializer}, parameters=[KEY_HEADER]
    )
    def post(self, request: PersonApiRequest, pk: int) -> Response:
        thread = readable_thread(request, pk)
        data = cleaned(shapes.NewPostSerializer, request)
        parent = readable_post(request, data["parent"]) if data.get("parent") else None
        post = actions.write_post(
            thread, author=request.user, body=data["body"], parent=parent, moment=data.get("moment"),
            key=key_of(request, data.get("key")),
        )  # fmt: skip
        return Response(post_data(request, post), status=201)


class PostDetail(APIView):
    access = "signed_in"

    @extend_schema(responses=shapes.PostSerializer)
    def get(self, request: PersonApiRequest, pk: int) -> Response:
        return Response(post_data(request, readable_post(request, pk)))

    @extend_schema(request=shapes.PostChangeSerializer, responses=shapes.PostSerializer)
    def patch(self, request: PersonApiRequest, pk: int) -> Response:
        post = readable_post(request, pk)
        body = cleaned(shapes.PostChangeSerializer, request)["body"]
        return Response(post_data(request, actions.edit_post(post, by=request.user, body=body)))

    @extend_schema(responses={204: None})
    def delete(self, request: PersonApiRequest, pk: int) -> Response:
        actions.delete_post(readable_post(request, pk), by=request.user)
        return Response(status=204)


class ReactionDetail(APIView):
    """One's own reaction to a post: useful, thanks, learned or question."""

    access = "signed_in"

    @extend_schema(request=None, responses=shapes.ReactionsSerializer)
    def put(self, request: PersonApiRequest, pk: int, kind: str) -> Response:
        return self._answer(request, actions.react(readable_post(request, pk), user=request.user, kind=kind))

    @extend_schema(responses=shapes.ReactionsSerializer)
    def delete(self, request: PersonApiRequest, pk: int, kind: str) -> Response:
        return self._answer(
            request, actions.unreact(readable_post(request, pk), user=request.user, kind=kind)
        )

    def _answer(self, request: PersonApiRequest, post: Post) -> Response:
        mine = (
            Reaction.objects.filter(post=post, user=request.user.pk)
            .order_by("kind")
            .values_list("kind", flat=True)
        )
        return Response({"useful_count": post.useful_count, "mine": list(mine)})


class Flags(APIView):
    """Ask the facilitators to look at a post."""

    access = "signed_in"

    @extend_schema(request=shapes.FlagSerializer, responses={201: shapes.FlagSerializer})
    def post(self, request: PersonApiRequest, pk: int) -> Response:
        post = readable_post(request, pk)
        flag = actions.flag_post(post, by=request.user, **cleaned(shapes.FlagSerializer, request))
        return Response(shapes.FlagSerializer(flag).data, status=201)
