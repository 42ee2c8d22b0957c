from django.urls import path, re_path

from community.views import media, members, moderation, posts, reading, spaces, threads

app_name = "community"

urlpatterns = [
    path("spaces/", spaces.index, name="spaces"),
    path("spaces/new/", spaces.new, name="new_space"),
    path("spaces/<slug:slug>/", spaces.show, name="space"),
    path("spaces/<slug:slug>/about/", spaces.about, name="space_about"),
    path("spaces/<slug:slug>/edit/", spaces.edit, name="edit_space"),
    path("spaces/<slug:slug>/archive/", spaces.archive, name="archive_space"),
    path("spaces/<slug:slug>/threads/new/", spaces.new_thread, name="new_thread"),
    path("spaces/<slug:slug>/members/", members.index, name="space_members"),
    path("spaces/<slug:slug>/membership/", members.membership, name="membership"),
    path("spaces/<slug:slug>/requests/<int:pk>/", members.join_request, name="join_request"),
    path("spaces/<slug:slug>/facilitators/", members.facilitator, name="facilitators"),
    path("threads/<int:pk>/", threads.show, name="thread"),
    path("threads/<int:pk>/posts/", threads.posts, name="posts"),
    path("threads/<int:pk>/people/", threads.people, name="thread_people"),
    path("threads/<int:pk>/vote/", threads.vote, name="vote"),
    path("threads/<int:pk>/resolution/", threads.resolution, name="resolution"),
    path("threads/<int:pk>/watch/", threads.watch, name="watch"),
    path("threads/<int:pk>/pin/", threads.pin, name="pin"),
    path("threads/<int:pk>/lock/", threads.lock, name="lock"),
    path("threads/<int:pk>/owner/", threads.owner, name="owner"),
    path("posts/<int:pk>/", posts.show, name="post"),
    path("posts/<int:pk>/reply/", posts.reply, name="reply"),
    path("posts/<int:pk>/edit/", posts.edit, name="edit_post"),
    path("posts/<int:pk>/history/", posts.history, name="post_history"),
    path("posts/<int:pk>/removal/", posts.removal, name="removal"),
    path("posts/<int:pk>/restoration/", posts.restoration, name="restoration"),
    path("posts/<int:pk>/menu/", posts.menu, name="post_menu"),
    path("posts/<int:pk>/reactions/", posts.reactions, name="post_reactions"),
    re_path(r"^posts/(?P<pk>\d+)/reactions/(?P<kind>[a-z]+)/$", posts.reaction, name="reaction"),
    path("posts/<int:pk>/flag/", moderation.flag, name="flag"),
    path("posts/<int:pk>/contest/", moderation.contest, name="contest"),
    path("posts/<int:pk>/decision/", moderation.decision, name="decision"),
    path("decisions/<int:pk>/undoing/", moderation.decision_undoing, name="decision_undoing"),
    path("drafts/", reading.draft, name="draft"),
    path("attachments/", reading.attach, name="attachments"),
    path("media/attachments/<int:pk>/<str:name>", media.attachment, name="attachment"),
]
