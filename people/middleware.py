import zoneinfo
from datetime import timedelta
from typing import Any

from allauth.account.internal.stagekit import get_pending_stage
from allauth.mfa.stages import AuthenticateStage
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

    def process_view(self, request, *_view):
        """After the right password, the page of the second step speaks the language of whose account it is.

        What was chosen on this device still comes first: the page itself offers that choice.
        """
        on_the_page = request.resolver_match and request.resolver_match.view_name == "mfa_authenticate"
        if not on_the_page or settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
            return
        stage = get_pending_stage(request)
        if stage and stage.key == AuthenticateStage.key and stage.login.user:
            translation.activate(stage.login.user.language)
            request.LANGUAGE_CODE = stage.login.user.language

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
