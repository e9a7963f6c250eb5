"""What an operator can set: one table, from which the values, the command's help and the documentation are made.

Comes in: environment variables `TULIEU_…` and, from the command line, values by name. Goes out: one frozen `Settings`,
read once at the start and handed down. A variable that is not in the table, or a value that does not fit, stops the
start, because a limit that is silently not set is worse than a server that does not run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from tulieu.errors import SettingsError

LANGUAGES = ("vi", "en")
PREFIX = "TULIEU_"
_LONGEST_LINE = 300


@dataclass(frozen=True)
class Setting:
    """One row of the table: the field it fills, its environment variable, its default as text, its meaning."""

    name: str
    env: str
    default: str
    help: str


SETTINGS = (
    Setting("state", "TULIEU_STATE", ".tulieu", "Folder that holds the releases."),
    Setting("host", "TULIEU_HOST", "127.0.0.1", "Address to listen on."),
    Setting("port", "TULIEU_PORT", "8000", "Port to listen on, 1 to 65535."),
    Setting(
        "public_url",
        "TULIEU_PUBLIC_URL",
        "",
        "Where readers reach this server; starts every address in an answer. Empty: http://HOST:PORT/.",
    ),
    Setting(
        "default_language", "TULIEU_DEFAULT_LANGUAGE", "vi", "Language of pages for readers who ask for none: vi or en."
    ),
    Setting(
        "feedback", "TULIEU_FEEDBACK", "", "Where readers report errors: a mailto: or https: address. Empty: no link."
    ),
    Setting(
        "contact",
        "TULIEU_CONTACT",
        "",
        "Who runs this server and how to reach them, in one line for the policy page. Empty: it names nobody.",
    ),
    Setting("query_length", "TULIEU_QUERY_LENGTH", "65536", "Longest query that is accepted, in characters."),
    Setting("query_depth", "TULIEU_QUERY_DEPTH", "100", "Deepest nesting of brackets in a query that is accepted."),
    Setting("query_tokens", "TULIEU_QUERY_TOKENS", "20000", "Most words and signs in a query that are accepted."),
    Setting("answer_bytes", "TULIEU_ANSWER_BYTES", "67108864", "Largest answer to a query, in bytes."),
    Setting(
        "query_seconds",
        "TULIEU_QUERY_SECONDS",
        "30",
        "Longest a query may take, in seconds, waiting and sending included.",
    ),
    Setting("query_memory", "TULIEU_QUERY_MEMORY", "1024", "Most memory a query may use, in MiB."),
    Setting(
        "query_processes",
        "TULIEU_QUERY_PROCESSES",
        "0",
        "Queries carried out at once, each in a process of its own. 0: one more than there are processors.",
    ),
    Setting("query_queue", "TULIEU_QUERY_QUEUE", "64", "Most queries that wait for a process; others get 503."),
    Setting(
        "query_budget",
        "TULIEU_QUERY_BUDGET",
        "60",
        "Seconds of query time that one client may use within a minute; beyond it gets 429. 0: no limit.",
    ),
    Setting("page_rows", "TULIEU_PAGE_ROWS", "500", "Most rows of a query's result that the page shows."),
    Setting(
        "cache_bytes", "TULIEU_CACHE_BYTES", "67108864", "Memory for answers that are given again, in bytes. 0: none."
    ),
    Setting(
        "trusted_proxies",
        "TULIEU_TRUSTED_PROXIES",
        "",
        "Addresses or networks, parted by commas, whose X-Forwarded-For is believed. Empty: nobody's.",
    ),
    Setting("access_log", "TULIEU_ACCESS_LOG", "off", "A line of JSON for each answer, on standard error: on or off."),
)


@dataclass(frozen=True)
class Settings:
    """The values of one run; `public_url` always ends in a slash."""

    state: Path = Path(".tulieu")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000/"
    default_language: str = "vi"
    feedback: str = ""
    contact: str = ""
    query_length: int = 65_536
    query_depth: int = 100
    query_tokens: int = 20_000
    answer_bytes: int = 67_108_864
    query_seconds: int = 30
    query_memory: int = 1024
    query_processes: int = 0
    query_queue: int = 64
    query_budget: int = 60
    page_rows: int = 500
    cache_bytes: int = 67_108_864
    trusted_proxies: str = ""
    access_log: bool = False


def from_environment(environment: Mapping[str, str], chosen: Mapping[str, str] | None = None) -> Settings:
    """Make the settings of a run: what the command line chose, else the environment, else the defaults."""
    known = {setting.env for setting in SETTINGS}
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting. Known are: {', '.join(sorted(known))}.")
    chosen = chosen or {}
    names = {setting.name for setting in SETTINGS}
    for name in chosen:
        if name not in names:
            raise SettingsError(f"{name!r} is not a setting. Known are: {', '.join(sorted(names))}.")
    raw = {
        setting.name: chosen.get(setting.name, environment.get(setting.env, setting.default)) for setting in SETTINGS
    }
    return Settings(
        state=Path(raw["state"]),
        host=raw["host"],
        port=_number("port", raw["port"], 1, 65_535),
        public_url=_public_url(raw["public_url"] or f"http://{_bracketed(raw['host'])}:{raw['port']}/"),
        default_language=_one_of("default_language", raw["default_language"], LANGUAGES),
        feedback=_feedback(raw["feedback"]),
        contact=_line("contact", raw["contact"]),
        query_length=_number("query_length", raw["query_length"], 1, 10_000_000),
        query_depth=_number("query_depth", raw["query_depth"], 1, 500),
        query_tokens=_number("query_tokens", raw["query_tokens"], 1, 1_000_000),
        answer_bytes=_number("answer_bytes", raw["answer_bytes"], 1, 2**40),
        query_seconds=_number("query_seconds", raw["query_seconds"], 1, 3600),
        query_memory=_number("query_memory", raw["query_memory"], 256, 2**20),
        query_processes=_number("query_processes", raw["query_processes"], 0, 256),
        query_queue=_number("query_queue", raw["query_queue"], 0, 100_000),
        query_budget=_number("query_budget", raw["query_budget"], 0, 1_000_000),
        page_rows=_number("page_rows", raw["page_rows"], 1, 100_000),
        cache_bytes=_number("cache_bytes", raw["cache_bytes"], 0, 2**40),
        trusted_proxies=_networks(raw["trusted_proxies"]),
        access_log=_one_of("access_log", raw["access_log"], ("on", "off")) == "on",
    )


def to_environment(settings: Settings) -> dict[str, str]:
    """Write settings as the environment from which another process of the server reads the same."""
    values = ((setting.env, getattr(settings, setting.name)) for setting in SETTINGS)
    return {env: ("on" if value else "off") if isinstance(value, bool) else str(value) for env, value in values}


def _number(name: str, text: str, least: int, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        raise SettingsError(f"{_variable(name)} is {text!r}; a whole number is expected.") from None
    if not least <= value <= most:
        raise SettingsError(f"{_variable(name)} is {value}; expected is a number from {least} to {most}.")
    return value


def _one_of(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise SettingsError(f"{_variable(name)} is {text!r}; expected is one of {', '.join(allowed)}.")
    return text


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError(
            f"TULIEU_PUBLIC_URL is {text!r}; expected is an http or https address without query, such as https://example.org/."
        )
    return text if text.endswith("/") else text + "/"


def _feedback(text: str) -> str:
    if text and not text.startswith(("mailto:", "https://", "http://")):
        raise SettingsError(
            f"TULIEU_FEEDBACK is {text!r}; expected is an address that starts with mailto: or https://."
        )
    return text


def _line(name: str, text: str) -> str:
    if not text.isprintable() or len(text) > _LONGEST_LINE:
        raise SettingsError(
            f"{_variable(name)} is {text!r}; expected is one line of at most {_LONGEST_LINE} characters."
        )
    return text.strip()


def _networks(text: str) -> str:
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            ip_network(part, strict=False)
        except ValueError:
            raise SettingsError(
                f"TULIEU_TRUSTED_PROXIES names {part!r}; expected are addresses and networks, such as 10.0.0.0/8."
            ) from None
    return text


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _variable(name: str) -> str:
    return next(setting.env for setting in SETTINGS if setting.name == name)
