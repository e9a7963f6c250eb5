"""The tables and their columns.

Comes in: nothing. Goes out: `TABLES`, which the CSV files, their metadata and the code book all read. The base columns
of a table are those of its stored query (`queries/<name>.rq`); beside each that holds names of things stand the labels
of these, and beside each that holds times what is known of these. A row is one thing as one passage or note states it,
and ends with where it stands. What a column means is not said here again: each names the term of the ontology that
says it, in both languages.
"""

from tulieu.tables.columns import KIND_OF_SOURCE, LABEL, TERM, TYPE, Column, Datatype, Origin, Table


def _things(
    name: str, term: str, of: str, *, joins: str = "", scheme: str = "", known: bool = False, single: bool = False
) -> tuple[Column, ...]:
    """A column of names, and the two of their labels."""
    base = Column(
        name, Datatype.NAME, _iri(term), of, name, Origin.QUERY, not single, known, joins=joins, scheme=scheme
    )
    return (base, *_labels(name, is_list=not single))


def _labels(name: str, *, is_list: bool) -> tuple[Column, ...]:
    return tuple(
        Column(f"{name}_{origin.value}", Datatype.TEXT, LABEL, name, name, origin, is_list, is_known=True)
        for origin in (Origin.LABEL_VI, Origin.LABEL_EN)
    )


def _time(name: str, term: str, of: str) -> tuple[Column, ...]:
    """A column of times, and what is known of these."""

    def about(origin: Origin, datatype: Datatype, local: str, scheme: str = "") -> Column:
        known = origin is not Origin.PRINTED
        return Column(f"{name}_{origin.value}", datatype, TERM + local, name, name, origin, True, known, scheme=scheme)

    precision = about(Origin.PRECISION, Datatype.NAME, "hasPrecision", "precision")
    return (
        Column(name, Datatype.NAME, TERM + term, of, name, is_list=True),
        about(Origin.PRINTED, Datatype.TEXT, "printedForm"),
        about(Origin.EARLIEST, Datatype.DAY, "earliestDay"),
        about(Origin.LATEST, Datatype.DAY, "latestDay"),
        precision,
        *_labels(precision.name, is_list=True),
        about(Origin.SOURCES, Datatype.NAME, "attestedIn"),
    )


def _plain(name: str, datatype: Datatype, term: str, of: str, *, single: bool = True) -> Column:
    return Column(name, datatype, _iri(term), of, name, is_list=not single)


def _iri(term: str) -> str:
    return term if ":" in term else TERM + term


def _standing() -> tuple[Column, ...]:
    """Where a row stands: of which kind its source is, in which article, at which place, in whose voice."""
    return (
        Column(KIND_OF_SOURCE, Datatype.TEXT, KIND_OF_SOURCE, "passage", KIND_OF_SOURCE, is_required=True),
        Column("article", Datatype.NAME, TERM + "inArticle", "passage", "article", is_list=True),
        _plain("position", Datatype.INTEGER, "position", "passage"),
        Column("voice", Datatype.NAME, TERM + "hasVoice", "passage", "voice", is_required=True, scheme="voice"),
        *_labels("voice", is_list=False),
        *_things("according_to", "accordingTo", "passage"),
    )


def _unstated() -> tuple[Column, ...]:
    """What the source of a row says nothing of, where that was noted; one property for each of the points."""
    return (
        *_things("not_stated", "leavesUnstated", "passage"),
        *_things("not_stated_property", "unstatedProperty", "not_stated"),
    )


def _table(name: str, vietnamese: str, english: str, key: str, term: str, *columns: tuple[Column, ...]) -> Table:
    """A table of things: its key with labels, its own columns, and where each row stands."""
    first = Column(key, Datatype.NAME, TERM + term, key, key, is_required=True)
    passage = Column("passage", Datatype.NAME, TERM + "attestedIn", key, "passage", is_required=True, joins="passages")
    own = (first, *_labels(key, is_list=False), *(each for group in columns for each in group))
    return Table(name, {"vi": vietnamese, "en": english}, key, (*own, passage, *_standing(), *_unstated()))


_CLASS = ("class", TYPE)

TABLES = (
    _table(
        "persons", "Người", "Persons", "person", "Person",
        (_plain("name_form", Datatype.TEXT, "form", "person", single=False),),
        _things("gender", "hasGender", "person", scheme="gender", single=True),
    ),
    _table(
        "organs", "Cơ quan, tổ chức", "Organs", "organ", "Organ",
        _things(*_CLASS, "organ", known=True),
        _things("kind", "hasKind", "organ", scheme="organ-kind", known=True),
        _things("level", "hasLevel", "organ", scheme="level", known=True),
        (_plain("name_form", Datatype.TEXT, "form", "organ", single=False),),
        _things("place", "ofPlace", "organ"),
        _things("superior", "superior", "organ"),
    ),
    _table(
        "holdings", "Việc giữ chức vụ", "Offices held", "holding", "Holding",
        _things("person", "holder", "holding", joins="persons", known=True),
        _things("office", "heldOffice", "holding", known=True),
        _things("organ", "officeIn", "office", joins="organs", known=True),
        _time("attested_at", "attestedAt", "holding"),
    ),
    _table(
        "documents", "Văn bản", "Documents", "document", "DocumentResource",
        _things(*_CLASS, "document", known=True),
        _things("kind", "hasKind", "document", scheme="document-kind"),
        (_plain("number", Datatype.TEXT, "documentNumber", "document"),),
        (_plain("subject_line", Datatype.TEXT, "subjectLine", "document", single=False),),
        _things("handling_mark", "hasHandlingMark", "document", scheme="handling-mark"),
        _things("topic", "hasTopic", "document", scheme="topic"),
        (_plain("name_form", Datatype.TEXT, "form", "document", single=False),),
        _things("issued_by", "issuedBy", "document"),
        _time("issued_at", "issuedAt", "document"),
    ),
    _table(
        "document_relations", "Quan hệ văn bản", "Document relations", "relation", "DocumentRelation",
        _things("kind", "hasKind", "relation", scheme="relation-kind", known=True),
        _things("from_document", "fromDocument", "relation", joins="documents", single=True),
        _things("to_document", "toDocument", "relation", joins="documents"),
        (_plain("concerns_part", Datatype.TEXT, "concernsPart", "relation", single=False),),
        _time("effective_from", "effectiveFrom", "relation"),
    ),
    _table(
        "events", "Sự kiện, hoạt động", "Events and activities", "event", "Event",
        _things(*_CLASS, "event", known=True),
        _things("kind", "hasKind", "event", scheme="event-kind"),
        _time("time", "hasTime", "event"),
        _things("organised_by", "organisedBy", "event"),
        _things("place", "takesPlaceAt", "event"),
        _things("mode", "hasMode", "event", scheme="mode"),
        _things("part_of", "isPartOfEvent", "event", joins="events"),
        _things("document", "involvesDocument", "event", joins="documents"),
        _things("reviewed_document", "reviewsImplementationOf", "event", joins="documents"),
        _things("carried_out_by", "carriedOutBy", "event"),
        _things("directed_at", "directedAt", "event"),
        _things("founds", "founds", "event"),
        _things("work", "hasWork", "event", scheme="work"),
        _things("progress", "hasProgress", "event", scheme="progress"),
        _things("topic", "hasTopic", "event", scheme="topic"),
        _things("aim", "hasAim", "event", joins="plans"),
    ),
    _table(
        "participations", "Sự tham gia", "Participations", "participation", "Participation",
        _things("event", "inEvent", "participation", joins="events", known=True),
        _things("participant", "participant", "participation", known=True),
        _things("holding", "inCapacity", "participation", joins="holdings", known=True),
        _things("office", "heldOffice", "holding", known=True),
        _things("role", "hasRole", "participation", scheme="role"),
    ),
    _table(
        "figures", "Số liệu", "Figures", "figure", "Figure",
        _things("measure", "hasMeasure", "figure", scheme="measure", single=True),
        (
            _plain("value", Datatype.DECIMAL, "value", "figure"),
            _plain("lowest_value", Datatype.DECIMAL, "lowestValue", "figure"),
            _plain("highest_value", Datatype.DECIMAL, "highestValue", "figure"),
            _plain("printed_form", Datatype.TEXT, "printedForm", "figure", single=False),
        ),
        _things("unit", "hasUnit", "figure", scheme="unit", single=True),
        _things("qualifier", "hasNumberQualifier", "figure", scheme="number-qualifier"),
        _things("status", "hasFigureStatus", "figure", scheme="figure-status", single=True),
        _things("figure_of", "isFigureOf", "figure"),
        _things("population", "population", "figure"),
        _things("category", "hasCategory", "figure", scheme="category"),
        _things("share_of", "isShareOf", "figure", joins="figures"),
        _things("part_of", "isPartOfFigure", "figure", joins="figures"),
        _things("same_matter_as", "sameMatterAs", "figure", joins="figures"),
        (_plain("exhaustive", Datatype.TRUTH, "isExhaustive", "figure"),),
        _time("time", "hasTime", "figure"),
    ),
    _table(
        "plans", "Dự kiến, chỉ đạo, đề nghị, mục đích", "Plans, instructions, proposals and aims", "plan", "Intention",
        _things(*_CLASS, "plan", known=True),
        _things("work", "hasWork", "plan", scheme="work"),
        _things("topic", "hasTopic", "plan", scheme="topic"),
        _things("stage", "hasStage", "plan", scheme="stage"),
        _things("progress", "hasProgress", "plan", scheme="progress"),
        _things("put_forward_by", "putForwardBy", "plan"),
        _things("put_forward_in_capacity", "putForwardInCapacity", "plan", joins="holdings", single=True),
        _things("put_forward_in", "putForwardIn", "plan"),
        _things("actor", "intendedActor", "plan"),
        _things("directed_at", "directedAt", "plan"),
        _things("document", "involvesDocument", "plan", joins="documents"),
        _things("alongside", "alongside", "plan"),
        _things("aims_at", "aimsAt", "plan"),
        _time("time", "intendedTime", "plan"),
    ),
    _table(
        "awards", "Khen thưởng", "Awards", "award", "AwardConferral",
        _things("kind", "hasKind", "award", scheme="event-kind"),
        _things("recipient", "recipient", "award"),
        _things("conferred_by_office", "conferredByOffice", "award", single=True),
        _things("conferred_by_organ", "conferredByOrgan", "award", joins="organs"),
        _things("conferred_in_capacity", "conferredInCapacity", "award", joins="holdings"),
        _things("topic", "hasTopic", "award", scheme="topic"),
        _time("merit_time", "meritTime", "award"),
        _time("time", "hasTime", "award"),
    ),
    Table(
        "passages",
        {"vi": "Vị trí trong bài và ghi chú", "en": "Passages and notes"},
        "passage",
        (
            Column("passage", Datatype.NAME, TERM + "StatementSource", "passage", "passage", is_required=True),
            *_standing(),
            _plain("paragraph", Datatype.INTEGER, "paragraph", "passage"),
            _plain("start", Datatype.INTEGER, "start", "passage"),
            _plain("end", Datatype.INTEGER, "end", "passage"),
            _plain("digest", Datatype.TEXT, "digest", "passage"),
            *_things("voice_marking", "voiceMarking", "passage", scheme="voice-marking", single=True),
            *_things("picture", "belongsToPicture", "passage"),
            _plain("summary_vi", Datatype.TEXT, "summary", "passage"),
            _plain("summary_en", Datatype.TEXT, "summary", "passage"),
            _plain("states_nothing_vi", Datatype.TEXT, "statesNothingBecause", "passage"),
            _plain("states_nothing_en", Datatype.TEXT, "statesNothingBecause", "passage"),
            *_things("note_kind", "hasKind", "passage", scheme="note-kind"),
            *_things("derived_from", "derivedFrom", "passage", joins="passages"),
            _plain("reason_vi", Datatype.TEXT, "reason", "passage"),
            _plain("reason_en", Datatype.TEXT, "reason", "passage"),
            *_unstated(),
        ),
    ),
)  # fmt: skip
