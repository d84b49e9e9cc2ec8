"""The outside world: what happens at the pretend providers, to each account Lexer was let into, and at the next sign-in."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.sandbox.finding import CannotDo
from bot.sandbox.pretend_provider import PretendAccount, PretendProvider, SignedIn, ends_sign_in
from bot.sandbox.providers import Providers
from bot.sandbox.records import Records
from connectors.provider import AccountAtProvider

Order = Mapping[str, Any]
"""The body of POST /do/outside: provider, what, and where needed account, permission, login, value."""
_MOST_ACCOUNTS = 20
_MOST_QUIET = 20
"""With more providers than that, only the connected ones can be prepared here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    """`button`: what makes it; `words`: what is then so."""

    button: str
    words: str


_TROUBLES: Mapping[str, _Trouble] = MappingProxyType(
    {
        "password_changed": _Trouble(button="Change the password", words="Password changed"),
        "revoked": _Trouble(button="Remove access", words="Access removed"),
        "throttled": _Trouble(button="Ask for a pause", words="Asks for a pause"),
        "expired": _Trouble(button="Let the sign-in run out", words="Sign-in ran out"),
        "invalidated": _Trouble(button="Sign out everywhere", words="Signed out everywhere"),
        "checkpoint": _Trouble(button="Ask for a security check", words="A security check is waiting"),
        "suspended": _Trouble(button="Suspend the account", words="Account suspended"),
        "closed": _Trouble(button="Close the account", words="Account closed"),
        "scope_missing": _Trouble(button="Take back a permission", words="A permission was taken back"),
        "account_gone": _Trouble(button="Take this person off it", words="This person was taken off it"),
        "down": _Trouble(button="Stop answering", words="Does not answer"),
        "slow": _Trouble(button="Answer slowly", words="Answers after 15 seconds"),
    }
)
_FIRST = ("password_changed", "revoked", "throttled")
_ALSO = ("expired", "invalidated", "checkpoint", "suspended", "closed", "scope_missing", "account_gone")
_SHORT = MappingProxyType(
    {"revoke": "revoked", "password": "password_changed", "throttle": "throttled", "expire": "expired"}
)
_OUTAGES = MappingProxyType({"down": "Does not answer", "slow": "Slow", "throttled": "Asks for a pause"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A button, or with `is_on` a switch. `order`: JSON of what it sends."""

    label: str
    order: str
    is_danger: bool = False
    is_on: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account Lexer was let into. `mood`: good, warn, bad or quiet."""

    id: str
    name: str
    words: str
    mood: str
    hint: str
    acts: tuple[Act, ...]
    more: tuple[Act, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSignIn:
    """What the provider's page will offer, and what the person will do there."""

    logins: tuple[Act, ...]
    add: Act | None
    accounts: tuple[Act, ...]
    permissions: tuple[Act, ...]
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One provider."""

    key: str
    name: str
    account_noun: str
    words: str
    mood: str
    hint: str
    accounts: tuple[AccountRow, ...]
    left_out: int
    acts: tuple[Act, ...]
    following: NextSignIn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideView:
    """`cards`: providers with accounts, or in trouble; `quiet`: those nobody connected yet."""

    cards: tuple[Card, ...]
    quiet: tuple[Card, ...]


def outside_view(providers: Providers, records: Records) -> OutsideView:  # noqa: ARG001  the pages hand both to every panel
    """How it stands at every provider."""
    few = len(providers.all) <= _MOST_QUIET
    cards = [_card(pretend, prepared=few) for pretend in providers.all.values()]
    loud = [card for card in cards if card.accounts or card.mood != "good"]
    return OutsideView(cards=tuple(loud), quiet=tuple(card for card in cards if card not in loud))


def _card(pretend: PretendProvider, *, prepared: bool) -> Card:
    reached = _reached(pretend)
    outage = pretend.outage
    return Card(
        key=pretend.key,
        name=pretend.provider.name,
        account_noun=pretend.provider.account_noun,
        words=_OUTAGES.get(outage or "", outage) if outage else "Works",
        mood="warn" if outage else "good",
        hint=_outage_hint(pretend),
        accounts=tuple(_row(pretend, *found) for found in list(reached.values())[:_MOST_ACCOUNTS]),
        left_out=max(0, len(reached) - _MOST_ACCOUNTS),
        acts=tuple(_provider_acts(pretend)),
        following=_following(pretend) if prepared or reached else None,
    )


def _reached(pretend: PretendProvider) -> dict[str, tuple[AccountAtProvider, list[SignedIn]]]:
    """Accounts Lexer was let into, by id, each with every sign-in that reached it."""
    found: dict[str, tuple[AccountAtProvider, list[SignedIn]]] = {}
    for signed_in in pretend.sign_ins:
        for account in signed_in.accounts if signed_in.taken else ():
            found.setdefault(account.external_id, (account, []))[1].append(signed_in)
    return found


def _row(pretend: PretendProvider, account: AccountAtProvider, sign_ins: list[SignedIn]) -> AccountRow:
    switch = pretend.account(account.external_id)
    living = [one for one in sign_ins if not pretend.is_over(one)]
    struck = switch.state != "healthy" and (not living or any(switch.strikes(one) for one in living))
    words, mood, hint = _how_it_stands(pretend, switch, sign_ins[-1], is_living=bool(living))
    acts = [_act(pretend, account, state) for state in _FIRST] if living else []
    if struck:
        order = _order(pretend, what="normal", account=account.external_id)
        acts.append(Act(label="Back to normal", order=order))
    more = [_act(pretend, account, state) for state in _ALSO if state in pretend.states] if living else []
    return AccountRow(
        id=f"{pretend.key}-{account.external_id}",
        name=account.name,
        words=words,
        mood=mood,
        hint=hint,
        acts=tuple(acts),
        more=tuple(more),
    )


def _how_it_stands(
    pretend: PretendProvider, switch: PretendAccount, latest: SignedIn, *, is_living: bool
) -> tuple[str, str, str]:
    """Words, mood, and what to do next."""
    if is_living:
        if switch.state == "healthy" or not switch.strikes(latest):
            return "Lexer has access", "good", ""
        hint = _told(pretend, switch.state) if switch.told else _ask(pretend)
        return _trouble(switch.state).words, "warn", hint
    end = pretend.end_of(latest)
    if end is None:
        return "Lexer gave the access back", "quiet", ""
    state, told = end
    return _trouble(state).words, "bad", _told(pretend, state) if told else _ask(pretend)


def _trouble(state: str) -> _Trouble:
    words = state.replace("_", " ").capitalize()
    return _TROUBLES.get(state) or _Trouble(button=words, words=words)


def _ask(pretend: PretendProvider) -> str:
    return f"Lexer has not noticed yet. Let 15 minutes pass, or open {pretend.provider.name} in Slack and press Check now."


def _told(pretend: PretendProvider, state: str) -> str:
    if state in {"throttled", "down", "slow"}:
        return "Lexer has noticed. Press Back to normal, then Check now in Slack."
    if ends_sign_in(state) or state == "scope_missing":
        return f"Lexer has noticed: open {pretend.provider.name} in Slack and press Reconnect."
    return "Lexer has noticed. It turns red once this has lasted; or press Back to normal, then Check now."


def _outage_hint(pretend: PretendProvider) -> str:
    if pretend.outage is None:
        return ""
    return _told(pretend, "down") if pretend.outage_met else _ask(pretend)


def _order(pretend: PretendProvider, **rest: str) -> str:
    return json.dumps({"provider": pretend.key, **rest}, ensure_ascii=False)


def _act(pretend: PretendProvider, account: AccountAtProvider, state: str) -> Act:
    label = _trouble(state).button
    short = next((short for short, full in _SHORT.items() if full == state), state)
    order = _order(pretend, what=short, account=account.external_id)
    return Act(label=label, order=order, is_danger=state in {"revoked", "password_changed"})


def _provider_acts(pretend: PretendProvider) -> Iterator[Act]:
    if pretend.outage is None:
        yield Act(label="Take the provider down", order=_order(pretend, what="down"))
        yield Act(label="Make it slow", order=_order(pretend, what="slow"))
    else:
        yield Act(label="Back to normal", order=_order(pretend, what="normal"))


def _following(pretend: PretendProvider) -> NextSignIn:
    chosen = pretend.login(None)
    names = list(dict.fromkeys(login.identity.name for login in pretend.every_login()))
    now = pretend.signed_in_as if pretend.signed_in_as in names else names[0]
    offers = chosen.accounts if pretend.provider.accounts is not None else ()
    return NextSignIn(
        logins=tuple(
            Act(label=name, order=_order(pretend, what="who", login=name), is_on=name == now)
            for name in names
        ),
        add=Act(label="Add another login", order=_order(pretend, what="login")),
        accounts=tuple(
            Act(
                label=one.name,
                order=_order(pretend, what="offer", account=one.external_id),
                is_on=one.external_id not in pretend.withheld,
            )
            for one in offers
        ),
        permissions=tuple(
            Act(
                label=scope.reason,
                order=_order(pretend, what="refuse", permission=scope.name),
                is_on=scope.name in pretend.refused_scopes,
            )
            for scope in pretend.provider.scopes
        ),
        is_changed=now != names[0] or bool(pretend.withheld or pretend.refused_scopes),
    )


def change(providers: Providers, order: Order) -> str | None:
    """Do what an order says; words for a toast. Raises CannotDo for one that cannot be done."""
    pretend = providers.all.get(_text(order, "provider"))
    if pretend is None:
        raise CannotDo("There is no such provider here.")
    what = _text(order, "what")
    if order.get("account") is not None and what != "offer":
        return _change_account(pretend, _text(order, "account"), _SHORT.get(what, what))
    deed = _DEEDS.get(what)
    if deed is None:
        raise CannotDo("Nothing of that kind can happen at a provider.")
    return deed(pretend, order)


def _change_account(pretend: PretendProvider, account: str, what: str) -> str:
    known = _reached(pretend).get(account)
    if known is None:
        raise CannotDo(f"Lexer was never let into such an account at {pretend.provider.name}.")
    # Shops, say, do not end an app's access with the password; then it is played as the access removed.
    state = "revoked" if what == "password_changed" and what not in pretend.states else what
    if state not in pretend.states and state != "normal":
        raise CannotDo(f"That does not happen to an account at {pretend.provider.name}.")
    name = known[0].name
    pretend.settle(account)
    if state in {"normal", "healthy"}:
        gone = all(pretend.is_over(one) for one in known[1])
        again = " What had ended stays ended: press Reconnect in Slack." if gone else ""
        return f"{name} is back to normal.{again}"
    pretend.account(account).state = state
    # What to do next stands in the panel, where it changes once Lexer has noticed; a toast would still say the old.
    return f"{name}: {_trouble(what).words.lower()}."


def _text(order: Order, name: str) -> str:
    value = order.get(name)
    if not isinstance(value, str):
        raise CannotDo(f"The order has to say {name} in words.")
    return value


def _yes(order: Order) -> bool:
    value = order.get("value")
    if not isinstance(value, bool):
        raise CannotDo("The order has to say yes or no.")
    return value


def _outage(pretend: PretendProvider, order: Order) -> str:
    what = _SHORT.get(order["what"], order["what"])
    pretend.outage, pretend.outage_met = (None if what == "normal" else what), False
    if what == "normal":
        return f"{pretend.provider.name} works again."
    return f"{pretend.provider.name}: {_OUTAGES[what].lower()}."


def _who(pretend: PretendProvider, order: Order) -> None:
    name = _text(order, "login")
    if name not in {login.identity.name for login in pretend.every_login()}:
        raise CannotDo(f"Nobody of that name can sign in at {pretend.provider.name}.")
    pretend.signed_in_as = name


def _login(pretend: PretendProvider, _order: Order) -> str:
    try:
        made = pretend.add_stranger()
    except LookupError:
        raise CannotDo(f"There are enough logins at {pretend.provider.name}.") from None
    return f"{made.identity.name} can sign in at {pretend.provider.name} now."


def _offer(pretend: PretendProvider, order: Order) -> None:
    account, offered = _text(order, "account"), _yes(order)
    if account not in {one.external_id for login in pretend.every_login() for one in login.accounts}:
        raise CannotDo(f"There is no such account at {pretend.provider.name}.")
    (pretend.withheld.discard if offered else pretend.withheld.add)(account)


def _refuse(pretend: PretendProvider, order: Order) -> None:
    permission, refused = _text(order, "permission"), _yes(order)
    if permission not in {scope.name for scope in pretend.provider.scopes}:
        raise CannotDo(f"{pretend.provider.name} knows no such permission.")
    (pretend.refused_scopes.add if refused else pretend.refused_scopes.discard)(permission)


_DEEDS: Mapping[str, Callable[[PretendProvider, Order], str | None]] = MappingProxyType(
    {
        "down": _outage,
        "slow": _outage,
        "throttle": _outage,
        "normal": _outage,
        "who": _who,
        "login": _login,
        "offer": _offer,
        "refuse": _refuse,
    }
)
