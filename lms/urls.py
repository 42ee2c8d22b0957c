from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from core import live
from lms.views import appearance, components, failures, health, home, metrics, pwa, search
from lms.views.api import ApiDocs, ApiSchema

# The administration is entered by the same door as everything else: limits, second factor, passkeys.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", home.home, name="home"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("search/", search.search, name="search"),
    path("appearance/", appearance.change, name="appearance"),
    path("offline/", pwa.offline, name="offline"),
    path("maintenance/", failures.maintenance, name="maintenance"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("components/", components.index, name="components"),
    path("worker.js", pwa.worker, name="worker"),
    path("live/token/", live.token, name="live_token"),
    path("", include("people.urls")),
    path("", include("community.urls")),
    path("", include("courses.urls")),
    path("", include("gamification.urls")),
    path("", include("notifications.urls")),
    path("", include("analytics.urls")),
    path("api/v1/", include("community.api.urls")),
    path("api/v1/", include("courses.api.urls")),
    path("api/schema/", ApiSchema.as_view(), name="api_schema"),
    path("api/docs/", ApiDocs.as_view(url_name="api_schema"), name="api_docs"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "lms.views.failures.bad_request"
handler403 = "lms.views.failures.forbidden"
handler404 = "lms.views.failures.not_found"
handler429 = "lms.views.failures.too_many"  # asked by allauth, whose limits we use
handler500 = "lms.views.failures.server_error"
