"""The example queries: the questions that tests put to the archive, by topic.

Comes in: the `.rq` files of the folder `examples`. Their first lines are the question in English (`# …?`), the same in
Vietnamese (`# …?`), and its topic (`# group: …`); what follows is the query as a reader sees and runs it. Goes out: the
topics of the table below, in its order, each with its questions in the order of their file names. The rows that each
question must bring are in `tests/knowledge/questions`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from tulieu.errors import KnowledgeError, Problem

# A topic's key in the files, its title in Vietnamese and in English.
TOPICS = (
    ("events", "Hội nghị và các sự kiện", "The conference and other events"),
    ("offices", "Người và chức vụ", "People and offices"),
    ("organs", "Cơ quan, tổ chức, địa điểm", "Organs, groups and places"),
    ("documents", "Văn bản", "Documents"),
    ("figures", "Số liệu", "Figures"),
    ("work", "Công việc, kiểm tra, giám sát", "Work, inspection and supervision"),
    ("awards", "Khen thưởng", "Awards"),
    ("anniversaries", "Thi đua, kỷ niệm, thời gian", "Drives, anniversaries and times"),
    ("plans", "Dự kiến, chỉ đạo, đề nghị", "Plans, instructions and proposals"),
    ("pictures", "Ảnh", "Pictures"),
    ("evidence", "Nguồn, ghi chú, suy luận", "Evidence: passages, notes and inference"),
    ("unstated", "Điều nguồn không nêu", "What is not stated"),
    ("finding", "Tìm kiếm và liên kết", "Finding and linking"),
)
_ENGLISH, _VIETNAMESE, _GROUP = 1, 2, 3
_QUESTION = re.compile(r"# (\S.*\?)")
_TOPIC = re.compile(r"# group: (\S+)")


@dataclass(frozen=True)
class Example:
    """One question: its name, its wording in each language, the query that puts it."""

    name: str
    titles: Mapping[str, str]
    query: str


@dataclass(frozen=True)
class Topic:
    """What some questions are about, by language, and the questions."""

    name: str
    titles: Mapping[str, str]
    examples: tuple[Example, ...]


def load_topics() -> tuple[Topic, ...]:
    """Read the example queries that travel with the package."""
    found: dict[str, list[Example]] = {name: [] for name, _, _ in TOPICS}
    folder = files("tulieu.sparql") / "examples"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".rq"):
            topic, example = read_example(file.name, file.read_text(encoding="utf-8"))
            found[topic].append(example)
    return tuple(
        Topic(name, {"vi": vietnamese, "en": english}, tuple(found[name])) for name, vietnamese, english in TOPICS
    )


def read_example(file: str, text: str) -> tuple[str, Example]:
    """Read the text of a file: its topic and the example; raise KnowledgeError where its head is not as expected."""
    lines = text.split("\n")
    english = _head(file, lines, _ENGLISH, _QUESTION, "the question in English, '# …?'")
    vietnamese = _head(file, lines, _VIETNAMESE, _QUESTION, "the question in Vietnamese, '# …?'")
    topic = _head(file, lines, _GROUP, _TOPIC, "the topic, '# group: …'")
    known = [name for name, _, _ in TOPICS]
    if topic not in known:
        raise KnowledgeError([Problem(file, _GROUP, f"no topic is called {topic!r}; expected is one of {known}.")])
    query = "\n".join(lines[_GROUP:]).strip() + "\n"
    return topic, Example(file.removesuffix(".rq"), {"vi": vietnamese, "en": english}, query)


def _head(file: str, lines: list[str], number: int, pattern: re.Pattern[str], expected: str) -> str:
    found = pattern.fullmatch(lines[number - 1]) if len(lines) >= number else None
    if not found:
        raise KnowledgeError([Problem(file, number, f"expected on line {number} is {expected}.")])
    return found[1]
