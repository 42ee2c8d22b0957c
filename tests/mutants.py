"""What the run of tests for one mutant leaves out (`make mutants`): there are hundreds, each a process of its own."""

import pytest
from django.db import connection


@pytest.fixture(scope="session", autouse=True)
def catalogues():
    """Compiled before the first mutant."""


@pytest.fixture(scope="session", autouse=True)
def proven_queries():
    """Prepared and plain query would be composed by the same mutant."""


@pytest.fixture(scope="session")
def django_db_setup():
    """The tables are there before the first mutant, and no mutant changes one."""
    connection.close()
    connection.settings_dict["NAME"] = connection.creation._get_test_db_name()
