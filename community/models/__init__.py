from community.models.moderation import Decision, Flag
from community.models.post import AttachedFile, Attachment, Post, PostRevision, Reaction
from community.models.reading import Draft, ReadState, Watch
from community.models.space import JoinRequest, Membership, Space
from community.models.thread import Choice, Resolution, Tag, Thread, ThreadPass, Vote

__all__ = [
    "AttachedFile",
    "Attachment",
    "Choice",
    "Decision",
    "Draft",
    "Flag",
    "JoinRequest",
    "Membership",
    "Post",
    "PostRevision",
    "Reaction",
    "ReadState",
    "Resolution",
    "Space",
    "Tag",
    "Thread",
    "ThreadPass",
    "Vote",
    "Watch",
]
