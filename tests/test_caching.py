from dataclasses import replace

import pytest

from tulieu.caching import CACHE_CONTROL, Edition, Representation, cache_control, digest_software, entity_tag, is_known

EDITION = Edition("release", "software", "https://a.example/")
REPRESENTATION = Representation("/doc/x?", "text/html", "vi")


def test_every_part_changes_the_tag() -> None:
    tags = {
        entity_tag(EDITION, REPRESENTATION),
        entity_tag(replace(EDITION, release="other"), REPRESENTATION),
        entity_tag(replace(EDITION, software="other"), REPRESENTATION),
        entity_tag(replace(EDITION, public_url="https://b.example/"), REPRESENTATION),
        entity_tag(replace(EDITION, settings="en"), REPRESENTATION),
        entity_tag(EDITION, replace(REPRESENTATION, target="/doc/y?")),
        entity_tag(EDITION, replace(REPRESENTATION, media_type="text/turtle")),
        entity_tag(EDITION, replace(REPRESENTATION, language="en")),
        entity_tag(EDITION, replace(REPRESENTATION, profile="bare")),
        entity_tag(EDITION, replace(REPRESENTATION, encoding="gzip")),
    }
    assert len(tags) == 10


def test_parts_do_not_run_together() -> None:
    assert entity_tag(EDITION, Representation("a", "bc")) != entity_tag(EDITION, Representation("ab", "c"))


def test_if_none_match_is_a_list_and_may_be_weak() -> None:
    assert is_known('"a", W/"b"', "b")
    assert not is_known('"ab"', "b")
    assert not is_known("*", "b"), "whether there is an answer is not known yet"
    assert not is_known(None, "b")


def test_the_software_has_one_digest() -> None:
    assert digest_software() == digest_software()
    assert len(digest_software()) == 16


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/doc/x", 200, "answer"),
        ("/id/x", 303, "answer"),
        ("/doc/x", 304, "answer"),
        ("/id/merged", 301, "moved"),
        ("/robots.txt", 200, "signpost"),
        ("/.well-known/void", 303, "signpost"),
        ("/robots.txt", 503, "error"),
        ("/doc/x", 410, "error"),
    ],
)
def test_each_kind_of_answer_says_how_long_it_holds(path: str, status: int, kind: str) -> None:
    assert cache_control(path, status) == CACHE_CONTROL[kind]
