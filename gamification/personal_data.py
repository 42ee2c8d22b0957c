"""How recognition is exported and erased."""

from gamification.models import Grant, PointEntry
from people.privacy import register

register(Grant, "user", "recognition", "evidence", "granted_at")
register(PointEntry, "user", "points", "recognition", "evidence", "at")
