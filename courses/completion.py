"""When a module counts as done: the conditions it asks for, and where a person stands in each."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.models import Post
from courses.models import CompletionRule, Module, ModuleThread, Progress

Kind = CompletionRule.Kind


@dataclass(frozen=True)
class RuleState:
    """One condition, with how far the person is; `value` and `threshold` are in the unit of the rule."""

    kind: str
    threshold: int
    value: int

    @property
    def done(self) -> bool:
        return self.value >= self.threshold

    @property
    def sentence(self) -> str:
        """What is asked, as the page says it."""
        if self.kind == Kind.WATCHED:
            return _("Watch at least %(n)d%% of the video") % {"n": self.threshold}
        if self.kind == Kind.PASSED:
            return _("Pass the quiz")
        if self.kind == Kind.CONTRIBUTED:
            words = ngettext(
                "Contribute once to the conversation",
                "Contribute %(n)d times to the conversation",
                self.threshold,
            )
            return words % {"n": self.threshold}
        if self.kind == Kind.REPLIED:
            return ngettext("Reply to a peer", "Reply to %(n)d peers", self.threshold) % {"n": self.threshold}
        if self.kind == Kind.READ:
            return _("Read the text to the end")
        return _("Open the module")

    @property
    def standing(self) -> str:
        """How far one is, for the conditions that are counted; nothing for those that are or are not."""
        if self.kind == Kind.WATCHED:
            return _("%(n)d%% so far") % {"n": self.value}
        if self.kind in (Kind.CONTRIBUTED, Kind.REPLIED) and self.threshold > 1:
            return _("%(n)d of %(all)d") % {"n": min(self.value, self.threshold), "all": self.threshold}
        return ""


def rule_states(rules: Iterable[CompletionRule], progress: Progress | None) -> list[RuleState]:
    """The conditions in the order a person meets them; without progress nothing has begun."""
    order = list(Kind)
    return [
        RuleState(rule.kind, rule.threshold, _value(rule.kind, progress))
        for rule in sorted(rules, key=lambda rule: order.index(Kind(rule.kind)))
    ]


def _value(kind: str, progress: Progress | None) -> int:
    if progress is None:
        return 0
    return {
        Kind.OPENED: 1,
        Kind.READ: int(progress.read_at is not None),
        # Rounded to the nearest percent: players skip the last frames.
        Kind.WATCHED: round(progress.coverage * 100),
        Kind.PASSED: int(progress.passed_at is not None),
        Kind.CONTRIBUTED: progress.contributions,
        Kind.REPLIED: progress.peers_replied_to,
    }[Kind(kind)]


def talk_of(progress: Progress) -> tuple[int, int]:
    """What the person wrote in the module's conversation that still stands, and how many peers they replied to.

    The prompt that opens the conversation is nobody's contribution and its author no peer.
    """
    enrolment = progress.enrolment
    threads = ModuleThread.objects.filter(module=progress.module_id, space=enrolment.session.space_id)
    own = Post.objects.published().filter(
        thread__in=threads.values("thread"), author=enrolment.user_id, number__gt=1
    )
    peers = Count(
        "parent__author",
        distinct=True,
        filter=Q(parent__number__gt=1) & ~Q(parent__author=enrolment.user_id),
    )
    found = own.aggregate(written=Count("pk"), peers=peers)
    return found["written"], found["peers"]


def counted_modules(enrolment):
    """The modules that make the course done for this person: the mandatory ones of their version, else all."""
    published = Module.objects.published().filter(course=enrolment.session.course_id)
    asked = published.filter(mandatory=True, since_version__lte=enrolment.course_version)
    return asked if asked.exists() else published
