"""Which declared call a request is, told by method, address, query and body. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from connectors.provider import BadAddress, Call, Provider

_PLACEHOLDER = re.compile(r"\\\{([a-z_]+)\\\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request as the provider's own address names it (https://host/path, without query)."""

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]
    json: Any


def match_url(template: str, url: str) -> dict[str, str] | None:
    """What stands in the template's placeholders, or None where the address is another."""
    plain = template.partition("?")[0]
    pattern = _PLACEHOLDER.sub(lambda found: f"(?P<{found.group(1)}>[^/]+)", re.escape(plain))
    found = re.fullmatch(pattern, url)
    return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


def address_at(provider: Provider, host: str) -> tuple[bool, str | None]:
    """(whether the provider lives at this host, the address a person would have typed)."""
    for template in provider.hosts:
        found = match_url(template, host)
        if found is None:
            continue
        field = provider.address
        typed = found.get(field.placeholder) if field else None
        if field is None or typed is None or _is_canonical(provider, typed):
            return True, typed
    return False, None


def _is_canonical(provider: Provider, typed: str) -> bool:
    try:
        return provider.address is not None and provider.address.parse(typed) == typed
    except BadAddress:
        return False


def roles(provider: Provider, incoming: Incoming) -> Iterator[tuple[str, dict[str, str]]]:
    """The parts this request can play, the most telling first: permissions, probe, accounts, identity."""
    declared = {
        "permissions": provider.permissions,
        "probe": provider.probe,
        "accounts": provider.accounts,
        "identity": provider.identity,
    }
    for name, call in declared.items():
        found = match_url(call.url, incoming.url) if call is not None else None
        if call is not None and found is not None and _is_call(call, incoming):
            yield name, found


def _is_call(call: Call, incoming: Incoming) -> bool:
    wanted = dict(parse_qsl(call.url.partition("?")[2])) | dict(call.query)
    if call.method != incoming.method or any(
        incoming.query.get(name) != value for name, value in wanted.items()
    ):
        return False
    return call.body is None or call.body == incoming.json


def wrong_headers(call: Call, incoming: Incoming, settings: Mapping[str, str]) -> list[str]:
    """The declared headers that are absent or have another value."""
    wrong = []
    for name, template in call.headers.items():
        value = template
        for setting, secret in settings.items():
            value = value.replace(f"{{{setting}}}", secret)
        if incoming.headers.get(name.lower()) != value:
            wrong.append(name)
    return wrong
