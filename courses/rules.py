"""Who may write courses."""

from people.rules import is_administrator, is_trainer


def may_author(user) -> bool:
    return is_trainer(user) or is_administrator(user)
