import gzip
from collections import Counter
from datetime import UTC, datetime

import pytest

from community.formats.stackexchange import DumpComment, DumpPost, read_comments, read_posts
from core.errors import Refused
from core.importing import RefusedItem
from tests.samples import SAMPLES, needs_samples

pytestmark = pytest.mark.usefixtures("english")

POSTS = """<?xml version="1.0" encoding="utf-8"?>
<posts>
  <row Id="1" PostTypeId="1" AcceptedAnswerId="2" CreationDate="2011-10-11T19:42:20.713" Score="-3" Title="Où ?"
       Body="&lt;p&gt;ici&lt;/p&gt;" OwnerUserId="12" Tags="&lt;a-b&gt;&lt;c&gt;" />
  <row Id="2" PostTypeId="2" ParentId="1" CreationDate="2011-10-12T00:00:00.000" Score="4" Body="là" />
  <row Id="3" PostTypeId="5" CreationDate="2011-10-12T00:00:00.000" Score="0" Body="wiki" />
  <row Id="4" PostTypeId="2" CreationDate="2011-10-12T00:00:00.000" Body="sans parent" />
</posts>"""


def test_rows_are_read_and_the_others_named(tmp_path):
    (tmp_path / "Posts.xml").write_text(POSTS)
    question, answer, wiki, broken = read_posts(tmp_path)
    assert question == DumpPost(
        id=1,
        parent=None,
        created_at=datetime(2011, 10, 11, 19, 42, 20, 713000, UTC),
        edited_at=None,
        score=-3,
        body="<p>ici</p>",
        owner=12,
        title="Où ?",
        tags=("a-b", "c"),
        accepted=2,
    )
    assert (answer.parent, answer.owner, answer.accepted) == (1, None, None)
    assert [(item.where, item.name) for item in (wiki, broken)] == [
        ("Posts 3", "wiki"),
        ("Posts 4", "sans parent"),
    ]
    assert "type 5" in wiki.reason


@pytest.mark.parametrize(
    "content",
    [
        b"<posts><row",
        b'<!DOCTYPE a [<!ENTITY b "c">]><posts><row Id="&b;"/></posts>',
        gzip.compress(POSTS.encode())[:-20],
    ],
)
def test_a_broken_file_is_refused(tmp_path, content):
    (tmp_path / ("Posts.xml.gz" if content[:2] == b"\x1f\x8b" else "Posts.xml")).write_bytes(content)
    with pytest.raises(Refused):
        list(read_posts(tmp_path))


def test_a_folder_without_a_dump_is_refused(tmp_path):
    with pytest.raises(Refused):
        list(read_comments(tmp_path))


class TestOnSamples:
    pytestmark = needs_samples

    def test_the_whole_community_is_read(self):
        posts, comments = (
            list(read_posts(SAMPLES / "discussions")),
            list(read_comments(SAMPLES / "discussions")),
        )
        kinds = Counter(
            type(item) if isinstance(item, RefusedItem) else item.parent is None for item in posts
        )
        assert kinds == {True: 556, False: 1095, RefusedItem: 6}
        assert sum(isinstance(item, DumpComment) for item in comments) == len(comments) == 3454
