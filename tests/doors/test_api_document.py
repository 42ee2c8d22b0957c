"""Schemathesis reads the OpenAPI document and sends what it allows, and what it does not: nothing breaks the house."""

import json

import pytest
import schemathesis
from django.core.cache import cache
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests import making
from tests.doors.doors import doors
from tests.doors.visiting import client_of

DOCUMENT = SchemaGenerator().get_schema(public=True)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {f"{found.ok().method} {found.ok().path}": found.ok() for found in SCHEMA.get_all_operations()}
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def somebody(world):
    """Somebody who may do everything, so that what is sent reaches the code behind the door."""
    person = world.people["facilitator"]
    for role in ["hr", "administrator"]:
        making.grant_role(person, role)
    cache.clear()  # forgets how often this person has asked: 429 would hide what is behind it
    return client_of(world, "facilitator")


def addresses(world) -> dict[str, str]:
    """What each path of the document is in this world, where the thing it names exists."""
    return {
        "/" + door.route.replace("<pk>", "{id}").replace("<", "{").replace(">", "}"): door.address(world)
        for door in doors()
        if door.route.startswith("api/v1/")
    }


@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_the_document_allows_is_answered(name, world, somebody):
    assert fallen(OPERATIONS[name], GenerationMode.POSITIVE, addresses(world), somebody) == []


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if operation.body])
def test_whatever_the_document_forbids_is_answered(name, world, somebody):
    assert fallen(OPERATIONS[name], GenerationMode.NEGATIVE, addresses(world), somebody) == []


def fallen(operation, mode, addresses, client) -> list:
    """What the house answered with its own fault."""
    found = []

    @FEW
    @given(
        case=operation.as_strategy(generation_mode=mode), exists=st.sampled_from([True, True, True, False])
    )
    def send(case, exists: bool):
        address = addresses[operation.path] if exists else case.formatted_path
        body = json.dumps(case.body, default=str) if operation.body else ""
        with transaction.atomic():
            answer = client.generic(
                case.method, address, body, content_type="application/json", query_params=case.query
            )
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            found.append((case.method, address, case.query, body))

    send()
    return found
