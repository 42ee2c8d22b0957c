"""Django's administration, as the back office of this house: what others register is looked at, or left out."""

from typing import Any

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _

from core.admin import LookingAdmin
from lms.back_office_names import name_in_words

# Secrets of people, and rights that this house gives by roles instead.
LEFT_OUT = {
    "auth.Group",
    "authtoken.TokenProxy",
    "mfa.Authenticator",
    "socialaccount.SocialApp",
    "socialaccount.SocialToken",
}


class OfPerson(LookingAdmin):
    list_select_related = ["user"]
    search_fields = ["user__name", "user__email", "user__handle"]


class EmailAddressAdmin(OfPerson):
    list_display = ["email", "user", "primary", "verified"]
    list_filter = ["primary", "verified"]


class SocialAccountAdmin(OfPerson):
    list_display = ["user", "provider", "uid", "last_login"]
    exclude = ["extra_data"]


class UserSessionAdmin(OfPerson):
    list_display = ["user", "created_at", "last_seen_at", "ip", "user_agent"]
    # The key of a session opens it.
    exclude = ["session_key", "data"]


OTHERS = {
    "account.EmailAddress": EmailAddressAdmin,
    "socialaccount.SocialAccount": SocialAccountAdmin,
    "usersessions.UserSession": UserSessionAdmin,
}


class BackOffice(AdminSite):
    site_header = site_title = "Palabre"
    index_title = _("Administration")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
        for model in models:
            label = model._meta.label
            if label not in LEFT_OUT:
                name_in_words(model)
                super().register(model, OTHERS.get(label, admin_class), **options)
