"""Who may do what, as predicates on a person; the same ones for view, template and API."""

from people.models import RoleGrant


def is_trainer(user) -> bool:
    return RoleGrant.Role.TRAINER in user.roles


def is_hr(user) -> bool:
    return RoleGrant.Role.HR in user.roles


def is_administrator(user) -> bool:
    return RoleGrant.Role.ADMINISTRATOR in user.roles


def can_keep_people(user) -> bool:
    """List the people of one's organisation, invite others, say in which unit they work."""
    return bool(user.roles & set(RoleGrant.KEEPS_PEOPLE))


def is_learner(user) -> bool:
    """Figures of learners hold nobody who trains or administers (METRICS C2)."""
    return user.event_role == "learner"
