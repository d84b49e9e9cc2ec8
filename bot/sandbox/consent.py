"""The provider's sign-in: checks the request the browser brings, asks Allow or Cancel, sends the browser back."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from bot.sandbox.pretend_provider import Login, PretendProvider
from connectors.provider import AccountAtProvider

_HUES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A request that waits for Allow or Cancel."""

    id: str
    redirect_uri: str
    state: str
    challenge: str | None
    scopes: tuple[str, ...]
    address: str | None


def consider(pretend: PretendProvider, query: Mapping[str, str], address: str | None) -> Consent | str:
    """The request as a consent to ask for, or what is wrong with it (shown in the browser, never sent back)."""
    auth = pretend.provider.auth
    if query.get("client_id") != pretend.client_id:
        return "unknown client_id"
    if pretend.redirect_uri is None or query.get("redirect_uri") != pretend.redirect_uri:
        return "redirect_uri is not the registered one"
    if query.get("response_type") != "code":
        return "response_type must be code"
    if not query.get("state"):
        return "state is missing"
    if auth.pkce and (
        query.get("code_challenge_method") != "S256" or len(query.get("code_challenge", "")) != 43
    ):
        return "a code_challenge with S256 is required"
    wrong = [name for name, value in auth.authorize_params.items() if query.get(name) != value]
    if wrong:
        return f"missing parameter: {', '.join(wrong)}"
    scopes = tuple(name for name in query.get("scope", "").split(auth.scope_separator) if name)
    declared = {scope.name for scope in pretend.provider.scopes}
    if not set(scopes) <= declared or bool(scopes) is not bool(declared):
        return "invalid scope"
    return Consent(
        id=secrets.token_urlsafe(16),
        redirect_uri=query["redirect_uri"],
        state=query["state"],
        challenge=query.get("code_challenge") if auth.pkce else None,
        scopes=scopes,
        address=address,
    )


def decide(pretend: PretendProvider, consent: Consent, form: Mapping[str, list[str]]) -> str:
    """The address the browser goes back to after Allow or Cancel."""
    if form.get("decision") != ["allow"]:
        return _back(consent, {**pretend.provider.example.cancelled, "state": consent.state})
    login = pretend.login("".join(form.get("login", [])) or None, consent.address)
    accounts = _accounts_given(pretend, consent, login, set(form.get("account", [])))
    wanted = set(form.get("scope", [])) - pretend.refused_scopes
    scopes = tuple(name for name in consent.scopes if name in wanted)
    code = pretend.code_for(pretend.begin(login, accounts, scopes), consent.redirect_uri, consent.challenge)
    told = {"code": code, "state": consent.state}
    if pretend.provider.issuer is not None:
        told["iss"] = pretend.provider.issuer
    return _back(consent, pretend.provider.example.callback(told, pretend.client_secret, consent.address))


def _accounts_given(
    pretend: PretendProvider, consent: Consent, login: Login, ticked: set[str]
) -> tuple[AccountAtProvider, ...]:
    """The ticked accounts of this login.

    The page shows only the chosen login's list and sends all of them. Whoever unticked a whole list leaves the others as they
    were, all ticked; ticks that are only some of another login's say nothing of this one's, and mean all.
    """
    offered = pretend.offered(login)
    own = tuple(one for one in offered if one.external_id in ticked)
    others = {
        account.external_id
        for other in pretend.logins(consent.address)
        if other is not login
        for account in pretend.offered(other)
    }
    untouched = bool(others) and others <= ticked
    return offered if pretend.provider.accounts is None or (ticked and not own and not untouched) else own


def _back(consent: Consent, query: Mapping[str, str]) -> str:
    return f"{consent.redirect_uri}?{urlencode(query)}"


def consent_page(pages: Environment, pretend: PretendProvider, consent: Consent, action: str) -> Response:
    """Who signs in, which accounts, what is asked."""
    provider = pretend.provider
    chosen = pretend.login(None, consent.address)
    html = pages.get_template("consent.html").render(
        provider=provider,
        hue=_hue(provider.key),
        consent=consent,
        action=action,
        logins=[
            {"login": login, "accounts": pretend.offered(login), "is_chosen": login is chosen}
            for login in pretend.logins(consent.address)
        ],
        scopes=[scope for scope in provider.scopes if scope.name in consent.scopes],
        refused=pretend.refused_scopes,
    )
    return _guarded(html, 200, f"'self' {_origin(consent.redirect_uri)}")


def refusal_page(pages: Environment, words: str, *, status: int = 400) -> Response:
    """What the browser shows when the request itself is wrong: it must not go back to an address nobody registered."""
    return _guarded(pages.get_template("consent_refused.html").render(words=words), status, "'none'")


def _guarded(html: str, status: int, form_action: str) -> Response:
    # The form's answer sends the browser on to the bot, and form-action judges redirects too.
    policy = f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'"
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(html, status, headers)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _hue(key: str) -> int:
    """The colour of a provider's name: always the same, no two neighbours' alike by intent."""
    return sum(key.encode()) % _HUES
