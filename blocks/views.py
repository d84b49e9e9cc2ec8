"""What people read, as data: the view models every screen is rendered from. Times are aware UTC datetimes; ids are Slack's or the store's, as text."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from blocks.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """How many accounts of one integration share a status that needs attention."""

    status: Status
    count: int
    reason: str | None = None
    """Key of a reason in blocks/status.py, for disconnected ones."""
    days: int | None = None
    """Days left, for expiring ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One integration in the listing."""

    key: str
    name: str
    category: str
    """"marketing", "ecommerce", "service" or "other"."""
    accounts: int = 0
    problems: tuple[Problem, ...] = ()
    """Worst first."""
    set_up: bool = True
    missing_settings: tuple[str, ...] = ()
    """Names of settings, filled only for admins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationsView:
    """The listing. `connected` is in reading order (attention first); `available` by category, then name, not-set-up ones last."""

    connected: tuple[Tile, ...]
    available: tuple[Tile, ...]
    words: str = ""
    """What was typed after `/lexer integrations`, "" for everything."""
    page: int = 0
    total: int
    """Integrations known to the bot, before narrowing."""
    nearest: str | None = None
    """When nothing matched: the word that was probably meant."""
    nothing: str | None = None
    """Why nothing is shown, where the words were understood: "Nothing is disconnected."."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account in the detail view."""

    id: str
    name: str
    external_id: str
    status: Status
    reason: str | None = None
    doubted: bool = False
    """Looks disconnected, not certain yet."""
    missing_permissions: tuple[str, ...] = ()
    """In words."""
    days_left: int | None = None
    connected_by: str
    """Slack user id."""
    connected_at: datetime
    checked_at: datetime | None = None
    groups: tuple[str, ...] = ()
    people: int = 0
    may_manage: bool = False
    may_give_groups: bool = False
    """False for a waiting account someone else signed in to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One past event, for Integrators. `kind` is a key of the words in blocks/integration.py."""

    at: datetime
    kind: str
    who: str | None
    account: str
    detail: str = ""
    account_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """What happened to one account, or to all of an integration."""

    about: str
    """The account's name, or "all accounts of …"."""
    rows: tuple[HistoryRow, ...]
    """Newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailView:
    """One integration opened."""

    key: str
    name: str
    category: str
    summary: str
    capabilities: tuple[str, ...]
    """Of "segments", "engagement", "orders", "conversations"."""
    guide_url: str
    account_noun: str
    accounts: tuple[AccountRow, ...]
    """Disconnected first."""
    hidden: int = 0
    """Accounts this person may not see by name, counted."""
    page: int = 0
    may_manage: bool
    set_up: bool = True
    missing_settings: tuple[str, ...] = ()
    history: tuple[HistoryRow, ...] = ()
    notice: str | None = None
    """One sentence about what just happened here, e.g. after Check now."""
    notice_level: str = "info"
    """"info", "success", "warning" or "error"."""


class Failure(StrEnum):
    """Why an attempt did not end in a connected account; each has its own words and next step."""

    CANCELLED = "cancelled"
    TOO_FEW_PERMISSIONS = "too_few_permissions"
    WRONG_ACCOUNT = "wrong_account"
    NO_ACCOUNTS = "no_accounts"
    PROVIDER_DOWN = "provider_down"
    PROVIDER_BUSY = "provider_busy"
    CODE_REFUSED = "code_refused"
    NOT_GENUINE = "not_genuine"
    UNREADABLE = "unreadable"
    MISCONFIGURED = "misconfigured"
    LINK_RAN_OUT = "link_ran_out"
    REPLACED = "replaced"
    NO_LONGER_ALLOWED = "no_longer_allowed"
    ACCOUNT_GONE = "account_gone"
    INTERRUPTED = "interrupted"
    DECLINED = "declined"
    """The person said the sign-in was not theirs."""
    KEY_GONE = "key_gone"
    NOT_FINISHED = "not_finished"
    """Signed in, but the last step in Slack was never taken."""
    CONNECTED_BY_ANOTHER = "connected_by_another"
    """Somebody else was quicker with the same account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One permission asked for at the provider."""

    reason: str
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressView:
    """The Address modal."""

    attempt_id: str
    provider: str
    label: str
    example: str
    typed: str | None = None
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueView:
    """The Continue modal and its DM."""

    attempt_id: str
    provider: str
    address: str | None = None
    url: str
    """https://…/connect/<ticket>"""
    number: int
    role_needed: str
    permissions: tuple[Permission, ...]
    expires_at: datetime
    reconnect: str | None = None
    """Name of the account to sign in as."""
    switch_hint: str = ""
    """How to switch accounts at the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmView:
    """The question "Did you just sign in as @acme?"."""

    attempt_id: str
    provider: str
    identity: str
    number: int
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PickOption:
    """One account behind a sign-in."""

    external_id: str
    name: str
    role: str | None = None
    connected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PickView:
    """The Pick modal."""

    attempt_id: str
    provider: str
    account_noun: str
    identity: str
    options: tuple[PickOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOption:
    """A Group to choose."""

    id: str
    name: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseGroupsView:
    """The Groups modal: at the end of connecting (subject = attempt id) or later (subject = account id)."""

    subject: str
    provider: str
    accounts: tuple[str, ...]
    """Their names."""
    groups: tuple[GroupOption, ...]
    chosen: frozenset[str] = frozenset()
    admins: tuple[str, ...] = ()
    """Slack user ids of those who can create a Group, for when there is none."""
    connecting: bool
    already_connected: tuple[str, ...] = ()
    """Of `accounts`, those connected before: their Groups will be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneView:
    """Connected, reconnected, or Groups saved."""

    attempt_id: str
    provider: str
    accounts: tuple[str, ...]
    people: int
    groups: tuple[str, ...] = ()
    reconnected: bool = False
    left_behind: tuple[str, ...] = ()
    """Siblings of a reconnected account that this sign-in does not reach."""
    missing_permissions: tuple[str, ...] = ()
    """What the person left out at the provider, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedView:
    """An attempt that ended; says what to do next. `details`: missing permissions in words, or the account names signed in to."""

    attempt_id: str
    provider: str
    failure: Failure
    details: tuple[str, ...] = ()
    needed: str | None = None
    """The account a reconnect needs."""
    by_hand: str = ""
    """Where at the provider access can be looked at or removed by hand."""
    switch_hint: str = ""
    may_retry: bool = True


class Revoke(StrEnum):
    """What became of ending the access at the provider."""

    PENDING = "pending"
    REVOKED = "revoked"
    FAILED = "failed"
    SHARED = "shared"
    """Other accounts still use this sign-in, so it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectView:
    """The confirm view."""

    account_id: str
    account: str
    provider: str
    groups: tuple[str, ...]
    people: int
    stops: tuple[str, ...]
    """Capabilities that stop."""
    siblings: int = 0
    """Other accounts of the same sign-in, which stay."""
    side_effect: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectedView:
    """After Disconnect."""

    account: str
    provider: str
    revoke: Revoke
    by_hand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A Group in the Groups modal."""

    id: str
    name: str
    people: int
    integrators: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsView:
    """`/lexer groups`."""

    groups: tuple[GroupRow, ...]
    may_edit: bool
    admins: tuple[str, ...] = ()
    page: int = 0
    notice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupForm:
    """Creating (group_id None) or editing a Group."""

    group_id: str | None = None
    name: str = ""
    integrators: bool = False
    people: tuple[str, ...] = ()
    first: bool = False
    """The workspace's first Group: Integrators is on, and the creator is in it unless they say no."""
    creator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRunView:
    """The first `/lexer` of a workspace."""

    may_create: bool
    admins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLine:
    """One command."""

    usage: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """Help, or the answer to a typo."""

    lines: tuple[HelpLine, ...]
    typed: str | None = None
    """The unknown words, if that is why help appears."""
    nearest: str | None = None
    """The nearest command, e.g. "/lexer integrations"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskView:
    """The DM an Integrator gets from "Ask an Integrator"."""

    asker: str
    """Slack user id."""
    provider_key: str
    provider: str
