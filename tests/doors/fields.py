"""Which fields the code behind a door reads from what is sent, and what kind each is.

Nobody keeps a list: a request tells them while it is answered, so that a new field is tried the day it is written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django import forms
from django.http import QueryDict
from rest_framework import serializers

# What a body holds besides its fields, so that it is told from an address.
MARK = "a_body_of_the_fuzz"
CHOSEN = (
    forms.BooleanField,
    forms.ChoiceField,
    serializers.BooleanField,
    serializers.ChoiceField,
)


class FieldsRead(dict[str, Any]):
    """Field → the field of a form or a serializer that reads it, None where a view does."""

    def saw(self, name: object, field: Any = None) -> None:
        if isinstance(name, str) and name not in (MARK, "csrfmiddlewaretoken"):
            self[name] = field or self.get(name)


@contextmanager
def fields_read() -> Iterator[FieldsRead]:
    """While it lasts, what forms, serializers and views ask of a body is written down."""
    found = FieldsRead()
    clean, validate = forms.BaseForm.full_clean, serializers.Serializer.run_validation

    def full_clean(form):
        for name, field in form.fields.items() if form.is_bound else ():
            found.saw(form.add_prefix(name), field)
        return clean(form)

    def run_validation(serializer, *args, **kwargs):
        for name, field in serializer.fields.items() if serializer.parent is None else ():
            if not field.read_only:
                found.saw(name, field)
        return validate(serializer, *args, **kwargs)

    def asked(method):
        def read(data, key, *args, **kwargs):
            if dict.__contains__(data, MARK):
                found.saw(key)
            return method(data, key, *args, **kwargs)

        return read

    readers = {name: asked(getattr(QueryDict, name)) for name in ("get", "getlist", "__getitem__")}
    with (
        mock.patch.object(forms.BaseForm, "full_clean", full_clean),
        mock.patch.object(serializers.Serializer, "run_validation", run_validation),
        mock.patch.multiple(QueryDict, **readers, __contains__=asked(dict.__contains__)),
    ):
        yield found
