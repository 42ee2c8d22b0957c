from __future__ import annotations

from typing import Any

from rest_framework import serializers

from community.models import Flag, Membership, Space, Thread
from people.queries.person_card import PersonCard


class PersonSerializer(serializers.Serializer):
    """All that the API says of people: name, handle and standing, from a `PersonCard`."""

    name = serializers.CharField()
    handle = serializers.CharField()
    standing = serializers.SerializerMethodField()

    def get_standing(self, person: PersonCard) -> dict[str, str]:
        return {name: getattr(person, name) or "" for name in ("role", "expertise", "recognition")}


class SpaceSerializer(serializers.ModelSerializer):
    my_role = serializers.CharField(read_only=True, allow_null=True, default=None)
    charter_edition = serializers.CharField(read_only=True)

    class Meta:
        model = Space
        fields = [
            "slug", "name", "purpose", "charter", "charter_edition", "visibility", "colour", "language", "created_at",
            "archived_at", "my_role",
        ]  # fmt: skip
        read_only_fields = ["slug", "created_at", "archived_at"]


class JoiningSerializer(serializers.Serializer):
    charter_accepted = serializers.BooleanField(default=False)
    charter_edition = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="The `charter_edition` of the space that was read: refused where the charter reads otherwise now.",
    )
    message = serializers.CharField(max_length=600, required=False, allow_blank=True, default="")


class MembershipSerializer(serializers.ModelSerializer):
    class Meta:
        model = Membership
        fields = ["role", "notify", "charter_accepted_at", "joined_at"]


class ThreadSerializer(serializers.Serializer):
    """A `ThreadRow`: what the list of a space shows."""

    id = serializers.IntegerField(source="pk")
    space = serializers.SlugField()
    kind = serializers.ChoiceField(choices=Thread.Kind.choices)
    title = serializers.CharField()
    language = serializers.CharField()
    author = PersonSerializer(allow_null=True)
    gate = serializers.ChoiceField(choices=Thread.Gate.choices)
    number_of_posts = serializers.IntegerField()
    last_number = serializers.IntegerField()
    last_post_at = serializers.DateTimeField()
    last_speaker = serializers.CharField(help_text="The name of who wrote the last reply.")
    created_at = serializers.DateTimeField()
    is_locked = serializers.BooleanField()
    about_title = serializers.CharField()
    about_url = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    accepted_post = serializers.IntegerField(
        allow_null=True, help_text="The reply kept as the answer; null behind a gate."
    )


class NewThreadSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Thread.Kind.choices, default=Thread.Kind.DISCUSSION)
    gate = serializers.ChoiceField(
        choices=[choice for choice in Thread.Gate.choices if choice[0] != Thread.Gate.PASS],
        default=Thread.Gate.OPEN,
    )
    title = serializers.CharField(max_length=200)
    body = serializers.CharField(trim_whitespace=False)
    choices: Any = serializers.ListField(
        child=serializers.CharField(max_length=300), max_length=12, default=list
    )
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=8, default=list)
    key = serializers.UUIDField(required=False, help_text="Or the header Idempotency-Key.")


class PostSerializer(serializers.Serializer):
    """A `PostCard`: what a page shows of the same post to the same person."""

    id = serializers.IntegerField(source="pk")
    thread = serializers.IntegerField(source="thread_id")
    number = serializers.IntegerField()
    parent = serializers.IntegerField(source="parent_id", allow_null=True)  # type: ignore[assignment]  # a field named as Field.parent
    author = PersonSerializer(allow_null=True)
    body = serializers.CharField()
    html = serializers.CharField()
    language = serializers.CharField()
    moment = serializers.IntegerField(allow_null=True)
    useful_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)


class NewPostSerializer(serializers.Serializer):
    body = serializers.CharField(trim_whitespace=False)
    parent = serializers.IntegerField(required=False, allow_null=True)  # type: ignore[assignment]  # a field named as Field.parent
    moment = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=10**6)
    key = serializers.UUIDField(required=False, help_text="Or the header Idempotency-Key.")


class PostChangeSerializer(serializers.Serializer):
    body = serializers.CharField(trim_whitespace=False)


class AcceptedAnswerSerializer(serializers.Serializer):
    post = serializers.IntegerField(help_text="The reply to keep as the answer.")


class VoteSerializer(serializers.Serializer):
    choice = serializers.IntegerField()


class ReactionsSerializer(serializers.Serializer):
    useful_count = serializers.IntegerField(read_only=True)
    mine = serializers.ListField(child=serializers.CharField(), read_only=True)


class FlagSerializer(serializers.ModelSerializer):
    class Meta:
        model = Flag
        fields = ["reason", "comment", "at"]
        read_only_fields = ["at"]
