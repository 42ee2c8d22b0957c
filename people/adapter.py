"""Where allauth asks us: who may come in, and as whom."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.emailkit import valid_email_or_none
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from core.mail import drawn_from_text
from people.actions.accounts import forget_other_ways_in, free_handle, join, join_by_sign_on
from people.actions.invitations import find_invitation
from people.models import Invitation, Organisation, User
from people.names import checked_name

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

    def post_login(self, request: HttpRequest, user: User, **stage: Any) -> HttpResponse:
        """The greeting speaks the language of the page it is read on: the person's, not the device's."""
        with translation.override(user.language):
            return super().post_login(request, user, **stage)

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

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count for a person, by whatever they are named, and for the address they come from.

        By the person alone, five wrong tries of anybody would lock the owner out of their own account.
        """
        named = (credentials.get("email") or credentials.get("username") or "").strip().lower()
        person = (
            User.objects.filter(Q(email__iexact=named) | Q(handle=named)).values_list("pk", flat=True).first()
        )
        return f"{get_ip(request)}:{person or named}"

    def clean_username(self, username: str, shallow: bool = False) -> str:
        return username


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This is not the right code. Wait for the next code of your app and type it at once; "
            "a recovery code works only once."
        ),
        "unverified_email": gettext_lazy(
            "Confirm your e-mail address first: a second step on an address that is not yours would lock you out."
        ),
    }


def name_told(name: str | None) -> str:
    """The name a provider tells; nothing where it is none that we would take from a form."""
    try:
        return checked_name(name or "")[:120]
    except Refused:
        return ""


class SocialAdapter(DefaultSocialAccountAdapter):
    """Single sign-on: the provider says who somebody is; whether they may come in is still ours to say."""

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[User, str] | None:
        for address in sociallogin.email_addresses:
            # Some providers write "false" as a word, and a word that is there counts as true.
            address.verified = address.verified in (True, "true")
        return super().authenticate_by_email(sociallogin)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict) -> User:
        user = sociallogin.user
        user.email = valid_email_or_none(data.get("email"))
        given_and_family = " ".join(filter(None, [data.get("first_name"), data.get("last_name")]))
        told = data.get("name") or given_and_family or data.get("username")
        user.name = name_told(told) or (user.email or "").split("@")[0]
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        told, signed = (sociallogin.account.extra_data.get(key) or {} for key in ("userinfo", "id_token"))
        if told and signed and told.get("sub") != signed.get("sub"):
            raise PermissionDenied  # allauth answers with the page of a failed sign-in.
        found_by_address = sociallogin.is_existing and not sociallogin.account.pk
        if found_by_address and sociallogin.state.get("process") != AuthProcess.CONNECT:
            unproven = EmailAddress.objects.filter(user=sociallogin.user, verified=False)
            if unproven.filter(email__in=[address.email for address in sociallogin.email_addresses]).exists():
                # Whoever typed this address here never proved that it is theirs; allauth drops their password as well.
                forget_other_ways_in(sociallogin.user)
                messages.info(
                    request, _("Your address is confirmed now. An earlier password opens nothing any more.")
                )

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        if sign_on_organisation() or invitation_of(request):
            return True
        addresses = sociallogin.email_addresses
        context = {
            "provider": sociallogin.provider.name,
            "email": addresses[0].email if addresses else "",
            "verified": any(address.verified for address in addresses),
        }
        raise ImmediateHttpResponse(render(request, "socialaccount/unknown.html", context, status=403))

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form=None) -> User:
        user = sociallogin.user
        user.handle = free_handle(user.name)
        user.set_unusable_password()
        invitation = invitation_of(request)
        if invitation:
            try:
                join(user, invitation=invitation)
            except Refused as refusal:
                messages.error(request, str(refusal))
                raise ImmediateHttpResponse(redirect("people:join")) from refusal
            request.session.pop(SESSION_KEY, None)
        elif organisation := sign_on_organisation():
            join_by_sign_on(user, organisation=organisation)
        else:
            raise PermissionDenied
        sociallogin.save(request)
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict:
        return {"email": sociallogin.user.email, "name": sociallogin.user.name}


def sign_on_organisation() -> Organisation | None:
    """The organisation that every person of the provider belongs to, when the settings name one."""
    return Organisation.objects.filter(slug=settings.OIDC_ORGANISATION).first()
