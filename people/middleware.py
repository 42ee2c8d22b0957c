import zoneinfo
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from people.models import User

# After this long without a request, the next one begins a new visit.
VISIT_ENDS_AFTER = timedelta(minutes=30)


class PersonMiddleware:
    """The language and the time zone follow the person, not the device; a new visit is noticed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and self.was_idle(request):
            logout(request)
        if not request.user.is_authenticated:
            return self.get_response(request)
        # Who it is has been read by now: Django's lazy one would be asked to look again at each attribute.
        user: Any = get_user(request)
        request.user = user
        self.notice_visit(request, user)
        with translation.override(user.language), timezone.override(zoneinfo.ZoneInfo(user.time_zone)):
            request.LANGUAGE_CODE = user.language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", user.language)
        if not request.user.is_authenticated:
            # They have just signed out: the pages they saw are not to be found by who comes after.
            response["Clear-Site-Data"] = '"cache"'
        return response

    def was_idle(self, request) -> bool:
        """Whether this session was left alone for longer than `settings.SESSION_ENDS_WHEN_IDLE_FOR`."""
        seen = parse_datetime(request.session.get("seen", ""))
        return seen is not None and timezone.now() - seen > settings.SESSION_ENDS_WHEN_IDLE_FOR

    def notice_visit(self, request, user) -> None:
        """`request.previous_visit` is when the visit before this one began, or None on the first."""
        now = timezone.now()
        seen = parse_datetime(request.session.get("seen", "")) or now - VISIT_ENDS_AFTER * 2
        if now - seen > VISIT_ENDS_AFTER:
            request.session["previous_visit"] = user.last_visit_at.isoformat() if user.last_visit_at else ""
            User.objects.filter(pk=user.pk).update(last_visit_at=now)
        if now - seen > VISIT_ENDS_AFTER / 3:
            request.session["seen"] = now.isoformat()
        request.previous_visit = parse_datetime(request.session.get("previous_visit", ""))
