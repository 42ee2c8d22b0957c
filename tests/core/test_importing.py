import io

import pytest
from django.utils.translation import override

from core.importing import RefusedItem, Report


def test_what_was_read_is_made_there_or_refused():
    report = Report()
    report.take("questions", made=2, there=1)
    report.refuse("questions", RefusedItem("line 3", "Q", "why"))
    assert list(report.rows()) == [("questions", 4, 2, 1, 1)]
    assert report.table().splitlines()[1].split() == ["questions", "4", "2", "1", "1"]


@pytest.mark.parametrize(("language", "line"), [("fr", "line 3;Q;a, b"), ("en", 'line 3,Q,"a, b"')])
def test_the_file_of_what_was_refused_opens_in_a_spreadsheet_of_the_reader(language, line):
    report, file = Report(), io.StringIO()
    report.refuse("questions", RefusedItem("line 3", "Q", "a, b"))
    with override(language):
        report.write_refused(file)
    assert file.getvalue().splitlines()[1] == line


@pytest.mark.usefixtures("english")
def test_a_refused_item_cannot_become_a_formula():
    report, file = Report(), io.StringIO()
    report.refuse("questions", RefusedItem("line 3", "=HYPERLINK(1)", "a, b"))
    report.write_refused(file)
    assert file.getvalue().splitlines()[1] == 'line 3,\'=HYPERLINK(1),"a, b"'
