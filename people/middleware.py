import zoneinfo

from django.utils import timezone, translation


class PersonMiddleware:
    """The language and the time zone follow the person, not the device."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        with (
            translation.override(request.user.language),
            timezone.override(zoneinfo.ZoneInfo(request.user.time_zone)),
        ):
            request.LANGUAGE_CODE = request.user.language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.user.language)
        return response
