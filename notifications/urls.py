from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("notifications/", views.index, name="index"),
    path("notifications/bell/", views.bell, name="bell"),
    path("notifications/panel/", views.panel, name="panel"),
    path("notifications/reading/", views.mark_all_read, name="mark_all_read"),
    path("notifications/<int:pk>/", views.open_notification, name="open"),
    path("notifications/stop/<str:token>/", views.stop, name="stop"),
    path("settings/notifications/", views.preferences, name="preferences"),
]
