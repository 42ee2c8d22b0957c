from django.urls import path

from courses.views import catalogue, courses, media, modules, quizzes

app_name = "courses"
urlpatterns = [
    path("courses/", catalogue.index, name="catalogue"),
    path("courses/<slug:slug>/", courses.show, name="course"),
    path("courses/<slug:slug>/enrolment/", courses.join, name="enrolment"),
    path("courses/<slug:slug>/departure/", courses.leave, name="departure"),
    path("courses/<slug:slug>/modules/<int:pk>/", modules.show, name="module"),
    path("courses/<slug:slug>/modules/<int:pk>/watching/", modules.watching, name="watching"),
    path("courses/<slug:slug>/modules/<int:pk>/attempts/", quizzes.start, name="attempts"),
    path("courses/<slug:slug>/modules/<int:pk>/answers/", quizzes.answer, name="answers"),
    path("videos/<int:pk>/", media.film, name="film"),
    path("videos/<int:pk>/poster/", media.poster, name="poster"),
    path("captions/<int:pk>.vtt", media.caption, name="caption"),
]
