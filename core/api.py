from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import exception_handler as rest_exception_handler
from rest_framework.views import set_rollback

from core.errors import Refused


def cleaned(shape: type[Serializer], request: Request, **options: Any) -> dict[str, Any]:
    """What a program sent, in this shape; an answer of 400 says what is wrong with it."""
    serializer = shape(data=request.data, **options)
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Rest framework's own, and a refused action answers 422 with the sentence a person would have read."""
    if isinstance(exc, Refused):
        set_rollback()
        return Response({"detail": str(exc), "code": exc.code}, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
    if isinstance(exc, OperationalError | InterfaceError):
        set_rollback()
        detail = _("Palabre cannot reach its data for a moment. Try again.")
        answer = {"detail": detail, "code": "away"}
        return Response(answer, status=status.HTTP_503_SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})
    return rest_exception_handler(exc, context)
