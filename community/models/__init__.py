from community.models.moderation import Decision, Flag
from community.models.post import AttachedFile, Attachment, Post, PostRevision, Reaction
from community.models.reading import Draft, ReadState, Watch
from community.models.space import Departure, JoinRequest, Membership, Mute, Space
from community.models.thread import Choice, Resolution, Tag, Thread, ThreadPass, Vote
