"""The token and revoke endpoints of any provider: client proved, code used once, PKCE S256, rotating refresh tokens."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.sandbox.pretend_provider import PretendProvider, SignedIn, ends_sign_in
from bot.sandbox.provider_calls import Incoming
from bot.sandbox.records import Hearing
from connectors.provider import RefreshKind, TokenAuth

Reply = tuple[int, Any]
"""(HTTP status, JSON body)."""

CODE_LIFE = timedelta(minutes=10)


def answer_tokens(pretend: PretendProvider, incoming: Incoming, hearing: Hearing) -> Reply:
    """One call of the token endpoint."""
    example, auth = pretend.provider.example, pretend.provider.auth
    params = incoming.query if auth.token_method == "GET" else incoming.form
    where = f"{pretend.key} token"
    if auth.token_method == "POST" and incoming.query:
        hearing.refuse(where, "parameters_in_query")
        return 400, {"error": "invalid_request"}
    if not is_our_client(pretend, incoming, params):
        hearing.refuse(where, "invalid_client")
        return example.refused_client
    match params.get("grant_type"):
        case "authorization_code":
            return _by_code(pretend, params, hearing)
        case "refresh_token" if auth.refresh in {RefreshKind.ROTATING, RefreshKind.STATIC}:
            return _by_refresh(pretend, params, hearing)
        case grant if grant and grant == auth.exchange_grant:
            return _by_exchange(pretend, params, hearing)
        case _:
            hearing.refuse(where, "unsupported_grant_type")
            return 400, {"error": "unsupported_grant_type"}


def is_our_client(pretend: PretendProvider, incoming: Incoming, params: Mapping[str, str]) -> bool:
    """Whether the client proves itself in exactly the declared way, and in no other besides."""
    told = incoming.headers.get("authorization", "")
    if pretend.provider.auth.token_auth is TokenAuth.BASIC:
        pair = f"{pretend.client_id}:{pretend.client_secret}".encode()
        return told == f"Basic {base64.b64encode(pair).decode()}" and "client_secret" not in params
    given = (params.get("client_id"), params.get("client_secret"))
    return given == (pretend.client_id, pretend.client_secret) and not told


def _by_code(pretend: PretendProvider, params: Mapping[str, str], hearing: Hearing) -> Reply:
    example, auth = pretend.provider.example, pretend.provider.auth
    problem = _code_problem(pretend, params)
    if problem is not None:
        hearing.refuse(f"{pretend.key} token", problem)
        return example.refused_code
    code = pretend.codes[params["code"]]
    code.used = True
    lacking = [name for name, value in auth.token_params.items() if params.get(name) != value]
    if lacking:
        hearing.refuse(f"{pretend.key} token", f"missing {', '.join(lacking)}")
        return 400, {"error": "invalid_request"}
    return 200, _filled(pretend, code.signed_in, example.token)


def _code_problem(pretend: PretendProvider, params: Mapping[str, str]) -> str | None:
    code = pretend.codes.get(params.get("code", ""))
    if code is None:
        return "unknown_code"
    if code.used:
        # RFC 6749 4.1.2: a code that comes twice was stolen; what it gave before ends.
        code.signed_in.ended = True
        return "code_used_twice"
    if pretend.clock() - code.born > CODE_LIFE:
        return "code_expired"
    if params.get("redirect_uri") != code.redirect_uri:
        return "redirect_uri_mismatch"
    if code.challenge is not None and challenge_of(params.get("code_verifier", "")) != code.challenge:
        return "pkce_mismatch"
    return None


def challenge_of(verifier: str) -> str:
    """S256 (RFC 7636 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _by_refresh(pretend: PretendProvider, params: Mapping[str, str], hearing: Hearing) -> Reply:
    example, auth = pretend.provider.example, pretend.provider.auth
    token = params.get("refresh_token", "")
    signed_in = pretend.by_refresh(token)
    if signed_in is None or pretend.is_over(signed_in) or not pretend.living(signed_in.refresh[token]):
        hearing.refuse(f"{pretend.key} token", "dead_refresh_token")
        return _told(pretend, signed_in, example.refused_refresh)
    if auth.refresh is RefreshKind.ROTATING:
        del signed_in.refresh[token]
    return 200, _filled(pretend, signed_in, example.refreshed)


def _by_exchange(pretend: PretendProvider, params: Mapping[str, str], hearing: Hearing) -> Reply:
    example = pretend.provider.example
    token = params.get(pretend.provider.auth.exchange_grant, "")
    signed_in = pretend.by_access(token)
    if signed_in is None or pretend.is_over(signed_in) or not pretend.living(signed_in.access[token]):
        hearing.refuse(f"{pretend.key} token", "dead_access_token")
        return _told(pretend, signed_in, _why_dead(pretend, signed_in))
    return 200, _filled(pretend, signed_in, example.refreshed)


def _why_dead(pretend: PretendProvider, signed_in: SignedIn | None) -> Reply:
    """Where the token itself is exchanged, the refusal says what its calls would be told."""
    example = pretend.provider.example
    troubles = pretend.troubles(signed_in) if signed_in else []
    states = [one.state for one in troubles if ends_sign_in(one.state)]
    if signed_in is not None and signed_in.ended:
        states.insert(0, signed_in.ended_as)
    return example.failures.get(states[0], example.refused_refresh) if states else example.refused_refresh


def _told(pretend: PretendProvider, signed_in: SignedIn | None, reply: Reply) -> Reply:
    if signed_in is not None:
        pretend.tell(signed_in)
    return reply


def _filled(pretend: PretendProvider, signed_in: SignedIn, template: Mapping[str, Any]) -> Any:
    auth = pretend.provider.auth
    access = pretend.new_access(signed_in, _seconds(template.get("expires_in")) or auth.access_token_lifetime)
    words = {"access_token": access, "scope": auth.scope_separator.join(signed_in.scopes)}
    if "{refresh_token}" in str(template):
        life = _seconds(template.get("refresh_token_expires_in")) or auth.refresh_token_lifetime
        words["refresh_token"] = pretend.new_refresh(signed_in, life)
    return _fill(template, words)


def _seconds(value: Any) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else None


def _fill(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, word in words.items():
            value = value.replace(f"{{{name}}}", word)
        return value
    if isinstance(value, Mapping):
        return {name: _fill(inner, words) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_fill(inner, words) for inner in value]
    return value


def answer_revoke(pretend: PretendProvider, incoming: Incoming, hearing: Hearing) -> Reply:
    """The revoke form (RFC 7009): an unknown token is no error."""
    if not is_our_client(pretend, incoming, incoming.form):
        hearing.refuse(f"{pretend.key} revoke", "invalid_client")
        return pretend.provider.example.refused_client
    fields = pretend.provider.auth.revoke_form or {}
    for name, template in fields.items():
        given = incoming.form.get(name)
        if given is None:
            hearing.refuse(f"{pretend.key} revoke", f"missing {name}")
            return 400, {"error": "invalid_request"}
        if "{" in template:
            _end_token(pretend, given)
    return pretend.provider.example.revoked


def _end_token(pretend: PretendProvider, token: str) -> None:
    by_refresh, by_access = pretend.by_refresh(token), pretend.by_access(token)
    if by_refresh is not None:
        end_sign_in(pretend, by_refresh)
    elif by_access is not None:
        del by_access.access[token]


def end_sign_in(pretend: PretendProvider, signed_in: SignedIn) -> None:
    """End a sign-in, and its siblings of the same person unless the provider promises to leave those alone."""
    for one in pretend.sign_ins:
        same = one.login.identity.external_id == signed_in.login.identity.external_id
        if one is signed_in or (same and not pretend.provider.auth.revoke_reaches_only_this_sign_in):
            pretend.end(one)
