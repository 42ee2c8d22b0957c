from django.urls import path

from courses.api import views

app_name = "courses-api"
urlpatterns = [
    path("courses/", views.Courses.as_view(), name="courses"),
    path("courses/<slug:slug>/", views.CourseDetail.as_view(), name="course"),
    path("courses/<slug:slug>/enrolment/", views.EnrolmentDetail.as_view(), name="enrolment"),
    path("courses/<slug:slug>/modules/<int:pk>/", views.ModuleDetail.as_view(), name="module"),
    path("courses/<slug:slug>/modules/<int:pk>/progress/", views.ProgressDetail.as_view(), name="progress"),
    path("courses/<slug:slug>/modules/<int:pk>/quiz/", views.QuizDetail.as_view(), name="quiz"),
    path("courses/<slug:slug>/modules/<int:pk>/attempts/", views.Attempts.as_view(), name="attempts"),
    path("courses/<slug:slug>/modules/<int:pk>/answers/", views.Answers.as_view(), name="answers"),
]
