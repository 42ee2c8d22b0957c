from django.urls import path

from analytics.views import reports

app_name = "analytics"

urlpatterns = [
    path("reports/", reports.index, name="reports"),
    path("reports/export/", reports.download, name="export"),
]
