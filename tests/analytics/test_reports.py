import csv
import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from analytics import export, filters, formatting, reports
from analytics.models import ActivityBlock, BuiltDay, DirtyDay, ShownGroup
from analytics.queries.report_choices import choices_for
from analytics.rollups import rebuilding
from events.models import Event
from people.models import UnitMembership
from tests import making
from tests.analytics import acting
from tests.analytics.acting import ask, at, like, read, say

pytestmark = pytest.mark.django_db
URL = "/reports/"


@pytest.fixture(autouse=True)
def _a_friday(time_machine):
    time_machine.move_to(at("2026-11-20", "12:00"), tick=False)


@pytest.fixture
def sales(lumen):
    return making.make_unit(lumen, "Ventes")


@pytest.fixture
def support(lumen):
    return making.make_unit(lumen, "Support")


@pytest.fixture
def academy(lumen, sales, support):
    """Eight people in sales, six in support: 6 + 3 take part, 4 + 2 of them write."""
    people = [
        *acting.make_people(lumen, 8, sales, "Vente"),
        *acting.make_people(lumen, 6, support, "Support"),
    ]
    space = acting.old_space(lumen, "Managers", *people)
    writers, others = [*people[:4], *people[8:10]], [*people[4:6], people[10]]
    thread = ask(writers[0], space, at("2026-11-02", "09:00"))
    for index, person in enumerate(writers):
        for round_ in range(min(index + 1, 5)):
            say(person, thread, at(f"2026-11-{3 + round_:02d}", f"1{index}:00"))
    for person in others:
        read(person, thread, at("2026-11-04"))
        like(person, thread.posts.first(), at("2026-11-04"))
    read(people[6], thread, at("2026-11-05"))
    rebuilding.rebuild(lumen, date(2026, 10, 19), date(2026, 11, 20))
    return people


def report_of(user, **parameters):
    user.__dict__.pop("roles", None)
    choices = choices_for(user)
    asked = filters.filters_from(parameters, organisation=user.organisation, choices=choices)
    return reports.build(user, asked, choices)


def number(report, code):
    return report.line(code).value.number


def tables_of(response, delimiter=","):
    """The tables of the file by their name."""
    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        texts = {name: file.read(name).decode("utf-8-sig") for name in file.namelist()}
    return {name: list(csv.reader(io.StringIO(text), delimiter=delimiter)) for name, text in texts.items()}


def rows_of(response):
    return [row for rows in tables_of(response).values() for row in rows]


def test_a_learner_and_a_trainer_are_refused_and_hr_is_let_in(sign_in, awa, julie, marc):
    for url in (URL, "/reports/export/"):
        assert sign_in(awa).get(url).status_code == 403
        assert sign_in(julie).get(url).status_code == 403
        assert sign_in(marc).get(url).status_code == 200


def test_the_figures_are_those_that_a_hand_counts(marc, academy):
    report = report_of(marc)

    # Marc, in HR, learns too; he joined today and is not counted yet.
    assert report.group.size == 14
    assert report.short == 1
    assert number(report, "M03") == Decimal("0.64")
    # 42.86 + 28.57 + 28.57: the largest remainders are rounded up until they are 100.
    assert number(report, "M04.writers") == Decimal("0.43")
    assert {number(report, "M04.readers"), number(report, "M04.silent")} == {Decimal("0.29"), Decimal("0.28")}
    # 1 question and 1 + 2 + 3 + 4 + 5 + 5 replies.
    assert number(report, "M05.mean") == pytest.approx(21 / 14)
    assert number(report, "M05.median") == 0
    assert number(report, "M05.writer") == pytest.approx(21 / 6)


def test_contributors_are_participants_who_are_active_who_are_eligible(marc, academy):
    group = report_of(marc).group
    assert group.contributors <= group.participants <= group.active <= group.size
    assert group.readers + group.contributors + group.silent == group.size


def test_the_units_add_up_to_the_whole(marc, academy):
    report = report_of(marc)
    assert {row.name: row.learners for row in report.rows} == {"Ventes": 8, "Support": 6}
    assert sum(row.figures.group.amount for row in report.rows) == report.group.amount == 21


def test_a_filter_on_a_unit_gives_the_figures_of_its_row(marc, academy, sales):
    row = next(row for row in report_of(marc).rows if row.name == "Ventes")
    alone = report_of(marc, unit=str(sales.pk))
    assert alone.group.size == 8
    for line in alone.lines:
        assert line.value == row.lines[line.code].value


def test_a_change_of_unit_moves_nothing_before_it(marc, academy, sales, support):
    before = {row.name: row.figures.group.amount for row in report_of(marc).rows}
    mover = academy[3]
    UnitMembership.objects.filter(user=mover).update(ends_on=date(2026, 11, 10))
    UnitMembership.objects.create(user=mover, unit=support, starts_on=date(2026, 11, 10))
    rebuilding.rebuild(mover.organisation, date(2026, 10, 19), date(2026, 11, 20))
    # Shown before, the one who moved would be the difference: they would be counted where they were.
    assert {row.name: row.learners for row in report_of(marc).rows} == {"Ventes": 8, "Support": 6}
    ShownGroup.objects.all().delete()

    report = report_of(marc)

    assert {row.name: row.figures.group.amount for row in report.rows} == before
    assert {row.name: row.learners for row in report.rows} == {"Ventes": 8, "Support": 7}
    assert report.moved == 1
    # Seen after the other, this view would tell who moved: it is looked at by itself.
    assert [row.learners for row in report_of(marc, view="now").rows] == [14]
    ShownGroup.objects.all().delete()
    today = report_of(marc, view="now")
    assert {row.name: row.learners for row in today.rows} == {"Ventes": 7, "Support": 7}


def test_a_leaver_stays_in_the_past_and_leaves_the_denominator_the_day_after(marc, academy, lumen):
    leaver = academy[0]
    type(leaver).objects.filter(pk=leaver.pk).update(left_at=at("2026-11-06"), is_active=False)
    rebuilding.rebuild(lumen, date(2026, 10, 19), date(2026, 11, 20))

    first = report_of(marc, period="custom", **{"from": "2026-10-26", "to": "2026-11-08"})
    then = report_of(marc, period="custom", **{"from": "2026-11-09", "to": "2026-11-20"})

    assert first.group.size == 14
    assert then.group.size == 13


def test_a_unit_of_four_is_hidden_with_enough_others_that_nobody_is_found(marc, academy, lumen, english):
    small = making.make_unit(lumen, "Direction")
    secret = acting.make_people(lumen, 4, small, "Chef")
    space = acting.old_space(lumen, "Direction", *secret)
    for hour in range(4):
        ask(secret[0], space, at("2026-11-09", f"1{hour}:00"))
    rebuilding.rebuild(lumen, date(2026, 10, 19), date(2026, 11, 20))

    report = report_of(marc)

    names = {row.name: row.learners for row in report.rows}
    assert names == {"Ventes": 8, "Units grouped together": 10}
    assert report.grouped == 2
    (neighbour,) = type(small).objects.filter(organisation=lumen).exclude(name__in=["Ventes", "Direction"])
    assert (
        "or “Units grouped together”, where a small unit" in report_of(marc, unit=str(neighbour.pk)).refusal
    )


def test_the_small_unit_and_what_is_around_it_are_refused_as_filters(sign_in, marc, academy, lumen, english):
    small = making.make_unit(lumen, "Direction")
    acting.make_people(lumen, 4, small, "Chef")
    parent = making.make_unit(lumen, "Siège")
    type(small).objects.filter(name__in=["Direction", "Ventes"]).update(parent=parent)
    rebuilding.rebuild(lumen, date(2026, 10, 19), date(2026, 11, 20))
    marc.language = "en"
    marc.save(update_fields=["language"])
    client = sign_in(marc)

    assert client.get(URL, {"unit": small.pk}).status_code == 422
    sales = client.get(URL, {"unit": parent.pk})
    # Head office (12) minus sales (8) would be the four of the management.
    assert sales.status_code == 200
    assert "Chef" not in sales.content.decode()
    only_sales = client.get(URL, {"unit": type(small).objects.get(name="Ventes").pk})
    assert only_sales.status_code == 422
    assert "differs by fewer than" in only_sales.content.decode()
    assert client.get("/reports/export/", {"unit": small.pk}).status_code == 302


def test_figures_of_another_organisation_are_in_no_report(marc, academy, atelier):
    theirs = acting.make_people(atelier, 20, making.make_unit(atelier, "Forge"), "Nord")
    space = acting.old_space(atelier, "Forge", *theirs)
    ask(theirs[0], space, at("2026-11-03"))
    rebuilding.rebuild(atelier, date(2026, 10, 1), date(2026, 11, 20))
    assert ActivityBlock.objects.filter(organisation=atelier).exists()

    report = report_of(marc, space=str(space.pk))

    assert report.group.size == 14
    assert report.filters.problems
    assert {row.name for row in report.rows} == {"Ventes", "Support"}


def test_a_hidden_space_is_not_named_among_the_filters(sign_in, marc, academy, lumen):
    secret = acting.old_space(lumen, "Fusion Zéphyr", *academy)
    type(secret).objects.filter(pk=secret.pk).update(visibility="hidden")
    page = sign_in(marc).get(URL)
    assert "Managers" in page.content.decode()
    assert "Zéphyr" not in page.content.decode()


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"period": "custom", "from": "hier", "to": "2026-11-01"}, "Give two dates"),
        ({"period": "custom", "from": "2026-11-02", "to": "2026-11-01"}, "ends before it begins"),
        ({"period": "custom", "from": "0001-01-01", "to": "0001-01-02"}, "Give two dates"),
        ({"period": "custom", "from": "2099-01-01", "to": "2099-02-01"}, "has not begun yet"),
        ({"period": "century"}, "does not exist"),
        ({"unit": "99999999"}, "not one of yours"),
        ({"space": "x' OR 1=1"}, "does not exist here"),
        ({"view": "sideways"}, "does not exist"),
    ],
)
def test_an_address_that_makes_no_sense_gets_a_sentence_and_the_default(
    sign_in, marc, academy, english, parameters, sentence
):
    marc.language = "en"
    marc.save(update_fields=["language"])
    page = sign_in(marc).get(URL, parameters)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert "14 learners" in page.content.decode()
    for name in parameters.keys() & {"from", "to"}:
        assert f'name="{name}" value="{parameters[name]}"' in page.text


def test_the_file_has_the_totals_of_the_screen(sign_in, marc, academy, sales):
    client = sign_in(marc)
    for parameters in ({}, {"unit": str(sales.pk)}, {"period": "90d"}):
        page, report = client.get(URL, parameters).content.decode(), report_of(marc, **parameters)
        assert f"{report.group.size} apprenants" in page
        tables = tables_of(client.get("/reports/export/", parameters | {"dialect": "plain"}))
        total = {row[0]: row for row in tables["figures.csv"][1 : 1 + len(report.lines)]}
        for line in report.lines:
            value = total[line.code][5]
            if line.value.number is None:
                assert value == ""
            else:
                assert Decimal(value) == line.value.number
            assert int(total[line.code][6]) == line.value.n
        assert 0 <= float(total["M03"][5]) <= 1


def test_an_export_is_written_in_the_log(sign_in, marc, academy, sales):
    sign_in(marc).get("/reports/export/", {"unit": sales.pk})
    event = Event.objects.get(verb="analytics.report_exported")
    assert (event.actor_id, event.organisation_id) == (marc.pk, marc.organisation_id)
    assert event.data == {"learners": 8, "filters": {"unit": str(sales.pk)}}


def test_a_unit_named_like_a_formula_is_text_in_the_file(sign_in, marc, academy, sales):
    type(sales).objects.filter(pk=sales.pk).update(name='=HYPERLINK("http://x","y")')
    rows = rows_of(sign_in(marc).get("/reports/export/", {"dialect": "plain"}))
    cells = [cell for row in rows for cell in row if "HYPERLINK" in cell]
    assert cells
    assert all(cell.startswith("'=") for cell in cells)


def test_an_hr_person_of_one_unit_sees_that_unit_only(sign_in, lumen, academy, sales):
    local = making.make_user("Léa", organisation=lumen)
    making.grant_role(local, "hr", unit=sales)
    report = report_of(local)
    assert report.group.size == 8
    assert [unit.name for unit, _depth in choices_for(local).offered_units] == ["Ventes"]


def test_the_page_says_how_each_figure_is_counted(sign_in, marc, academy):
    marc.language = "en"
    marc.save(update_fields=["language"])
    page = sign_in(marc).get(URL).content.decode()
    for words in ("M03 v1", "M05 v1", "M09 v1", "M10 v1", "M21 v1", "Europe/Paris", "How it is counted"):
        assert words in page


def test_the_page_asks_the_database_as_often_with_one_unit_as_with_four(
    sign_in, marc, academy, lumen, django_assert_num_queries
):
    client = sign_in(marc)
    client.get(URL)
    with django_assert_num_queries(17):
        client.get(URL)
    for name in ("Achats", "Logistique"):
        acting.make_people(lumen, 6, making.make_unit(lumen, name), name)
    rebuilding.rebuild(lumen, date(2026, 10, 19), date(2026, 11, 20))
    client.get(URL)
    with django_assert_num_queries(17):
        client.get(URL)


def test_an_organisation_without_figures_is_told_when_they_come(sign_in, marc):
    page = sign_in(marc).get(reverse("analytics:reports"))
    assert page.status_code == 200
    assert "Rien à compter pour l’instant" in page.content.decode()


def test_a_question_is_in_the_72_hour_figure_from_its_72nd_hour(marc, academy, lumen, time_machine):
    space = acting.old_space(lumen, "Questions", *academy)
    for hour in range(5):
        ask(academy[hour], space, at("2026-11-16", f"1{hour}:00"))
    rebuilding.rebuild(lumen, date(2026, 11, 16), date(2026, 11, 16))
    asked = {"period": "custom", "from": "2026-11-16", "to": "2026-11-16"}

    time_machine.move_to(at("2026-11-19", "13:59"), tick=False)
    assert report_of(marc, **asked).line("M10.72h").value.n == 4
    time_machine.move_to(at("2026-11-19", "14:00"), tick=False)
    value = report_of(marc, **asked).line("M10.72h").value
    assert (value.n, value.number) == (5, 1)


def test_the_median_counts_questions_that_still_wait(marc, academy, lumen):
    space = acting.old_space(lumen, "Questions", *academy)
    for index, wait in enumerate([1, 3, 10, None, None]):
        thread = ask(academy[index], space, at("2026-11-16", f"0{index}:00"))
        if wait:
            say(academy[5], thread, at("2026-11-16", f"{index + wait:02d}:00"))
    rebuilding.rebuild(lumen, date(2026, 11, 16), date(2026, 11, 17))

    line = report_of(marc, space=str(space.pk)).line("M09")

    assert (line.value.number, line.value.n) == (600, 5)


def test_a_report_says_when_it_was_counted_and_whether_it_is_being_counted_again(marc, academy, lumen):
    BuiltDay.objects.update(built_at=at("2026-11-19"))
    # Outside the two periods of thirty days.
    BuiltDay.objects.create(organisation=lumen, day=date(2026, 9, 1), built_at=at("2026-11-20"))
    DirtyDay.objects.create(organisation=lumen, day=date(2026, 9, 1))
    report = report_of(marc)
    assert (report.built_at, report.is_behind) == (at("2026-11-19"), False)

    DirtyDay.objects.create(organisation=lumen, day=date(2026, 11, 2))

    assert report_of(marc).is_behind


def test_a_page_shows_what_was_counted_since_it_was_last_drawn(sign_in, marc, academy, lumen, sales):
    client = sign_in(marc)
    assert "9 sur 14" in client.get(URL).content.decode()
    newcomer = acting.make_people(lumen, 1, sales, "Nouveau")[0]
    thread = ask(newcomer, acting.old_space(lumen, "Achats", newcomer), at("2026-11-03"))
    say(newcomer, thread, at("2026-11-04"))
    ShownGroup.objects.all().delete()

    rebuilding.rebuild(lumen, date(2026, 10, 19), date(2026, 11, 20))

    page = client.get(URL).content.decode()
    assert "10 sur 15" in page
    assert "9 sur 14" not in page


def test_a_file_has_a_table_each_in_the_language_of_who_reads_it_and_says_what_it_is_of(
    sign_in, marc, academy, sales
):
    answer = sign_in(marc).get("/reports/export/", {"unit": sales.pk, "period": "month"})

    tables = tables_of(answer, delimiter=";")
    assert list(tables) == ["rapport.csv", "definitions.csv", "chiffres.csv", "semaines.csv"]
    assert tables["chiffres.csv"][0][:3] == ["Mesure", "Version", "Nom"]
    for rows in tables.values():
        assert len({len(row) for row in rows}) == 1
    assert 'filename="palabre-ventes-2026-10-01-2026-10-31.zip"' in answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("\u200b=1+1", "'\u200b=1+1"),
        ("\ufeff=1+1", "'\ufeff=1+1"),
        ("＝1+1", "'＝1+1"),
        (" =1+1", "' =1+1"),
        ("\t=1+1", "'\t'=1+1"),
        ("Ventes;=1+1", "Ventes;'=1+1"),
        ("Ventes,=1+1", "Ventes,'=1+1"),
        ("Ventes\t=1+1", "Ventes\t'=1+1"),
        ("Sud, – 5 % et -3,5", "Sud, – 5 % et -3,5"),
    ],
)
def test_no_name_can_become_a_formula_in_the_file(name, cell):
    ((found,),) = csv.reader(io.StringIO(export.csv_of([[name]], plain=True).lstrip("\ufeff")))
    assert found == cell


def test_a_negative_number_stays_a_number_in_the_file():
    with override("fr"):
        assert export.csv_of([[Decimal("-3.50"), 7]], plain=False) == "\ufeff-3,5;7\r\n"


def test_newcomers_are_told_instead_of_nobody(sign_in, marc, lumen):
    for _ in range(4):
        making.make_user("Camille", organisation=lumen)
    rebuilding.rebuild(lumen, date(2026, 11, 20), date(2026, 11, 20))
    page = sign_in(marc).get(URL, {"period": "quarter"}).content.decode()
    assert "5 inscrits depuis moins de sept jours" in page
    assert "0 apprenant" not in page


def test_two_periods_that_differ_by_a_day_give_nobody_away(marc, academy, lumen, sales):
    """Enrolled for seven days on the second day alone, one person would be the difference of the two."""
    newcomer = making.make_user(
        "Zoé Neuf", organisation=lumen, unit=sales, joined_at=at("2026-11-13", "08:00")
    )
    space = acting.old_space(lumen, "Achats", *academy, newcomer)
    ask(newcomer, space, at("2026-11-14"))
    ask(newcomer, space, at("2026-11-15"))
    rebuilding.rebuild(lumen, date(2026, 10, 19), date(2026, 11, 20))

    shorter, longer = (
        report_of(marc, period="custom", **{"from": "2026-10-22", "to": f"2026-11-{day}"}) for day in (18, 19)
    )

    assert [shorter.group.size, longer.group.size] == [14, 14]
    assert shorter.group.amount == longer.group.amount == 21
    for before, after in zip(shorter.rows, longer.rows, strict=True):
        assert before.figures.group.people == after.figures.group.people


def test_days_to_come_are_told_and_the_typed_dates_go_along(sign_in, marc, academy, english):
    marc.language = "en"
    marc.save(update_fields=["language"])
    first = (timezone.localdate() - timedelta(days=20)).isoformat()
    page = sign_in(marc).get(URL, {"period": "custom", "from": first, "to": "2099-01-01"})
    assert "the report stops today" in page.text
    assert 'name="to" value="2099-01-01"' in page.text
    assert "from=2099" not in page.text
    reversed_dates = sign_in(marc).get(URL, {"period": "custom", "from": "2026-11-02", "to": "2026-11-01"})
    assert "from=2026-11-02&amp;to=2026-11-01" in reversed_dates.text


def test_choosing_a_period_of_ones_own_shows_two_dates_to_fill_in(sign_in, marc, academy):
    page = sign_in(marc).get(URL, {"period": "custom"}).content.decode()
    assert '<input type="date" name="from" value="2026-10-22">' in page
    assert '<input type="date" name="to" value="2026-11-20">' in page


def test_a_period_of_one_day_is_written_as_that_day(english):
    assert formatting.dates(date(2026, 11, 27), date(2026, 11, 27)) == "27 Nov 2026"
    assert formatting.dates(date(2026, 11, 1), date(2026, 11, 27)) == "1 Nov – 27 Nov 2026"
