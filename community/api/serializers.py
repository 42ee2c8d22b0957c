from __future__ import annotations

from typing import Any

from rest_framework import serializers

from community.models import Flag, Membership, Post, Space, Thread


class PersonSerializer(serializers.Serializer):
    """All that the API says of people: name, handle and standing."""

    name = serializers.CharField()
    handle = serializers.CharField()
    standing = serializers.SerializerMethodField()

    def get_standing(self, person: Any) -> dict[str, str]:
        standing = getattr(person, "standing", None)
        return {
            "role": standing.role if standing else "",
            "expertise": standing.expertise if standing else "",
            "recognition": standing.recognition if standing else "",
        }


class SpaceSerializer(serializers.ModelSerializer):
    my_role = serializers.CharField(read_only=True, allow_null=True, default=None)

    class Meta:
        model = Space
        fields = [
            "slug", "name", "purpose", "charter", "visibility", "colour", "language", "created_at", "archived_at",
            "my_role",
        ]  # fmt: skip
        read_only_fields = ["slug", "created_at", "archived_at"]


class JoiningSerializer(serializers.Serializer):
    charter_accepted = serializers.BooleanField(default=False)
    message = serializers.CharField(max_length=600, required=False, allow_blank=True, default="")


class MembershipSerializer(serializers.ModelSerializer):
    class Meta:
        model = Membership
        fields = ["role", "notify", "charter_accepted_at", "joined_at"]


class ThreadSerializer(serializers.ModelSerializer):
    space: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    author = PersonSerializer(read_only=True, allow_null=True)
    tags = serializers.SerializerMethodField()
    accepted_post = serializers.SerializerMethodField()
    is_locked = serializers.BooleanField(read_only=True)

    class Meta:
        model = Thread
        fields = [
            "id", "space", "kind", "title", "language", "author", "gate", "number_of_posts", "last_number",
            "last_post_at", "created_at", "is_locked", "about_title", "about_url", "tags", "accepted_post",
        ]  # fmt: skip
        read_only_fields = fields

    def get_tags(self, thread: Any) -> list[str]:
        return list(thread.tag_names)

    def get_accepted_post(self, thread: Any) -> int | None:
        resolution = getattr(thread, "resolution", None)
        return resolution.post_id if resolution else None


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


class PostSerializer(serializers.ModelSerializer):
    author = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Post
        fields = [
            "id", "thread", "number", "parent", "author", "body", "html", "language", "moment", "useful_count",
            "created_at", "edited_at",
        ]  # fmt: skip
        read_only_fields = fields


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
