"""The stream of open pages behind a real uvicorn, fed through a real Valkey."""

import json
import socket
import time
import urllib.error
import urllib.request
from contextlib import closing

import pytest
import redis
import time_machine
from django.core import signing
from django.db import transaction

from core import live, stream
from core.stream import QUEUE, Stream, read_token
from lms import asgi
from lms.asgi import application
from tests.core.serving import serving


class Page:
    """An open page: reads its stream line by line."""

    def __init__(self, port, token):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.socket.sendall(f"GET /live/?token={token} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        self.lines = self.socket.makefile("r", encoding="utf-8", newline="\n")
        self.status = int(self.lines.readline().split()[1])
        while self.lines.readline().strip():
            pass

    def next(self, skip=("ping", "presence")):
        """The next event as (name, data); None at the end of the stream."""
        event = None
        for line in self.lines:
            if line.startswith("event: "):
                event = line[7:].strip()
            elif line.startswith("data: ") and event not in skip:
                return event, json.loads(line[6:])
            elif line.strip() == "0":
                return None
        return None

    def until_open(self):
        while self.next()[0] != "hello":
            pass
        return self

    def close(self):
        self.lines.close()
        self.socket.close()


def outlive_the_second():
    """A token is dated to the second: only later ones are younger than a subscription that began in this one."""
    time.sleep(1.1)


def cut_subscription():
    """Ours alone: the other workers' tests have their own numbered database of the same server."""
    server = live.servers()
    number = str(server.get_connection_kwargs().get("db", 0))
    subscribed = [one["id"] for one in server.client_list(_type="pubsub") if one["db"] == number]
    assert subscribed
    for one in subscribed:
        server.client_kill_filter(_id=one)


@pytest.fixture(scope="module")
def port():
    with serving(application) as number:
        page = Page(number, live.token_for(1, ["user:1"])).until_open()
        page.close()
        outlive_the_second()
        yield number


@pytest.fixture
def open_page(port):
    pages = []

    def open_page(user_id, *topics, name=""):
        page = Page(port, live.token_for(user_id, topics, name))
        pages.append(page)
        return page.until_open() if page.status == 200 else page

    yield open_page
    for page in pages:
        page.close()


def test_a_page_hears_its_topics_and_no_other(open_page):
    page = open_page(1, "thread:12", "user:1")

    live._send(json.dumps(["thread:13", "changed", {}]))
    live._send(json.dumps(["user:2", "changed", {}]))
    live._send(json.dumps(["thread:12", "changed", {}]))

    assert page.next() == ("changed", {"topic": "thread:12"})


def test_news_arrives_within_a_second(open_page):
    page = open_page(1, "thread:900")
    started = time.monotonic()
    live._send(json.dumps(["thread:900", "changed", {}]))
    assert page.next()[0] == "changed"
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "token",
    ["", "made-up", signing.dumps({"u": 1, "t": ["user:1"]}, salt="other")],
    ids=["empty", "made up", "of another salt"],
)
def test_a_token_we_did_not_sign_opens_nothing(port, token):
    with closing(Page(port, token)) as page:
        assert page.status == 403


def test_an_expired_token_opens_nothing(port):
    with time_machine.travel(time.time() - live.TOKEN_SECONDS - 5, tick=True):
        token = live.token_for(1, ["user:1"])
    with closing(Page(port, token)) as page:
        assert page.status == 403


def test_a_stream_ends_when_its_token_expires(port):
    with time_machine.travel(time.time() - live.TOKEN_SECONDS + 2, tick=True):
        token = live.token_for(1, ["user:1"])
    with closing(Page(port, token)) as page:
        page.socket.settimeout(10)
        page.until_open()
        while (event := page.next())[0] == "resync":
            pass
        assert event == ("over", {})
        assert page.next() is None


@pytest.mark.django_db(transaction=True)
def test_revoking_a_person_ends_their_streams_at_once_and_refuses_their_tokens(port, open_page):
    token = live.token_for(77, ["user:77"])
    mine, other = open_page(77, "thread:1"), open_page(78, "thread:1")

    live.revoke(77)

    assert mine.next() == ("over", {})
    assert mine.next() is None
    with closing(Page(port, token)) as page:
        assert page.status == 403
    live._send(json.dumps(["thread:1", "changed", {}]))
    assert other.next() == ("changed", {"topic": "thread:1"})
    live.servers().delete(live.REVOKED.format(77))


def test_after_losing_valkey_everyone_is_told_to_look_and_news_goes_on(open_page):
    page = open_page(1, "thread:12")

    cut_subscription()

    assert page.next() == ("resync", {})
    live._send(json.dumps(["thread:12", "changed", {}]))
    assert page.next() == ("changed", {"topic": "thread:12"})
    outlive_the_second()


def test_what_changed_between_page_and_stream_is_told_on_opening(port):
    token = live.token_for(1, ["thread:55", "thread:56"])
    live._send(json.dumps(["thread:55", "changed", {}]))
    with closing(Page(port, token)) as page:
        assert page.next()[0] == "hello"
        assert page.next() == ("changed", {"topic": "thread:55"})


def test_presence_shows_names_and_forgets_who_left(open_page):
    skip = ("ping", "resync")
    awa = open_page(1, "thread:321", name="Awa Mbaye")
    assert awa.next(skip)[1]["names"] == ["Awa Mbaye"]
    karim = open_page(2, "thread:321", name="Karim Toure")
    both = {"topic": "thread:321", "names": ["Awa Mbaye", "Karim Toure"]}
    assert awa.next(skip) == ("presence", both)
    karim.close()
    assert awa.next(skip) == ("presence", {"topic": "thread:321", "names": ["Awa Mbaye"]})


@pytest.mark.django_db(transaction=True)
def test_news_waits_for_the_commit_and_a_rollback_tells_nothing(open_page):
    page = open_page(1, "thread:5", "thread:6")
    with transaction.atomic():
        live.publish("thread:5")
        transaction.set_rollback(True)
    with transaction.atomic():
        live.publish("thread:6", "writing", names=["Awa"])
    assert page.next() == ("writing", {"topic": "thread:6", "names": ["Awa"]})


def test_news_without_a_server_fails_nobody(settings, caplog):
    live.servers.cache_clear()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    live._send(json.dumps(["thread:80", "changed", {}]))
    live.servers.cache_clear()
    live.outage.end()
    live.missed.messages.clear()
    assert "could not be told" in caplog.text


def test_a_page_that_reads_slowly_keeps_one_notice_per_topic_and_looks_again_when_it_missed_some():
    stream = Stream({"u": 1, "n": "", "t": [], "i": 0}, send=None)
    for _ in range(3):
        stream.push("changed", "thread:1")
    assert len(stream.pending) == 1
    for number in range(QUEUE * 2):
        stream.push("changed", f"thread:{number}")
    assert len(stream.pending) <= QUEUE + 1
    assert ("", "resync") in stream.pending
    assert (f"thread:{QUEUE * 2 - 1}", "changed") in stream.pending


def test_a_stranger_gets_a_token_without_the_topics_they_may_not_hear(sign_in, ines, awa, lumen):
    from tests.making import make_space, make_thread

    thread = make_thread(make_space(lumen, visibility="open"), awa)
    wanted = (
        f"thread:{thread.pk},space:{thread.space_id},user:{awa.pk},user:{ines.pk},nothing:1,thread:x,thread:"
    )

    answer = sign_in(ines).get("/live/token/", {"topics": wanted}).json()
    assert answer["topics"] == [f"user:{ines.pk}"]
    scope = {"query_string": f"token={answer['token']}".encode()}
    assert read_token(scope)["t"] == [f"user:{ines.pk}"]

    answer = sign_in(awa).get("/live/token/", {"topics": wanted}).json()
    assert answer["topics"] == [f"thread:{thread.pk}", f"space:{thread.space_id}", f"user:{awa.pk}"]


def test_nobody_gets_a_token_without_signing_in(client, db):
    assert client.get("/live/token/", {"topics": "user:1"}).status_code == 302


def test_the_page_carries_the_token_of_its_reader(sign_in, awa):
    page = sign_in(awa).get("/").content.decode()
    assert f'data-topics="user:{awa.pk}"' in page
    assert 'data-renew="/live/token/"' in page


def test_who_has_too_many_streams_gets_no_more_and_keeps_those_they_have(open_page, monkeypatch):
    monkeypatch.setattr(stream, "STREAMS_PER_PERSON", 2)
    first, second = open_page(91, "thread:7"), open_page(91, "thread:7")
    assert open_page(91, "thread:7").status == 429
    live._send(json.dumps(["thread:7", "changed", {}]))
    for page in (first, second):
        assert page.next() == ("changed", {"topic": "thread:7"})
    first.close()
    wait_until(lambda: len(application_hub().people[91]) == 1)
    assert open_page(91, "thread:7").status == 200


def application_hub():
    return asgi.live.hub


def wait_until(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_process_of_the_stream_has_no_page(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez") as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/")


def test_a_page_of_another_port_hears_the_stream_only_if_it_is_ours(port, settings):
    settings.LIVE_ORIGINS = ["http://localhost:8000"]
    for origin, allowed in (("http://localhost:8000", "http://localhost:8000"), ("http://evil.test", None)):
        address = f"http://127.0.0.1:{port}/live/?token={live.token_for(1, [])}"
        asked = urllib.request.Request(address, headers={"Origin": origin})
        with urllib.request.urlopen(asked) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == allowed


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_without_a_proxy_the_page_asks_the_port_of_the_stream_on_the_name_it_was_asked_by(
    sign_in, awa, settings, name
):
    client = sign_in(awa)
    assert 'data-url="/live/"' in client.get("/").content.decode()
    settings.LIVE_PORT = 8011
    page = client.get("/", headers={"Host": f"{name}:8000"}).content.decode()
    assert f'data-url="http://{name}:8011/live/"' in page


def test_news_that_could_not_be_told_is_told_when_the_server_of_news_is_back(port, monkeypatch):
    page = Page(port, live.token_for(1, ["thread:81", "thread:82"])).until_open()
    real = live.servers
    try:
        monkeypatch.setattr(live, "servers", lambda: redis.Redis(port=1))
        for name in ("thread:81", "thread:82", "thread:81"):
            live._send(json.dumps([name, "changed", {}]))
        monkeypatch.setattr(live, "servers", real)
        # A page may also be told to look for itself, when the hub has found the server again.
        heard: list[str] = []
        while len(heard) < 2:
            heard += [topic] if (topic := page.next()[1].get("topic")) else []
        assert heard == ["thread:81", "thread:82"]
        assert not live.missed.messages
    finally:
        live.outage.end()
        page.close()
