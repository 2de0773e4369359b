"""Traps among the environment variables: pictures, names that nobody reads, and what every call to a server needs.

Every function takes the environment as a mapping, so that nothing here depends on the machine.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, urlsplit

from medq_tasks.harness.health.installed import importable
from medq_tasks.harness.health.trap import Trap
from medq_tasks.settings import Settings
from medq_tasks.transports import FORMAT_READERS, LOSSLESS_FORMATS

Environment = Mapping[str, str]

# Variables of the ready CI files in examples/: read by those files, not by the package.
EXAMPLES = frozenset({"MEDQ_TASKS", "MEDQ_BASELINE"})
# Read by the judge or by an API backend of lmms-eval 0.7.
_KEYS = (
    "MEDQ_JUDGE_API_KEY", "OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY",
    "DASHSCOPE_API_KEY", "REKA_API_KEY", "HF_TOKEN",
)  # fmt: skip
_ADDRESSES = ("MEDQ_JUDGE_BASE_URL", "OPENAI_BASE_URL", "OPENAI_API_BASE")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_ENDPOINTS = ("/chat/completions", "/completions", "/responses", "/models")
_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")  # of httpx, the transport of the openai package


def setting_traps(environ: Environment) -> list[Trap]:
    """Variables that change what the model sees, or that are set and read by nobody."""
    return [*_pictures(environ), *_unknown_names(environ), *_reader(environ)]


def connection_traps(environ: Environment) -> list[Trap]:
    """Variables with which calls to a model's server, to the judge or to the hub cannot work."""
    checks = (_addresses, _keys, _proxies, _local_through_proxy, _certificates)
    return [trap for check in checks for trap in check(environ)]


def judge_traps(environ: Environment) -> list[Trap]:
    """Variables that look like a judge and are none."""
    return [*_ignored_address(environ), *_empty_key(environ)]


def _pictures(environ: Environment) -> Iterator[Trap]:
    name = "LMMS_IMAGE_ENCODE_FORMAT"
    form = environ.get(name, "PNG").upper()
    if form not in LOSSLESS_FORMATS:
        yield Trap(
            f"{name}={environ[name]}: the chat backends of lmms-eval ({', '.join(FORMAT_READERS)}) send "
            f"pictures as {form or '?'} instead of PNG, and this benchmark asks about traces that JPEG leaves",
            f"unset {name}",
        )


def _unknown_names(environ: Environment) -> Iterator[Trap]:
    known = setting_names()
    for name in sorted(environ):
        if name.upper().startswith("MEDQ_") and name not in known | EXAMPLES:
            near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.8)
            cure = f"unset it, or rename it to {near[0]}" if near else f"unset it; known are {', '.join(sorted(known))}"
            yield Trap(f"{name} is set and is no setting of this version: it has no effect", cure)


def _reader(environ: Environment) -> Iterator[Trap]:
    counts, model = "MEDQ_READER_COUNTS", "MEDQ_READER_MODEL"
    if _value(environ, counts) == "1" and not _value(environ, model):
        yield Trap(f"{counts}=1 without {model}: there is no second reader, so it has no effect", f"export {model}")


def setting_names() -> frozenset[str]:
    """The ``MEDQ_*`` variables that ``Settings.from_env`` asks for: noted while it reads, so never out of date."""
    asked = set()

    class Noting(dict[str, str]):
        def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
            asked.add(name)
            return default

    Settings.from_env(Noting())
    return frozenset(name for name in asked if name.startswith("MEDQ_"))


def _ignored_address(environ: Environment) -> Iterator[Trap]:
    # A key of the judge's own says that the user knows of the two addresses: model here, judge at the default.
    if _value(environ, "OPENAI_API_BASE") and not any(
        _value(environ, name) for name in ("MEDQ_JUDGE_BASE_URL", "OPENAI_BASE_URL", "MEDQ_JUDGE_API_KEY")
    ):
        judge = "asks the openai package's own address" if _value(environ, "OPENAI_API_KEY") else "stays unset"
        yield Trap(
            "OPENAI_API_BASE is read by lmms-eval's openai backends, for the model, and not by the judge, which "
            f"{judge}",
            "export MEDQ_JUDGE_BASE_URL with the address of the judge's server",
        )


def _addresses(environ: Environment) -> Iterator[Trap]:
    for name in _ADDRESSES:
        url = _value(environ, name)
        problem = _address_problem(url) if url else ""
        if problem:
            yield Trap(f"{name}={url} {problem}", f"export {name} in the form https://host:port/v1")


def _address_problem(url: str) -> str:
    parts = _split(url)
    if any(mark in url for mark in " \t\n'\""):
        return "holds a blank or a quotation mark"
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return "is no http or https address"
    if parts.path.rstrip("/").endswith(_ENDPOINTS):
        return "names an endpoint: the client adds that itself, and the server answers 404"
    return ""


def _keys(environ: Environment) -> Iterator[Trap]:
    for name in _KEYS:
        key = environ.get(name, "")
        if name == "MEDQ_JUDGE_API_KEY":
            key = key.strip()  # as the settings do it; the harness's own backends take the others as they are
        problem = _key_problem(key) if key else ""
        if problem:
            yield Trap(f"{name} (not shown) {problem}, so no call with it works", f"export {name} with the key alone")


def _empty_key(environ: Environment) -> Iterator[Trap]:
    blank = [name for name in _KEYS[:2] if name in environ and not environ[name].strip()]
    if blank and not any(_value(environ, name) for name in (*_KEYS[:2], *_ADDRESSES[:2])):
        yield Trap(
            f"{blank[0]} is set to nothing: there is no judge, and the four axes of the reasoning tasks stay null",
            f"give {blank[0]} its value (in CI: a secret that this job may not read is empty), or unset it",
        )


def _key_problem(key: str) -> str:
    if not key.isascii():
        return "holds characters that no header can carry (a long dash or typographic quotation mark, say)"
    if any(mark.isspace() or not mark.isprintable() for mark in key):
        return "holds a blank, a line break or a control character"
    if key[0] in "'\"" or key[-1] in "'\"":
        return "has its quotation marks in it"
    if key[0] in "$<" or key.endswith("..."):
        return "is a placeholder"
    return ""


def _proxies(environ: Environment) -> Iterator[Trap]:
    for name, url in proxies(environ).items():
        parts = _split(url)
        if parts is None or not parts.hostname or parts.scheme not in _PROXY_SCHEMES or any(map(str.isspace, url)):
            yield Trap(
                f"{name}={url} is no proxy that the openai package can use ({', '.join(_PROXY_SCHEMES)}): a client of "
                "the judge or of an API backend cannot be made",
                f"correct {name}, or unset it",
                stops=True,
                about="proxy",
            )
        elif parts.scheme.startswith("socks") and not importable("socksio"):
            yield Trap(
                f"{name} names a SOCKS proxy and the package socksio is not installed: a client of the judge or of an "
                "API backend cannot be made",
                f"pip install socksio, or unset {name}",
                stops=True,
                about="socksio",
            )


def _local_through_proxy(environ: Environment) -> Iterator[Trap]:
    by_scheme = {name.lower().removesuffix("_proxy"): name for name in proxies(environ)}
    for address in _ADDRESSES:
        parts = _split(_value(environ, address))
        if parts is None or not parts.hostname or not _local(parts.hostname):
            continue
        proxy = by_scheme.get(parts.scheme) or by_scheme.get("all")
        listed = environ.get("no_proxy", environ.get("NO_PROXY", "")).replace(" ", "").split(",")
        if proxy and not {"*", parts.hostname, f"{parts.hostname}:{parts.port}"} & set(listed):
            yield Trap(
                f"{address} is on this machine, but calls to it go through {proxy}, because NO_PROXY does not name "
                f"{parts.hostname}",
                f"export NO_PROXY={parts.hostname} (with what it holds already)",
            )


def _certificates(environ: Environment) -> Iterator[Trap]:
    for name in _CERTIFICATES:
        path = environ.get(name, "")
        if path and not os.path.exists(path):
            problem = f"{name}={path} does not exist: no https call works"
            yield Trap(problem, f"correct {name}, or unset it", stops=True, about="certificates")


def proxies(environ: Environment) -> dict[str, str]:
    """The proxies in force, variable -> address, as urllib (and so httpx) reads them: small letters win, even empty."""
    found = {}
    for scheme in ("http", "https", "all"):
        small, large = f"{scheme}_proxy", f"{scheme}_PROXY".upper()
        name = small if small in environ else large
        if url := environ.get(name, "").strip():
            found[name] = url if "://" in url else f"http://{url}"
    return found


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError when it is no number
    except ValueError:
        return None
    return parts


def _value(environ: Environment, name: str) -> str:
    return environ.get(name, "").strip()
