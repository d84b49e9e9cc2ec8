"""View models of every screen, made around one name, for the examples. Times are fixed: nothing here looks at a clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from blocks.status import Status
from blocks.views import (
    AccountRow,
    AddressView,
    ChooseGroupsView,
    ConfirmView,
    ContinueView,
    DetailView,
    DisconnectView,
    DoneView,
    FailedView,
    Failure,
    GroupForm,
    GroupOption,
    GroupRow,
    GroupsView,
    HelpLine,
    HistoryRow,
    HistoryView,
    IntegrationsView,
    Permission,
    PickOption,
    PickView,
    Problem,
    Tile,
)

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CATEGORIES = ("marketing", "ecommerce", "service", "other")
STATUSES = tuple(status for status in Status if status is not Status.REMOVED)
NAMES = {
    "plain": "@acme",
    "longest": "Acme Outdoor Clothing and Equipment " * 90,
    "right-to-left": "متجر أكمي \u202eevil\u202c",
    "hostile": "*b* _i_ ~s~ `c` <!channel> <@U1> <https://evil.example|x> & @here :tada: https://evil.example\n> quote",
    "nothing to see": "\u200b\u2060 \n",
}


def tile(number: int, name: str, *, problems: tuple[Problem, ...] = (), accounts: int = 5) -> Tile:
    """The `number`th integration."""
    category = CATEGORIES[number % len(CATEGORIES)]
    return Tile(key=f"provider_{number}", name=name, category=category, accounts=accounts, problems=problems)


def integrations(
    name: str, *, connected: int, available: int, words: str = "", page: int = 0
) -> IntegrationsView:
    """A listing of that size; one in three has a problem."""
    problem = Problem(status=Status.DISCONNECTED, count=2, reason="password_changed")
    expiring = Problem(status=Status.EXPIRING, count=1, days=3)
    tiles = tuple(
        tile(number, f"{name} {number}", problems=(problem, expiring) if number % 3 == 0 else ())
        for number in range(connected)
    )
    rest = tuple(
        replace(
            tile(connected + number, f"{name} {number}", accounts=0),
            set_up=number % 7 != 6,
            missing_settings=("LEXER_ACME_CLIENT_ID",) if number % 7 == 6 else (),
        )
        for number in range(available)
    )
    total = connected + available
    return IntegrationsView(connected=tiles, available=rest, words=words, page=page, total=total)


def account(number: int, name: str, status: Status = Status.CONNECTED) -> AccountRow:
    """The `number`th account in that status."""
    return AccountRow(
        id=f"account-{number}",
        name=name,
        external_id=f"{number:06d}",
        status=status,
        reason="access_removed" if status is Status.DISCONNECTED else None,
        missing_permissions=("read orders",) if status is Status.NEEDS_PERMISSION else (),
        days_left=3 if status is Status.EXPIRING else None,
        connected_by="U0MARIA",
        connected_at=NOON - timedelta(days=number),
        checked_at=NOON,
        groups=() if status is Status.WAITING else ("Marketing", name),
        people=14,
        may_manage=True,
        may_give_groups=True,
    )


def past(name: str) -> HistoryView:
    """An account with a long history, problems of the provider in it."""
    kinds = ("provider_works", "provider_problem", "reconnected", "disconnected") * 20
    rows = tuple(
        HistoryRow(at=NOON, kind=kind, who=None, account=name, detail="", account_id="account-1")
        for kind in kinds
    )
    return HistoryView(about=name, rows=rows)


def detail(name: str, *, accounts: int, may_manage: bool = True) -> DetailView:
    """An integration with that many accounts, in all statuses."""
    rows = [
        replace(
            account(number, name, STATUSES[number % len(STATUSES)]),
            may_manage=may_manage,
            may_give_groups=may_manage,
        )
        for number in range(accounts)
    ]
    history = HistoryRow(at=NOON, kind="removed", who="U0MARIA", account=name, detail=name)
    return DetailView(
        key="shopify",
        name=name,
        category="ecommerce",
        summary="Brings orders and customers from your shop into Lexer.",
        capabilities=("orders", "segments"),
        guide_url="https://learn.lexer.io/docs/shopify",
        account_noun="shop",
        accounts=tuple(sorted(rows, key=lambda row: row.status is not Status.DISCONNECTED)),
        hidden=0 if may_manage else 3,
        may_manage=may_manage,
        history=(history,) * 12 if may_manage else (),
    )


def address(name: str) -> AddressView:
    """The Address modal, with something typed before."""
    return AddressView(
        attempt_id="attempt-1",
        provider=name,
        label="Shop address",
        example="acme.myshopify.com",
        where="It stands in the shop's settings.",
        typed=name,
    )


def link(name: str, *, reconnect: bool = False) -> ContinueView:
    """The Continue modal and DM."""
    asked = (Permission(reason="Read orders", required=True), Permission(reason=name, required=False))
    return ContinueView(
        attempt_id="attempt-1",
        provider=name,
        address="acme.myshopify.com",
        url="https://bot.acme.example/connect/ticket",
        number=7,
        role_needed="the shop owner or staff with app permissions",
        permissions=asked,
        expires_at=NOON + timedelta(minutes=30),
        reconnect=name if reconnect else None,
        switch_hint="Log out there first, then come back to this link." if reconnect else "",
    )


def question(name: str) -> ConfirmView:
    """The question "Was that you?", with what it reaches."""
    return ConfirmView(attempt_id="attempt-1", provider=name, identity=name, number=7, accounts=(name, name))


def choices(name: str, number: int) -> PickView:
    """That many accounts behind a sign-in."""
    options = tuple(
        PickOption(external_id=f"{index:06d}", name=f"{index} {name}", role="Admin", connected=index == 1)
        for index in range(number)
    )
    return PickView(
        attempt_id="attempt-1", provider=name, account_noun="ad account", identity=name, options=options
    )


def groups_to_choose(name: str, number: int, *, connecting: bool = True) -> ChooseGroupsView:
    """That many Groups, the first one chosen."""
    options = tuple(
        GroupOption(id=f"group-{index}", name=f"{index} {name}", people=index) for index in range(number)
    )
    return ChooseGroupsView(
        subject="attempt-1" if connecting else "account-1",
        provider=name,
        accounts=(name, "@acme_shop"),
        groups=options,
        chosen=frozenset({"group-0"}),
        admins=("U0ADA", "U0BEN"),
        connecting=connecting,
        already_connected=(name,),
    )


def outcome(name: str, *, reconnected: bool = False) -> DoneView:
    """The good end."""
    return DoneView(
        attempt_id="attempt-1",
        provider=name,
        accounts=(name,),
        people=14,
        groups=("Marketing", name),
        reconnected=reconnected,
        left_behind=(name,) if reconnected else (),
    )


def failure(name: str, kind: Failure) -> FailedView:
    """One of the other ends."""
    return FailedView(
        attempt_id="attempt-1",
        provider=name,
        failure=kind,
        details=(name,),
        needed=name if kind is Failure.WRONG_ACCOUNT else None,
        by_hand="At x.com/settings: choose the app, then Revoke.",
        switch_hint="Log out there first, then come back to a new link.",
        may_retry=kind
        not in {
            Failure.NO_LONGER_ALLOWED,
            Failure.ACCOUNT_GONE,
            Failure.REPLACED,
            Failure.MISCONFIGURED,
            Failure.CONNECTED_BY_ANOTHER,
        },
    )


def farewell(name: str) -> DisconnectView:
    """The confirm view of Disconnect."""
    return DisconnectView(
        account_id="account-1",
        account=name,
        provider=name,
        groups=("Marketing", name),
        people=14,
        stops=("segments", "orders"),
        siblings=2,
        side_effect="The Lexer app disappears from the shop.",
    )


def group_list(name: str, number: int, *, may_edit: bool = True, page: int = 0) -> GroupsView:
    """That many Groups."""
    rows = tuple(
        GroupRow(id=f"group-{index}", name=f"{index} {name}", people=index, integrators=index == 0)
        for index in range(number)
    )
    return GroupsView(
        groups=rows, may_edit=may_edit, admins=("U0ADA",), page=page, notice=f"{name} is saved."
    )


def group_form(name: str) -> GroupForm:
    """Editing a Group."""
    return GroupForm(group_id="group-1", name=name, integrators=True, people=("U0ADA", "U0BEN"))


COMMANDS = (
    HelpLine(usage="/lexer", summary="Everything that is connected, and what can be"),
    HelpLine(usage="/lexer integrations email", summary="Only what has to do with email"),
    HelpLine(usage="/lexer groups", summary="Who may use what"),
    HelpLine(usage="/lexer help", summary="This list"),
)
