from django.urls import path

from gamification import views

app_name = "gamification"

urlpatterns = [path("people/<slug:handle>/recognitions/", views.recognitions, name="recognitions")]
