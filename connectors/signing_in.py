"""From a callback to a sign-in: genuine? code -> tokens -> who -> what was granted -> which accounts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar, assert_never
from urllib.parse import urlsplit

from pydantic import SecretStr

from connectors.classify import UNREADABLE, Detail, classify, is_our_mistake, observe
from connectors.line import Line
from connectors.observation import (
    Expired,
    Healthy,
    Misconfigured,
    Observation,
    Rejected,
    ScopeMissing,
    Suspended,
    Throttled,
    Unreachable,
)
from connectors.outside import FailureKind, OutsideFailed, OutsideRefused
from connectors.provider import AccountAtProvider, Answer, Call, Identity, Json, Scope
from connectors.renewing import exchanged, new_tokens, unreachable
from connectors.tokens import Tokens, granted_in

_MOST_ACCOUNTS = 5_000
_MOST_PAGES = 100
_LONGEST_CODE = 4_096
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A completed sign-in: tokens, who signed in, what was granted, which accounts lie behind it (maybe none)."""

    tokens: Tokens
    identity: Identity
    granted_scopes: tuple[str, ...]
    missing_scopes: tuple[str, ...]
    accounts: tuple[AccountAtProvider, ...]


class SignInProblem(StrEnum):
    """Why a callback did not become a sign-in."""

    CANCELLED = "cancelled"
    NO_CODE = "no_code"
    NOT_GENUINE = "not_genuine"
    CODE_REFUSED = "code_refused"
    TOO_FEW_PERMISSIONS = "too_few_permissions"
    PROVIDER_DOWN = "provider_down"
    PROVIDER_BUSY = "provider_busy"
    MISCONFIGURED = "misconfigured"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInFailed:
    """The callback's outcome when it is no sign-in.

    `missing_scopes` (the provider's names) with TOO_FEW_PERMISSIONS. `tokens` and `identity` where the provider had already given
    them: the caller ends that sign-in.
    """

    problem: SignInProblem
    missing_scopes: tuple[str, ...] = ()
    tokens: Tokens | None = None
    identity: Identity | None = None


class _Stopped(Exception):
    """Carries the reason out of the steps; never leaves this file."""

    def __init__(self, problem: SignInProblem, missing: tuple[str, ...] = ()) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.missing = missing


async def sign_in(
    line: Line, *, query: Mapping[str, str], verifier: SecretStr, redirect_uri: str, now: datetime
) -> SignIn | SignInFailed:
    """What became of a callback with this query (each parameter once). Raises nothing for what a provider can do."""
    try:
        code = _code(line, query)
        tokens, answer = await _exchange(line, code, verifier=verifier, redirect_uri=redirect_uri, now=now)
    except _Stopped as stopped:
        return SignInFailed(problem=stopped.problem)
    identity: Identity | None = None
    try:
        tokens, answer = await _long_lived(line, tokens, answer, now=now)
        granted = await _granted(line, tokens, answer)
        missing = _missing(line.provider.scopes, granted)
        required = tuple(
            scope.name for scope in line.provider.scopes if scope.required and scope.name in missing
        )
        identity = await _identity(line, tokens, required)
        _enough(required)
        accounts = await _accounts(line, tokens, identity)
    except _Stopped as stopped:
        return SignInFailed(
            problem=stopped.problem, missing_scopes=stopped.missing, tokens=tokens, identity=identity
        )
    return SignIn(
        tokens=tokens, identity=identity, granted_scopes=granted, missing_scopes=missing, accounts=accounts
    )


def _code(line: Line, query: Mapping[str, str]) -> str:
    """The authorization code of a genuine callback. Raises `_Stopped`."""
    provider = line.provider
    if not _from_this_provider(line, query.get("iss")):
        raise _Stopped(SignInProblem.NOT_GENUINE)
    if error := query.get("error"):
        raise _Stopped(_problem_of_error(error))
    code = query.get("code")
    if not code:
        raise _Stopped(SignInProblem.NO_CODE)
    check = provider.auth.check_callback
    if check and not check(query, line.credentials.client_secret.get_secret_value(), line.address):
        raise _Stopped(SignInProblem.NOT_GENUINE)
    # RFC 6749 appendix A.11: visible ASCII. Nothing longer than any provider's code is worth sending.
    if len(code) > _LONGEST_CODE or not code.isascii() or not code.isprintable():
        raise _Stopped(SignInProblem.CODE_REFUSED)
    return code


def _from_this_provider(line: Line, issuer: str | None) -> bool:
    """RFC 9207 2.4: a promised issuer must be there and be the one; an issuer nobody promised must at least live at the provider."""
    if line.provider.issuer is not None:
        return issuer == line.provider.issuer
    if issuer is None:
        return True
    try:
        host = urlsplit(issuer).hostname
    except ValueError:
        return False
    return host in line.hosts()


def _problem_of_error(error: str) -> SignInProblem:
    match error:
        case "access_denied" | "user_denied" | "user_cancelled_login" | "user_cancelled_authorize":
            return SignInProblem.CANCELLED
        case "server_error":
            return SignInProblem.PROVIDER_DOWN
        case "temporarily_unavailable":
            return SignInProblem.PROVIDER_BUSY
        case _ if is_our_mistake(error) or error == "invalid_request":
            return SignInProblem.MISCONFIGURED
        case _:
            return SignInProblem.CODE_REFUSED


async def _exchange(
    line: Line, code: str, *, verifier: SecretStr, redirect_uri: str, now: datetime
) -> tuple[Tokens, Answer]:
    auth = line.provider.auth
    parameters = {"code": code, "redirect_uri": redirect_uri, **auth.token_params}
    if auth.pkce:
        parameters["code_verifier"] = verifier.get_secret_value()
    found = await new_tokens(line, "authorization_code", parameters, now=now)
    if not isinstance(found, tuple):
        raise _stopped_by(found)
    return found


async def _long_lived(line: Line, tokens: Tokens, answer: Answer, *, now: datetime) -> tuple[Tokens, Answer]:
    if not line.provider.auth.exchange_after_code:
        return tokens, answer
    found = await exchanged(line, tokens, now=now)
    if not isinstance(found, tuple):
        raise _stopped_by(found)
    return found


async def _granted(line: Line, tokens: Tokens, answer: Answer) -> tuple[str, ...]:
    told = granted_in(answer)
    if told is not None:
        return told
    call, read = line.provider.permissions, line.provider.read_permissions
    if call is None or read is None:
        return tuple(scope.name for scope in line.provider.scopes)
    return _read(await _ask(line, call, tokens), read)


def _missing(scopes: tuple[Scope, ...], granted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(scope.name for scope in scopes if not {scope.name, *scope.implied_by} & set(granted))


async def _identity(line: Line, tokens: Tokens, required: tuple[str, ...]) -> Identity:
    """Who signed in; where permissions are lacking, that is the reason told, even if this very question needs one of them."""
    try:
        return _read(await _ask(line, line.provider.identity, tokens), line.provider.read_identity)
    except _Stopped:
        _enough(required)
        raise


def _enough(required: tuple[str, ...]) -> None:
    if required:
        raise _Stopped(SignInProblem.TOO_FEW_PERMISSIONS, required)


async def _accounts(line: Line, tokens: Tokens, identity: Identity) -> tuple[AccountAtProvider, ...]:
    provider = line.provider
    if provider.accounts is None or provider.read_accounts is None:
        return (AccountAtProvider(external_id=identity.external_id, name=identity.name),)
    found: dict[str, AccountAtProvider] = {}
    answer = await _ask(line, provider.accounts, tokens, identity=identity.external_id)
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        for account in _read(answer, provider.read_accounts):
            found.setdefault(account.external_id, account)
        url = _read(answer, provider.next_page) if provider.next_page else None
        if url is None or url in seen or len(found) >= _MOST_ACCOUNTS:
            break
        seen.add(url)
        answer = await _next(line, provider.accounts, url, tokens)
    return tuple(found.values())[:_MOST_ACCOUNTS]


async def _ask(line: Line, call: Call, tokens: Tokens, *, identity: str = "") -> Answer:
    try:
        answer = await line.call(call, tokens.access_token, identity=identity)
    except (OutsideFailed, OutsideRefused) as error:
        raise _stopped_by(unreachable(error)) from None
    return _healthy(line, answer)


async def _next(line: Line, call: Call, url: str, tokens: Tokens) -> Answer:
    try:
        answer = await line.follow(call, url, tokens.access_token)
    except OutsideRefused:
        raise _Stopped(SignInProblem.UNREADABLE) from None
    except OutsideFailed as error:
        raise _stopped_by(unreachable(error)) from None
    return _healthy(line, answer)


def _healthy(line: Line, answer: Answer) -> Answer:
    """The answer, if it is one to a living sign-in. What a probe makes of a body of another shape does not count here."""
    seen = observe(line.provider, answer)
    if 200 <= answer.status < 300 and isinstance(seen, Unreachable):
        seen = classify(answer)
    if not isinstance(seen, Healthy):
        raise _stopped_by(seen)
    return answer


def _read(answer: Answer, read: Callable[[Json], _Found]) -> _Found:
    try:
        return read(answer.json)
    except UNREADABLE:
        raise _Stopped(SignInProblem.UNREADABLE) from None


def _stopped_by(seen: Observation) -> _Stopped:
    match seen:
        case Throttled():
            return _Stopped(SignInProblem.PROVIDER_BUSY)
        case Unreachable(detail=Detail.UNREADABLE | Detail.REDIRECT | FailureKind.TOO_BIG):
            return _Stopped(SignInProblem.UNREADABLE)
        case Unreachable():
            return _Stopped(SignInProblem.PROVIDER_DOWN)
        case Misconfigured():
            return _Stopped(SignInProblem.MISCONFIGURED)
        case ScopeMissing(scopes=scopes):
            return _Stopped(SignInProblem.TOO_FEW_PERMISSIONS, scopes)
        case Rejected() | Expired() | Suspended():
            return _Stopped(SignInProblem.CODE_REFUSED)
        case Healthy():
            return _Stopped(SignInProblem.UNREADABLE)
        case _:
            assert_never(seen)
