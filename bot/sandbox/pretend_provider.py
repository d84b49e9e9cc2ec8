"""One pretend provider's people, accounts, sign-ins and switches: plain data built from its declaration. No HTTP."""

import asyncio
import contextlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from bot.sandbox.world import Clock
from connectors.provider import AccountAtProvider, Identity, Provider

_OUTSIDE_FAILURES = frozenset({"healthy", "throttled", "down", "slow"})
_ONE_ACCOUNT = frozenset({"suspended", "closed", "scope_missing", "account_gone"})
_PASSES = frozenset({"checkpoint"})
"""Ends a sign-in only until the person has answered the provider's question."""
_STRANGERS = ("Eastwind", "Westwind", "Morningside", "Harbour", "Meadow")


def ends_sign_in(state: str) -> bool:
    """Whether a state ends every sign-in made before it was set (a new sign-in lives); the others touch one account's probe."""
    return state not in _OUTSIDE_FAILURES | _ONE_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Someone with a password at the provider, and the accounts they reach. `address`: where, for providers that have addresses."""

    identity: Identity
    accounts: tuple[AccountAtProvider, ...]
    address: str | None = None


@dataclass(slots=True, kw_only=True)
class SignedIn:
    """What an allowed consent became: tokens by value with the time they end (None = never)."""

    number: int
    login: Login
    accounts: tuple[AccountAtProvider, ...]
    scopes: tuple[str, ...]
    access: dict[str, datetime | None] = field(default_factory=dict, repr=False)
    refresh: dict[str, datetime | None] = field(default_factory=dict, repr=False)
    taken: bool = False
    """Lexer came for its first token: the sign-in was brought to its end."""
    ended: bool = False
    ended_as: str = "revoked"
    """The state of the example's failures that its calls are told once it has ended."""
    by_us: bool = False
    """Lexer itself gave the access back."""
    told: bool = False
    """Lexer has asked since it ended, and was refused."""


@dataclass(slots=True, kw_only=True)
class Code:
    """An authorization code: good once, for 10 minutes, for whoever knows the verifier."""

    signed_in: SignedIn
    redirect_uri: str
    challenge: str | None
    born: datetime
    used: bool = False


class PretendAccount:
    """One account and its switch."""

    def __init__(self, account: AccountAtProvider, provider: "PretendProvider") -> None:
        self.account = account
        self.slow_seconds = 15.0
        self.since = 0
        self.told = False
        """Lexer has met the state since it was set."""
        self._provider = provider
        self._state = "healthy"

    @property
    def state(self) -> str:
        """healthy, throttled, down, slow, or a state the provider's example knows an answer for."""
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        known = self._provider.states
        if state not in known:
            raise ValueError(f"{self._provider.key} knows {', '.join(sorted(known))}, not {state!r}")
        self._state = state
        self.since = self._provider.last_number
        self.told = False
        if state == "revoked":
            self._provider.removed(self.account)

    def slow(self, seconds: float) -> None:
        """Answer, but only after so many seconds."""
        self.state = "slow"
        self.slow_seconds = seconds

    def strikes(self, signed_in: SignedIn) -> bool:
        """Whether the state concerns this sign-in: one that ended those before it leaves later ones alone."""
        return not ends_sign_in(self._state) or signed_in.number <= self.since


class PretendProvider:
    """A provider as it stands: everything may be read and set by a test."""

    def __init__(self, provider: Provider, clock: Clock) -> None:
        self.provider = provider
        self.key = provider.key
        self.clock = clock
        self.client_id = f"{provider.key}-client"
        self.client_secret = secrets.token_urlsafe(24)
        self.settings = {name: secrets.token_urlsafe(12) for name in provider.extra_settings}
        self.redirect_uri: str | None = None
        self.outage: str | None = None
        """down, throttled or slow: for everybody, at every address of the provider but the sign-in page."""
        self.outage_met = False
        """Lexer has asked since the outage began."""
        self.refused_scopes: set[str] = set()
        self.withheld: set[str] = set()
        """Ids of accounts that no further sign-in offers."""
        self.signed_in_as: str | None = None
        """Name of the login the consent page has chosen at first; None = the first."""
        self.sign_ins: list[SignedIn] = []
        self.codes: dict[str, Code] = {}
        self.last_number = 0
        self.on_removed: Callable[[str], None] = lambda _address: None
        """Called with the address where our app's access was removed, for providers that tell of it."""
        self.closing = asyncio.Event()
        """Nobody waits for a slow answer any more."""
        self._logins: dict[str | None, list[Login]] = {}
        self._accounts: dict[str, PretendAccount] = {}

    @property
    def states(self) -> frozenset[str]:
        """What an account's state may be."""
        return frozenset(self.provider.example.failures) | _OUTSIDE_FAILURES

    async def linger(self, seconds: float) -> None:
        """Be slow, but not beyond the end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.closing.wait(), seconds)

    def logins(self, address: str | None = None) -> list[Login]:
        """Who can sign in at an address; the list may be changed."""
        place = address or self.provider.example.address
        if place not in self._logins:
            self._logins[place] = _first_logins(self.provider, place)
        return self._logins[place]

    def add_login(self, name: str, *accounts: AccountAtProvider, address: str | None = None) -> Login:
        """Someone else who can sign in; without accounts, the identity is the account."""
        place = address or self.provider.example.address
        identity = Identity(
            external_id=_other_id(self.provider.example.identity.external_id, name), name=name
        )
        own = accounts or (AccountAtProvider(external_id=identity.external_id, name=name),)
        login = Login(identity=identity, accounts=own, address=place)
        self.logins(place).append(login)
        return login

    def login(self, name: str | None, address: str | None = None) -> Login:
        """A login by name, or the one chosen at first (the first one, where that one cannot sign in). Raises LookupError."""
        listed = self.logins(address)
        wanted = name or self.signed_in_as
        for login in listed:
            if login.identity.name == wanted:
                return login
        if name is None:
            return listed[0]
        raise LookupError(
            f"nobody called {name!r} at {self.key}; there are {[one.identity.name for one in listed]}"
        )

    def add_stranger(self) -> Login:
        """One more who can sign in, with accounts like the example's. Raises LookupError when everybody is there."""
        listed = self.logins()
        taken = {login.identity.name for login in listed}
        at = "@" if self.provider.example.identity.name.startswith("@") else ""
        for name in _STRANGERS:
            found = f"{at}{name.lower() if at else name}"
            if found not in taken:
                listed.append(_derived(self.provider, found, self.provider.example.address))
                return listed[-1]
        raise LookupError(f"everybody can sign in at {self.key} already")

    def offered(self, login: Login) -> tuple[AccountAtProvider, ...]:
        """The accounts a sign-in with this login offers; all of them where a login is its account."""
        if self.provider.accounts is None:
            return login.accounts
        return tuple(one for one in login.accounts if one.external_id not in self.withheld)

    def account(self, name: str) -> PretendAccount:
        """An account by name or id. Raises LookupError."""
        known = {account.external_id: account for login in self.every_login() for account in login.accounts}
        for account in known.values():
            if name in (account.name, account.external_id):
                return self._accounts.setdefault(account.external_id, PretendAccount(account, self))
        raise LookupError(
            f"{self.key} has no account {name!r}; there are {[one.name for one in known.values()]}"
        )

    def every_login(self) -> list[Login]:
        """Who can sign in, at every address anybody went to."""
        self.logins()
        return [login for listed in self._logins.values() for login in listed]

    def troubles(self, signed_in: SignedIn) -> list[PretendAccount]:
        """The accounts of a sign-in whose state concerns it."""
        known = [self._accounts.get(account.external_id) for account in signed_in.accounts]
        return [one for one in known if one is not None and one.state != "healthy" and one.strikes(signed_in)]

    def settle(self, name: str) -> None:
        """An account is well again; but what its trouble ended stays ended, as at a real provider, and only a new sign-in lives.

        Raises LookupError.
        """
        switch = self.account(name)
        if ends_sign_in(switch.state) and switch.state not in _PASSES:
            for one in self.sign_ins:
                reaches = switch.account.external_id in {a.external_id for a in one.accounts}
                if reaches and switch.strikes(one) and not one.ended:
                    self.end(one)
        if switch.state != "healthy":
            switch.state = "healthy"

    def end(self, signed_in: SignedIn) -> None:
        """End a sign-in for good; what had ended it before stays the reason, else it was Lexer that gave it back."""
        if signed_in.ended:
            return
        over = self.end_of(signed_in)
        if over is not None:
            signed_in.ended_as, signed_in.told = over
        signed_in.ended, signed_in.by_us = True, over is None

    def removed(self, account: AccountAtProvider) -> None:
        """Our app's access to an account was removed there by a person."""
        reached = [one for one in self.sign_ins if account in one.accounts]
        for address in sorted({one.login.address for one in reached if one.login.address}):
            self.on_removed(address)

    def is_over(self, signed_in: SignedIn) -> bool:
        """Whether a sign-in has ended: revoked by us, or by what happened to one of its accounts."""
        return signed_in.ended or any(ends_sign_in(one.state) for one in self.troubles(signed_in))

    def end_of(self, signed_in: SignedIn) -> tuple[str, bool] | None:
        """(what ended a sign-in at the provider, whether Lexer has been told); None while it lives or when Lexer gave it back."""
        if signed_in.ended:
            return None if signed_in.by_us else (signed_in.ended_as, signed_in.told)
        over = [one for one in self.troubles(signed_in) if ends_sign_in(one.state)]
        return (over[0].state, over[0].told) if over else None

    def tell(self, signed_in: SignedIn) -> None:
        """Lexer was just told what is wrong with this sign-in."""
        signed_in.told = signed_in.told or signed_in.ended
        for one in self.troubles(signed_in):
            one.told = True

    def begin(
        self, login: Login, accounts: tuple[AccountAtProvider, ...], scopes: tuple[str, ...]
    ) -> SignedIn:
        """A new sign-in."""
        self.last_number += 1
        made = SignedIn(number=self.last_number, login=login, accounts=accounts, scopes=scopes)
        self.sign_ins.append(made)
        return made

    def code_for(self, signed_in: SignedIn, redirect_uri: str, challenge: str | None) -> str:
        """A new authorization code."""
        made = secrets.token_urlsafe(24)
        self.codes[made] = Code(
            signed_in=signed_in, redirect_uri=redirect_uri, challenge=challenge, born=self.clock()
        )
        return made

    def new_access(self, signed_in: SignedIn, seconds: int | None) -> str:
        """A new access token living so many seconds."""
        made = secrets.token_urlsafe(32)
        signed_in.access[made] = self._after(seconds)
        signed_in.taken = True
        return made

    def new_refresh(self, signed_in: SignedIn, seconds: int | None) -> str:
        """A new refresh token."""
        made = secrets.token_urlsafe(32)
        signed_in.refresh[made] = self._after(seconds)
        return made

    def _after(self, seconds: int | None) -> datetime | None:
        return self.clock() + timedelta(seconds=seconds) if seconds else None

    def by_access(self, token: str) -> SignedIn | None:
        """The sign-in of an access token, ended or not."""
        return next((one for one in self.sign_ins if token in one.access), None)

    def by_refresh(self, token: str) -> SignedIn | None:
        """The sign-in of a refresh token that has not been used up."""
        return next((one for one in self.sign_ins if token in one.refresh), None)

    def living(self, ends: datetime | None) -> bool:
        """Whether something with that end still lives."""
        return ends is None or self.clock() < ends


def _first_logins(provider: Provider, address: str | None) -> list[Login]:
    """The example's own login and a stranger's, so that signing in with the wrong account can be played."""
    example = provider.example
    if address == example.address:
        first = Login(identity=example.identity, accounts=example.accounts, address=address)
    else:
        name = (address or "").partition(".")[0].title()
        first = _derived(provider, name, address)
    other = "@southwind" if example.identity.name.startswith("@") else "Southwind"
    return [first, _derived(provider, other, address)]


def _derived(provider: Provider, name: str, address: str | None) -> Login:
    example = provider.example
    seed = f"{address}/{name}"
    identity = Identity(external_id=_other_id(example.identity.external_id, seed), name=name)
    if provider.accounts is None:
        own = AccountAtProvider(external_id=identity.external_id, name=name)
        return Login(identity=identity, accounts=(own,), address=address)
    accounts = tuple(
        replace(
            account,
            external_id=_other_id(account.external_id, f"{seed}/{account.external_id}"),
            name=f"{name}: {account.name}",
        )
        for account in example.accounts
    )
    return Login(identity=identity, accounts=accounts, address=address)


def _other_id(pattern: str, seed: str) -> str:
    """Another id of the same form: its digits replaced, the first one never by 0."""
    digits = iter(str(int(sha256(seed.encode()).hexdigest(), 16)) * 2)
    found = re.sub(r"\d", lambda _old: next(digits), pattern)
    return found if found != pattern else f"{pattern}{next(digits)}"
