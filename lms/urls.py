from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from lms.views import appearance, health, home

# The administration is entered by the same door as everything else: limits, second factor, passkeys.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", home.home, name="home"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("appearance/", appearance.change, name="appearance"),
    path("", include("people.urls")),
    path("", include("community.urls")),
    path("", include("courses.urls")),
    path("", include("gamification.urls")),
    path("", include("notifications.urls")),
    path("", include("analytics.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
