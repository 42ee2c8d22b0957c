"""The register of processing (GDPR, article 30): what is done with people's data, why, who sees it, how long it stays.

It covers the registry of personal data (people/privacy.py): a test fails where a model stands in no processing.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Processing:
    name: Promise
    purpose: Promise
    basis: Promise
    data: Promise
    seen_by: Promise
    kept: Promise
    # Apps, or models of an app whose others belong elsewhere.
    holds: frozenset[str]


TRAINING = _("Contract of training, or legitimate interest of the employer")
INTEREST = _("Legitimate interest of the organisation")
UNTIL_ERASED = _("As long as the account exists, then until its erasure")
PROCESSINGS = (
    Processing(
        name=_("Accounts and directory"),
        purpose=_("Know who belongs to the organisation, in which unit and role, and let colleagues find each other."),
        basis=TRAINING,
        data=_("Name, e-mail address, picture, job, skills, unit, roles, invitations"),
        seen_by=_("Colleagues; the e-mail address and the roles: HR and administrators alone"),
        kept=UNTIL_ERASED,
        holds=frozenset({"people"}),
    ),
    Processing(
        name=_("Sign-in and security"),
        purpose=_("Let the right person in, keep the others out, and trace what administrators change."),
        basis=_("Legal obligation to keep data secure (article 32)"),
        data=_("Password (digest), passkeys, second step, address of the device, keys of programs, acts in the back office"),
        seen_by=_("The person; whoever runs the server"),
        kept=_("A session ends 30 days after signing in at the latest; the rest as long as the account exists"),
        holds=frozenset({"account", "mfa", "socialaccount", "usersessions", "authtoken", "admin"}),
    ),
    Processing(
        name=_("Conversations"),
        purpose=_("Ask, answer and learn from each other, and keep conversations fair."),
        basis=INTEREST,
        data=_("Messages, drafts, files, reactions, votes, reports of messages and decisions about them, what has been read"),
        seen_by=_("Members of the space; reports and decisions: its facilitators"),
        kept=_("As long as the space; after an erasure, what was said stays without a name"),
        holds=frozenset({"community"}),
    ),
    Processing(
        name=_("Courses"),
        purpose=_("Follow a course, prove what was done, and improve the content."),
        basis=TRAINING,
        data=_("Enrolments, progress, quiz answers; what authors wrote"),
        seen_by=_("The person and the trainers of the course"),
        kept=UNTIL_ERASED,
        holds=frozenset({"courses"}),
    ),
    Processing(
        name=_("Recognition"),
        purpose=_("Thank those who help others, and say who knows what."),
        basis=INTEREST,
        data=_("Recognitions and what earned them"),
        seen_by=_("Colleagues"),
        kept=UNTIL_ERASED,
        holds=frozenset({"gamification"}),
    ),
    Processing(
        name=_("Notifications and mails"),
        purpose=_("Tell people what concerns them, as they chose."),
        basis=INTEREST,
        data=_("Notices, preferences, mails sent"),
        seen_by=_("The person"),
        kept=_("Mails: 90 days after sending; the rest as long as the account exists"),
        holds=frozenset({"notifications", "events.Delivery"}),
    ),
    Processing(
        name=_("Figures"),
        purpose=_("Measure how people learn together, never who did what."),
        basis=INTEREST,
        data=_("Log of acts without their content, counts a day for each learner"),
        seen_by=_("The person; HR in groups that are large enough, without names; facilitators: who has been silent for 14 days"),
        kept=_("As long as the account exists; after an erasure, volumes stay without a name"),
        holds=frozenset({"analytics", "events"}),
    ),
    Processing(
        name=_("Requests about data"),
        purpose=_("Answer those who want a copy of their data or be forgotten, and prove that it was done."),
        basis=_("Legal obligation (articles 15 to 20)"),
        data=_("Kind of request, dates, file handed over; agreements given and withdrawn"),
        seen_by=_("The person; administrators without the file"),
        kept=UNTIL_ERASED,
        holds=frozenset({"people.DataRequest", "people.Consent"}),
    ),
)  # fmt: skip


def processing_of(model: type[models.Model]) -> Processing | None:
    """The processing that a model belongs to: the one that names it, else the one of its app."""
    for name in (model._meta.label, model._meta.app_label):
        for processing in PROCESSINGS:
            if name in processing.holds:
                return processing
    return None
