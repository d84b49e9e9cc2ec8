"""What the rules of watching are tried on: an account, a provider's weather, and what may be seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bot.watching import Sighting
from connectors.observation import (
    Expired,
    Healthy,
    Misconfigured,
    Observation,
    Reason,
    Rejected,
    ScopeMissing,
    Suspended,
    Throttled,
    Unreachable,
)
from store.records import Account, AccountId, AccountStatus, GrantId, UserId, WorkspaceId
from store.watch_records import ProviderHealth

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FINAL = Rejected(reason=Reason.ACCESS_REMOVED, permanent=True)
ODD = Rejected(reason=Reason.SIGN_IN_REFUSED)

blameless = st.one_of(
    st.builds(Unreachable),
    st.builds(Throttled, retry_after=st.none() | st.floats(0, 1e6)),
    st.builds(Misconfigured),
)
refusals = st.one_of(
    st.builds(Rejected, reason=st.sampled_from(Reason), permanent=st.booleans()),
    st.builds(Expired, permanent=st.booleans()),
    st.builds(Suspended, permanent=st.booleans()),
)
anything = st.one_of(blameless, refusals, st.builds(Healthy), st.just(ScopeMissing(scopes=("read",))))
steps = st.timedeltas(timedelta(days=-2), timedelta(days=2)) | st.timedeltas(
    timedelta(), timedelta(minutes=20)
)
"""How the clock moves between two looks, also backwards."""


def account(status: AccountStatus = AccountStatus.CONNECTED, **other: object) -> Account:
    """An account, well until ten minutes ago."""
    made = Account(
        id=AccountId("a1"),
        workspace_id=WorkspaceId("T1"),
        provider_key="twitter",
        grant_id=GrantId("g1"),
        external_id="1",
        name="@acme",
        status=status,
        connected_by=UserId("U1"),
        connected_at=NOW - timedelta(days=1),
        checked_at=NOW - timedelta(minutes=10),
        healthy_at=NOW - timedelta(minutes=10),
    )
    return replace(made, **other)  # type: ignore[arg-type]


def fine(**other: object) -> ProviderHealth:
    """A provider in fine weather."""
    made = ProviderHealth(provider_key="twitter", bucket_at=NOW, since=NOW)
    return replace(made, **other)  # type: ignore[arg-type]


def sighting(
    observation: Observation, before: Account | None = None, after: Account | None = None
) -> Sighting:
    """One look at one account."""
    was = before or account()
    return Sighting(before=was, observation=observation, after=after or was)
