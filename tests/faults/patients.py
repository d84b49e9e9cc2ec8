"""Sign-ins that really live at a pretend provider and can be made anew by their person, put straight into the store."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.sandbox.pretend_provider import Login
from bot.usecases.planning import watch_from_now
from connectors.engine import Tokens
from connectors.provider import AccountAtProvider
from store import accounts, grants
from store.records import Account, AccountId, AccountStatus, Grant, GrantId, UserId
from tests.e2e.house import TEAM, House

MARIA = UserId("U0MARIA")


@dataclass(slots=True, kw_only=True)
class Patient:
    """A sign-in at a provider, as it truly is there."""

    key: str
    login: str
    accounts: tuple[str, ...]
    well_since: datetime
    ill_since: datetime | None = None
    was_ill: bool = False
    """Ever since it was connected last."""
    troubled_until: datetime | None = None
    """Its accounts answer badly until then, which is nobody's fault."""

    @property
    def name(self) -> str:
        """What it is called over all providers."""
        return f"{self.key} {self.login}"

    @property
    def places(self) -> set[tuple[str, str]]:
        """Its accounts, over all providers."""
        return {(self.key, name) for name in self.accounts}


async def admitted(house: House, number: int, *, key: str = "twitter") -> list[Patient]:
    """So many sign-ins, connected and watched from now on; where one sign-in reaches more than one account, two each."""
    found = []
    async with house.bot.context.store.transaction() as tx:
        for n in range(number):
            login = _login(house, key, n)
            grant, tokens = _signed_in(house, key, n, login)
            await grants.insert(tx, grant, tokens.dump())
            for one in login.accounts:
                await accounts.insert(tx, _account(grant, one, house.clock()))
            await watch_from_now(house.bot.context, tx, grant)
            found.append(
                Patient(
                    key=key,
                    login=login.identity.name,
                    accounts=tuple(account.name for account in login.accounts),
                    well_since=house.clock(),
                )
            )
    return found


def _login(house: House, key: str, n: int) -> Login:
    pretend = house.sandbox.provider(key)
    if pretend.provider.accounts is None:
        # The login is its account.
        return pretend.add_login(f"@p{n}")
    theirs = [AccountAtProvider(external_id=f"88{n:05}{m:03}", name=f"@p{n}x{m}") for m in range(2)]
    return pretend.add_login(f"@p{n}", *theirs)


def _signed_in(house: House, key: str, n: int, login: Login) -> tuple[Grant, Tokens]:
    pretend, now = house.sandbox.provider(key), house.clock()
    made = pretend.begin(login, login.accounts, tuple(scope.name for scope in pretend.provider.scopes))
    auth = pretend.provider.auth
    # Not all renewed in one moment.
    lives = timedelta(seconds=(auth.access_token_lifetime or 3600) * (1 - n % 20 / 40))
    tokens = Tokens(
        access_token=SecretStr(pretend.new_access(made, int(lives.total_seconds()))),
        refresh_token=SecretStr(pretend.new_refresh(made, None)),
        expires_at=now + lives,
    )
    grant = Grant(
        id=GrantId(f"{key}-{n}"),
        workspace_id=TEAM,
        provider_key=key,
        address=None,
        identity_id=login.identity.external_id,
        identity_name=login.identity.name,
        scopes=made.scopes,
        missing_scopes=(),
        signed_in_by=MARIA,
        signed_in_at=now,
        expires_at=tokens.expires_at,
        ends_at=None,
    )
    return grant, tokens


def _account(grant: Grant, one: AccountAtProvider, now: datetime) -> Account:
    return Account(
        id=AccountId(f"{grant.id}-{one.external_id}"),
        workspace_id=TEAM,
        provider_key=grant.provider_key,
        grant_id=grant.id,
        external_id=one.external_id,
        name=one.name,
        status=AccountStatus.CONNECTED,
        connected_by=MARIA,
        connected_at=now,
        checked_at=now,
        healthy_at=now,
    )
