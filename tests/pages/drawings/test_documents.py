import pytest

from tulieu.pages.archive import Archive
from tulieu.pages.drawings import documents
from tulieu.pages.drawings.documents import Network, make_document_network, make_documents_page
from tulieu.pages.drawings.lettering import break_lines, measure

from .conftest import iri, visit


def whole(drawn: Archive, language: str = "vi") -> Network:
    network = make_documents_page(drawn, visit(drawn, "documents", language)).network
    assert network is not None
    return network


def test_every_box_is_in_the_table_and_every_document_of_the_table_has_a_box(drawn: Archive) -> None:
    network = whole(drawn)
    told = {value.iri for row in network.rows for value in (row.start, row.end)}
    assert [box.value.iri for box in network.drawing.boxes if box.value.iri not in told] == []
    assert len(network.drawing.boxes) == len(told) == 5
    assert len(network.drawing.wires) == len(network.rows) == 5
    assert all(row.sources for row in network.rows)


def test_the_relations_are_those_of_the_store(drawn: Archive) -> None:
    rows = drawn.store.select("SELECT DISTINCT ?relation { ?relation a tl:DocumentRelation }")
    assert len(rows) == len(whole(drawn).rows)
    kinds = {(row.start.iri, row.kind.text.words, row.end.iri) for row in whole(drawn).rows}
    assert (iri("document-second"), "tiếp tục thực hiện", iri("document-first")) in kinds
    # A relation whose kind is not known is called by what leads to the other document.
    assert (iri("document-ring-a"), "văn bản được sửa đổi, bổ sung", iri("document-ring-b")) in kinds


def test_a_document_stands_below_those_that_it_goes_back_to(drawn: Archive) -> None:
    places = {box.value.iri: box.y for box in whole(drawn).drawing.boxes}
    assert places[iri("document-first")] < places[iri("document-second")] < places[iri("document-third")]


def test_boxes_do_not_touch_and_words_fit_into_them(drawn: Archive) -> None:
    drawing = whole(drawn, "en").drawing
    for above, below in zip(drawing.boxes, drawing.boxes[1:], strict=False):
        assert above.y + above.height < below.y
    for box in drawing.boxes:
        assert all(measure(line.words, 14) <= drawing.box_width - 20 for line in box.lines)
        assert all(box.y < line.y - 10 and line.y <= box.y + box.height for line in box.lines)
    first = next(box for box in drawing.boxes if box.value.iri == iri("document-first"))
    assert len(first.lines) > 1
    assert drawing.boxes[-1].y + drawing.boxes[-1].height <= drawing.height


def test_wires_end_at_the_boxes_they_belong_to_and_do_not_cover_each_other(drawn: Archive) -> None:
    network = whole(drawn)
    boxes = {box.value.iri: box for box in network.drawing.boxes}
    pairs = {(row.start.iri, row.kind.text.words, row.end.iri) for row in network.rows}
    for wire in network.drawing.wires:
        start = next(name for name, box in boxes.items() if box.y <= wire.y <= box.y + box.height)
        end = next(name for name, box in boxes.items() if box.y <= wire.end_y <= box.y + box.height)
        assert (start, wire.name.words, end) in pairs
        assert network.drawing.edge < wire.lane < network.drawing.width
    spans = [(wire.lane, wire.end_y, *sorted((wire.y, wire.end_y))) for wire in network.drawing.wires]
    for number, (lane, end, low, high) in enumerate(spans):
        assert all(
            lane != other or end == their_end or high < their_low or their_high < low
            for other, their_end, their_low, their_high in spans[:number]
        )


def test_one_document_is_drawn_with_its_neighbours(drawn: Archive) -> None:
    network = make_document_network(drawn, iri("document-second"), visit(drawn, "").values)
    assert network is not None
    assert {box.value.iri: box.is_focus for box in network.drawing.boxes} == {
        iri("document-first"): False,
        iri("document-second"): True,
        iri("document-third"): False,
    }
    assert len(network.rows) == 2 and network.more == 0
    assert make_document_network(drawn, iri("document-lone"), visit(drawn, "").values) is None


def test_documents_without_a_relation_are_listed_apart(drawn: Archive) -> None:
    page = make_documents_page(drawn, visit(drawn, "documents"))
    assert [value.iri for value in page.alone] == [iri("document-lone")]


def test_many_relations_have_pages(drawn: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "PAGE_SIZE", 2)
    pages = [make_documents_page(drawn, visit(drawn, "documents", page=str(number))) for number in (1, 2, 3)]
    assert [len(page.network.rows) for page in pages if page.network] == [2, 2, 1]
    rows = {(row.start.iri, row.end.iri) for page in pages if page.network for row in page.network.rows}
    assert len(rows) == 5
    network = make_document_network(drawn, iri("document-third"), visit(drawn, "").values)
    assert network is not None and network.more == 0


def test_a_text_is_broken_between_words_and_cut_only_at_the_end() -> None:
    assert break_lines("a b", 200, 14) == ("a b",)
    lines = break_lines("tư tưởng đạo đức phong cách " * 6, 120, 14)
    assert len(lines) == 3
    assert lines[-1].endswith("…") and not lines[0].endswith("…")
    assert all(measure(line, 14) <= 120 for line in lines)
    assert break_lines("x" * 200, 120, 14)[0].endswith("…")
    assert break_lines("", 120, 14) == ()
