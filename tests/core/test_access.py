import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from core.access import role

pytestmark = pytest.mark.django_db


def is_called_awa(user):
    return user.name.startswith("Awa")


def test_a_role_is_refused_before_the_view_runs(rf, awa, karim, ines):
    ran = []

    @role(is_called_awa)
    def view(request):
        ran.append(request.user)
        return HttpResponse()

    request = rf.get("/")
    for stranger in (karim, ines):
        request.user = stranger
        with pytest.raises(PermissionDenied):
            view(request)
    assert ran == []
    request.user = awa
    assert view(request).status_code == 200
    assert view.access == "role:is_called_awa"
