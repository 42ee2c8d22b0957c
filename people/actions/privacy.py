"""Taking one's data along, and leaving."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import live
from core.errors import Refused
from core.importing import inert
from events.models import Event
from events.recording import record
from people.models import DataRequest, User
from people.privacy import REGISTRY

# A person may think again for a week before what cannot be undone is done.
DAYS_TO_THINK = 7


@transaction.atomic
def ask_for_data(user: User, *, kind: str) -> DataRequest:
    """Ask for a copy, or for erasure; an open request of the same kind is returned as it is."""
    User.objects.select_for_update().get(pk=user.pk)
    waiting = user.data_requests.filter(kind=kind, done_at=None).first()
    if waiting:
        return waiting
    request = DataRequest.objects.create(user=user, kind=kind)
    record("people.data_requested", actor=user, subject=request)
    return request


@transaction.atomic
def ask_erasure_for(user: User, *, by: User) -> DataRequest:
    """Ask in the name of somebody who has left that they be forgotten. Raises Refused while their account is open."""
    if user.is_active:
        raise Refused(_("Only who has left is forgotten on their behalf. Close the account first."))
    User.objects.select_for_update().get(pk=user.pk)
    waiting = user.data_requests.filter(kind=DataRequest.Kind.ERASURE, done_at=None).first()
    if waiting:
        return waiting
    request = DataRequest.objects.create(user=user, kind=DataRequest.Kind.ERASURE)
    record("people.data_requested", actor=by, subject=request, organisation_id=user.organisation_id)
    return request


@transaction.atomic
def cancel_request(request: DataRequest) -> None:
    DataRequest.objects.filter(pk=request.pk, done_at=None).delete()


@transaction.atomic
def fill_export(request: DataRequest) -> None:
    """Write everything the registry knows of the person into a ZIP, one table per model.

    Each twice: as CSV, which opens in a spreadsheet, and as JSON for programs.
    """
    if request.done_at or request.kind != DataRequest.Kind.EXPORT:
        return
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for model, handler in sorted(REGISTRY.items(), key=lambda item: item[0]._meta.label_lower):
            rows = handler.export(request.user)
            text = json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            archive.writestr(f"json/{model._meta.label_lower}.json", text)
            if rows:
                archive.writestr(f"{model._meta.label_lower}.csv", sheet(rows, request.user.language))
    request.file.save(f"palabre-{request.pk}.zip", ContentFile(packed.getvalue()), save=False)
    request.done_at = timezone.now()
    request.save(update_fields=["file", "done_at"])


def sheet(rows: list[dict[str, Any]], language: str) -> str:
    """The rows as CSV for the spreadsheets of a language; no cell of it runs as a formula."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if language == "fr" else ",")
    writer.writerow(rows[0])
    writer.writerows([inert("" if cell is None else str(cell)) for cell in row.values()] for row in rows)
    return "\ufeff" + written.getvalue()


def carry_out_erasures() -> int:
    """Erase those whose week is over. Returns how many."""
    due = DataRequest.objects.filter(
        kind=DataRequest.Kind.ERASURE,
        done_at=None,
        requested_at__lte=timezone.now() - timedelta(days=DAYS_TO_THINK),
    )
    people = [request.user for request in due.select_related("user")]
    for user in people:
        erase(user)
    return len(people)


@transaction.atomic
def erase(user: User) -> None:
    """Forget a person: what they taught stays without an author, everything that names them goes."""
    user_id, organisation_id = user.pk, user.organisation_id
    for handler in REGISTRY.values():
        handler.erase(user)
    record("people.user_erased", actor=None, subject=User(pk=0), organisation_id=organisation_id)
    Event.objects.filter(subject_type="people.user", subject_id=user_id).update(subject_id=None)
    User.objects.filter(pk=user_id).delete()
    transaction.on_commit(lambda: live.revoke(user_id))
