from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("people.urls")),
    path("", include("community.urls")),
    path("", include("courses.urls")),
    path("", include("gamification.urls")),
    path("", include("notifications.urls")),
    path("", include("analytics.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
