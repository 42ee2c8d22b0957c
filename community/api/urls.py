from django.urls import path

from community.api import views

app_name = "community-api"
urlpatterns = [
    path("spaces/", views.Spaces.as_view(), name="spaces"),
    path("spaces/<slug:slug>/", views.SpaceDetail.as_view(), name="space"),
    path("spaces/<slug:slug>/membership/", views.MembershipDetail.as_view(), name="membership"),
    path("spaces/<slug:slug>/threads/", views.Threads.as_view(), name="threads"),
    path("threads/<int:pk>/", views.ThreadDetail.as_view(), name="thread"),
    path("threads/<int:pk>/resolution/", views.ResolutionDetail.as_view(), name="resolution"),
    path("threads/<int:pk>/vote/", views.VoteDetail.as_view(), name="vote"),
    path("threads/<int:pk>/posts/", views.Posts.as_view(), name="posts"),
    path("posts/<int:pk>/", views.PostDetail.as_view(), name="post"),
    path("posts/<int:pk>/reactions/<slug:kind>/", views.ReactionDetail.as_view(), name="reaction"),
    path("posts/<int:pk>/flags/", views.Flags.as_view(), name="flags"),
]
