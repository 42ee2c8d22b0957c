"""Where allauth asks us: who may come in, and as whom."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation

from core.errors import Refused
from core.mail import drawn_from_text
from people.actions.accounts import free_handle, join
from people.actions.invitations import find_invitation
from people.models import Invitation, Organisation, Profile, Standing, User

SESSION_KEY = "invitation"


def display_name(user: User) -> str:
    return user.name


def invitation_of(request: HttpRequest) -> Invitation | None:
    """The invitation this visitor came with, if it can still be used."""
    secret = request.session.get(SESSION_KEY)
    if not secret:
        return None
    try:
        return find_invitation(secret)
    except Refused:
        return None


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return invitation_of(request) is not None

    def save_user(self, request: HttpRequest, user: User, form, commit: bool = True) -> User:
        """Save whoever signed up. Raises Refused when the invitation was used up meanwhile."""
        user.name = form.cleaned_data["name"]
        user.email = form.cleaned_data.get("email") or None
        user.handle = free_handle(user.name)
        user.set_password(form.cleaned_data["password1"])
        invitation = invitation_of(request)
        if invitation is None:
            raise Refused(form.no_invitation)
        join(user, invitation=invitation)
        if invitation.email and invitation.email == user.email:
            # The link came by that mailbox: there is nothing left to verify.
            self.stash_verified_email(request, user.email)
        request.session.pop(SESSION_KEY, None)
        return user

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("people:welcome")

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict,
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        """In the language of whose account it is: the one who asks may be somebody else."""
        user = context.get("user")
        language = user.language if user else translation.get_language()
        zone = user.zone if user else timezone.get_current_timezone()
        with translation.override(language), timezone.override(zone):
            given = {"site": settings.SITE_URL, **context}
            headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
            return drawn_from_text(super().render_mail(template_prefix, email, given, headers))

    def clean_username(self, username: str, shallow: bool = False) -> str:
        return username


class SocialAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin) -> bool:
        return bool(settings.OIDC_ORGANISATION) or invitation_of(request) is not None

    def save_user(self, request: HttpRequest, sociallogin, form=None) -> User:
        user = sociallogin.user
        user.name = sociallogin.account.extra_data.get("name") or user.email.split("@")[0]
        user.handle = free_handle(user.name)
        user.set_unusable_password()
        invitation = invitation_of(request)
        if invitation:
            join(user, invitation=invitation)
        else:
            user.organisation = Organisation.objects.get(slug=settings.OIDC_ORGANISATION)
            user.language, user.time_zone = user.organisation.language, user.organisation.time_zone
            user.save()
            Profile.objects.create(user=user)
            Standing.objects.create(user=user)
        sociallogin.save(request)
        return user

    def get_signup_form_initial_data(self, sociallogin) -> dict:
        return {"email": sociallogin.user.email, "name": sociallogin.account.extra_data.get("name", "")}
