from django.urls import path

from analytics.views import facilitation, privacy, reports

app_name = "analytics"

urlpatterns = [
    path("reports/", reports.index, name="reports"),
    path("reports/export/", reports.download, name="export"),
    path("facilitation/", facilitation.index, name="facilitation"),
    path("privacy/", privacy.index, name="privacy"),
]
