from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import public, signed_in
from notifications import actions
from notifications.forms import MailForm
from notifications.models import Notification, Preference
from notifications.preferences import choices_of
from notifications.queries import notices_from, notifications_of, pages_of, unread_count
from notifications.unsubscribing import read_token
from people.requests import PersonRequest

PAGE_SIZE = 30
PANEL_SIZE = 8


@signed_in
@require_safe
def index(request: PersonRequest) -> HttpResponse:
    only_unread = request.GET.get("show") == "new"
    rows: Any = pages_of(request.user, only_unread=only_unread)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    unread = unread_count(request.user)
    tabs = [
        {"label": _("All"), "url": request.path, "active": not only_unread},
        {"label": _("New ones"), "url": f"{request.path}?show=new", "active": only_unread, "count": unread},
    ]
    context = {"page": page, "notices": notices_from(page.object_list), "unread": unread, "tabs": tabs}
    return render(request, "notifications/index.html", context)


@signed_in
@require_safe
@never_cache
def bell(request: PersonRequest) -> HttpResponse:
    """The bell by itself, pulled when the stream says that something changed."""
    return render(request, "frame/bell.html")


@signed_in
@require_safe
@never_cache
def panel(request: PersonRequest) -> HttpResponse:
    notices = notices_from(notifications_of(request.user).unread()[:PANEL_SIZE])
    return render(request, "notifications/panel.html", {"notices": notices})


@signed_in
@require_safe
def open_notification(request: PersonRequest, pk: int) -> HttpResponse:
    """Lead to what the notice is about. A page fetched ahead of a click was read by nobody."""
    notice = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    if "prefetch" not in request.headers.get("Sec-Purpose", "") and not request.headers.get("HX-Preloaded"):
        actions.mark_read(notice)
    return redirect(notice.target)


@signed_in
@require_POST
def mark_all_read(request: PersonRequest) -> HttpResponse:
    actions.mark_all_read(request.user)
    messages.success(request, _("Everything is marked as read."))
    return redirect("notifications:index")


@signed_in
@require_http_methods(["GET", "POST"])
def preferences(request: PersonRequest) -> HttpResponse:
    form = MailForm(request.POST or None, initial=choices_of(request.user))
    if request.method == "POST" and form.is_valid():
        actions.choose_mail(request.user.pk, form.cleaned_data)
        messages.success(request, _("Your choices are saved."))
        return redirect("notifications:preferences")
    context = {"form": form, "has_mailbox": bool(request.user.email)}
    return render(request, "notifications/preferences.html", context, status=422 if form.is_bound else 200)


# A mail program posts here by itself, without a session (RFC 8058): the signature is the permission.
@csrf_exempt
@public
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    found = read_token(token)
    if found is None:
        raise Http404
    user_id, kind = found
    if request.method == "POST":
        actions.choose_mail(user_id, dict.fromkeys(kind.split("+"), Preference.Mail.NEVER))
    labels = [Notification.Kind(one).label for one in kind.split("+")]
    context = {"kinds": labels, "stopped": request.method == "POST"}
    return render(request, "notifications/stop.html", context)
