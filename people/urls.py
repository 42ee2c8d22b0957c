from django.urls import path, re_path

from people.views import directory, joining, organisation, privacy, programs, settings, sign_on

app_name = "people"

urlpatterns = [
    path("join/", joining.by_code, name="join"),
    path("join/<str:token>/", joining.by_link, name="join_link"),
    path("accounts/oidc/sso/login/", sign_on.begin, name="sign_on"),
    path("welcome/", joining.welcome, name="welcome"),
    path("people/", directory.index, name="directory"),
    path("people/suggest/", directory.suggest, name="suggest"),
    path("people/<slug:handle>/", directory.person, name="person"),
    path("media/people/<str:name>", directory.picture, name="picture"),
    path("settings/", settings.settings, name="settings"),
    path("settings/profile/", settings.profile, name="profile"),
    path("settings/profile/skills/", settings.declare_skill, name="declare_skill"),
    path("settings/profile/skills/<int:pk>/removal/", settings.drop_skill, name="drop_skill"),
    path("skills/<int:pk>/validation/", settings.validate_skill, name="validate_skill"),
    path("settings/programs/", programs.index, name="programs"),
    path("settings/programs/key/", programs.make, name="make_key"),
    path("settings/programs/key/removal/", programs.remove, name="remove_key"),
    path("settings/data/", privacy.index, name="my_data"),
    re_path(r"^settings/data/requests/(?P<kind>export|erasure)/$", privacy.ask, name="ask_for_data"),
    path("settings/data/requests/<int:pk>/cancellation/", privacy.cancel, name="cancel_request"),
    path("settings/data/requests/<int:pk>/file/", privacy.download, name="download_data"),
    path("organisation/", organisation.people, name="organisation"),
    path("organisation/people/list/", organisation.bring_in, name="bring_in"),
    path("organisation/people/<int:pk>/", organisation.member, name="member"),
    path("organisation/people/<int:pk>/unit/", organisation.move, name="move"),
    path("organisation/people/<int:pk>/unit/cancellation/", organisation.cancel_move, name="cancel_move"),
    path("organisation/people/<int:pk>/roles/", organisation.grant, name="grant_role"),
    path("organisation/people/<int:pk>/account/", organisation.account, name="account"),
    path("organisation/people/<int:pk>/erasure/", organisation.ask_erasure, name="ask_erasure"),
    path("organisation/data/", organisation.data_protection, name="data_protection"),
    path("organisation/requests/", organisation.data_requests, name="data_requests"),
    path("organisation/roles/<int:pk>/revocation/", organisation.revoke, name="revoke_role"),
    path("organisation/invitations/", organisation.invitations, name="invitations"),
    path(
        "organisation/invitations/<int:pk>/revocation/",
        organisation.revoke_invitation,
        name="revoke_invitation",
    ),
    path("organisation/units/", organisation.units, name="units"),
    path("organisation/units/<int:pk>/name/", organisation.rename_unit, name="rename_unit"),
    path("organisation/units/<int:pk>/place/", organisation.move_unit, name="move_unit"),
    path("organisation/units/<int:pk>/removal/", organisation.remove_unit, name="remove_unit"),
]
