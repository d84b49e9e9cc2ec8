"""The provider's sign-in page: checks the request the browser brings, asks Allow or Cancel, sends the browser back."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from bot.sandbox.pretend_provider import Login, PretendProvider
from connectors.provider import AccountAtProvider

_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}"
    "fieldset{border:1px solid #8888;border-radius:8px;margin:1rem 0}label{display:block;padding:.2rem 0}"
    "button{font:inherit;padding:.5rem 1rem;margin-right:.5rem;border-radius:8px}.note{opacity:.75;font-size:.9rem}"
)


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
    accounts = _accounts_given(pretend, login, set(form.get("account", [])))
    wanted = set(form.get("scope", [])) - pretend.refused_scopes
    scopes = tuple(name for name in consent.scopes if name in wanted)
    code = pretend.code_for(pretend.begin(login, accounts, scopes), consent.redirect_uri, consent.challenge)
    told = {"code": code, "state": consent.state}
    if pretend.provider.issuer is not None:
        told["iss"] = pretend.provider.issuer
    return _back(consent, pretend.provider.example.callback(told, pretend.client_secret, consent.address))


def _accounts_given(
    pretend: PretendProvider, login: Login, ticked: set[str]
) -> tuple[AccountAtProvider, ...]:
    """The ticked accounts of this login. Ticks that are all another login's (the page cannot change them by itself) mean all."""
    own = tuple(one for one in login.accounts if one.external_id in ticked)
    return login.accounts if pretend.provider.accounts is None or (ticked and not own) else own


def _back(consent: Consent, query: Mapping[str, str]) -> str:
    return f"{consent.redirect_uri}?{urlencode(query)}"


def consent_page(pretend: PretendProvider, consent: Consent, action: str) -> str:
    """Who signs in, which accounts, what is asked."""
    provider = pretend.provider
    chosen = pretend.login(None, consent.address)
    where = f" at {escape(consent.address)}" if consent.address else ""
    rows = "".join(_login(login, first=login is chosen) for login in pretend.logins(consent.address))
    accounts = _accounts(pretend, consent, chosen) if provider.accounts is not None else ""
    scopes = "".join(_scope(pretend, name) for name in consent.scopes)
    return _page(
        f"Sign in to {escape(provider.name)}",
        f"<p><strong>Lexer</strong> wants to use your {escape(provider.account_noun)}{where}.</p>"
        f'<form method="post" action="{escape(action)}"><input type="hidden" name="consent" value="{consent.id}">'
        f"<fieldset><legend>Sign in as</legend>{rows}</fieldset>{accounts}"
        f"<fieldset><legend>Lexer may</legend>{scopes}</fieldset>"
        '<button name="decision" value="allow">Allow</button><button name="decision" value="cancel">Cancel</button></form>',
    )


def _login(login: Login, *, first: bool) -> str:
    name = escape(login.identity.name)
    checked = " checked" if first else ""
    return f'<label><input type="radio" name="login" value="{name}"{checked}> {name}</label>'


def _accounts(pretend: PretendProvider, consent: Consent, chosen: Login) -> str:
    """Every login's accounts under its name; those of the chosen one are ticked, and only the signed-in one's count."""
    parts = ""
    for login in pretend.logins(consent.address):
        ticked = " checked" if login is chosen else ""
        rows = "".join(
            f'<label><input type="checkbox" name="account" value="{escape(account.external_id)}"{ticked}>'
            f" {escape(account.name)}</label>"
            for account in login.accounts
        )
        parts += f"<fieldset><legend>Accounts of {escape(login.identity.name)}</legend>{rows}</fieldset>"
    return parts


def _scope(pretend: PretendProvider, name: str) -> str:
    scope = next(one for one in pretend.provider.scopes if one.name == name)
    ticked = "" if name in pretend.refused_scopes else " checked"
    return (
        f'<label><input type="checkbox" name="scope" value="{escape(name)}"{ticked}> {escape(scope.reason)}'
        f' <span class="note">({escape(name)})</span></label>'
    )


def refusal_page(words: str) -> str:
    """What the browser shows when the request itself is wrong: it must not go back to an address nobody registered."""
    return _page("This sign-in request is wrong", f"<p>{escape(words)}</p>")


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f'<body><p class="note">A pretend provider on this computer</p><h1>{title}</h1>{body}</body></html>'
    )
