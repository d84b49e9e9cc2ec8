"""Every screen in every state, for the tests, the gallery and the docs. `EXAMPLES[name]()` is what would be sent."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from blocks import connect, disconnect, groups, help, history, integration, listing, samples  # noqa: A004 - the screen is called help
from blocks.alert_examples import alert_examples
from blocks.parts import Message, View
from blocks.samples import NAMES
from blocks.views import (
    AskView,
    ChooseGroupsView,
    DisconnectedView,
    Failure,
    FirstRunView,
    GroupForm,
    HelpView,
    PickView,
    Revoke,
)

Draw = Callable[[], Message | View]


def _all() -> Iterator[tuple[str, Draw]]:
    for label, name in NAMES.items():
        for screens in (
            _listings,
            _details,
            _connecting,
            _choosing,
            _outcomes,
            _disconnecting,
            _groups,
            _answers,
            alert_examples,
        ):
            for title, draw in screens(name):
                yield f"{title} ({label})", draw


def _listings(name: str) -> Iterator[tuple[str, Draw]]:
    sizes = {
        "empty": (0, 0),
        "nothing connected": (0, 9),
        "one": (1, 3),
        "many": (40, 60),
        "all connected": (5, 0),
    }
    for title, (connected, available) in sizes.items():
        view = samples.integrations(name, connected=connected, available=available)
        yield f"listing, {title}", partial(listing.listing, view)
    yield (
        "listing, page 3",
        partial(listing.listing, samples.integrations(name, connected=40, available=60, page=2)),
    )
    found = samples.integrations(name, connected=1, available=2, words=name)
    yield "listing, filtered", partial(listing.listing, found)
    yield (
        "listing, nothing found",
        partial(listing.listing, replace(found, connected=(), available=(), total=100)),
    )


def _details(name: str) -> Iterator[tuple[str, Draw]]:
    yield "detail, opening", partial(integration.opening, name)
    for number in (0, 1, 7, 30):
        noun = "account" if number == 1 else "accounts"
        yield f"detail, {number} {noun}", partial(integration.detail, samples.detail(name, accounts=number))
    yield "history", partial(history.history, samples.past(name))
    yield "history, nothing", partial(history.history, replace(samples.past(name), rows=()))
    many = samples.detail(name, accounts=30)
    yield "detail, page 2", partial(integration.detail, replace(many, page=1))
    yield "detail, member", partial(integration.detail, samples.detail(name, accounts=3, may_manage=False))
    yield (
        "detail, all hidden",
        partial(integration.detail, samples.detail(name, accounts=0, may_manage=False)),
    )
    missing = replace(
        samples.detail(name, accounts=0), set_up=False, missing_settings=("LEXER_SHOPIFY_CLIENT_ID",)
    )
    yield "detail, not set up", partial(integration.detail, missing)
    noticed = replace(samples.detail(name, accounts=1), notice=f"{name} works.", notice_level="success")
    yield "detail, notice", partial(integration.detail, noticed)


def _connecting(name: str) -> Iterator[tuple[str, Draw]]:
    yield "connect, loading", partial(connect.loading, "attempt-1", name)
    yield "connect, working", partial(connect.working, name, "attempt-1")
    yield "connect, address", partial(connect.address, samples.address(name))
    yield "connect, empty address", partial(connect.address, replace(samples.address(name), typed=None))
    for title, reconnect in (("integrate", False), ("reconnect", True)):
        view = samples.link(name, reconnect=reconnect)
        yield f"connect, continue to {title}", partial(connect.continue_, view)
        yield f"connect DM, continue to {title}", partial(connect.continue_dm, view)
    yield "connect, was that you", partial(connect.confirm, samples.question(name))
    yield "connect DM, was that you", partial(connect.confirm_dm, samples.question(name))


def _choosing(name: str) -> Iterator[tuple[str, Draw]]:
    for number in (0, 1, 10, 11, 100, 101):
        accounts: PickView = samples.choices(name, number)
        yield f"pick, {number} accounts", partial(connect.pick, accounts)
    for number in (0, 1, 10, 11, 100, 101, 300):
        to_choose: ChooseGroupsView = samples.groups_to_choose(name, number)
        yield f"choose, {number} Groups", partial(connect.choose_groups, to_choose)
    later = samples.groups_to_choose(name, 3, connecting=False)
    yield "choose, later", partial(connect.choose_groups, later)
    yield "connect DM, choosing accounts", partial(connect.choosing_dm, "attempt-1", name, (), "pick")
    yield "connect DM, choosing Groups", partial(connect.choosing_dm, "attempt-1", name, (name,), "groups")


def _outcomes(name: str) -> Iterator[tuple[str, Draw]]:
    for title, reconnected in (("connected", False), ("reconnected", True)):
        view = samples.outcome(name, reconnected=reconnected)
        yield f"connect, {title}", partial(connect.done, view)
        yield f"connect DM, {title}", partial(connect.done_dm, view)
    partly = replace(samples.outcome(name), missing_permissions=("Answer posts from Lexer.",))
    yield "connect, without a permission", partial(connect.done, partly)
    yield "connect DM, without a permission", partial(connect.done_dm, partly)
    for kind in Failure:
        failed = samples.failure(name, kind)
        yield f"connect, failed: {kind.value}", partial(connect.failed, failed)
        yield f"connect DM, failed: {kind.value}", partial(connect.failed_dm, failed)


def _disconnecting(name: str) -> Iterator[tuple[str, Draw]]:
    view = samples.farewell(name)
    yield "disconnect, confirm", partial(disconnect.confirm, view)
    alone = replace(view, groups=(), people=0, stops=(), siblings=0, side_effect=None)
    yield "disconnect, nobody uses it", partial(disconnect.confirm, alone)
    for revoke in Revoke:
        gone = DisconnectedView(
            account=name, provider=name, revoke=revoke, by_hand="Settings, Connected apps."
        )
        yield f"disconnected, {revoke.value}", partial(disconnect.disconnected, gone)


def _groups(name: str) -> Iterator[tuple[str, Draw]]:
    for number in (0, 1, 300):
        yield f"groups, {number}", partial(groups.groups, samples.group_list(name, number))
    yield "groups, last page", partial(groups.groups, samples.group_list(name, 300, page=99))
    yield "groups, member", partial(groups.groups, samples.group_list(name, 3, may_edit=False))
    yield "groups, create", partial(groups.form, GroupForm())
    yield "groups, create the first", partial(groups.form, GroupForm(first=True, creator="U0ADA"))
    yield "groups, edit", partial(groups.form, samples.group_form(name))
    yield "groups, saved", partial(groups.saved, name, 14, created=True)
    yield "first run, admin", partial(groups.first_run, FirstRunView(may_create=True))
    yield (
        "first run, member",
        partial(groups.first_run, FirstRunView(may_create=False, admins=("U0ADA", "U0BEN"))),
    )


def _answers(name: str) -> Iterator[tuple[str, Draw]]:
    yield "help", partial(help.help_, HelpView(lines=samples.COMMANDS))
    typo = HelpView(lines=samples.COMMANDS, typed=name, nearest="/lexer integrations")
    yield "help, typo", partial(help.help_, typo)
    yield "refusal, guest", help.kind_refusal
    yield "refusal, not allowed", partial(help.not_allowed, "change Groups", ("U0ADA",))
    yield "refusal, not allowed in a modal", partial(help.not_allowed_view, "change Groups", ("U0ADA",))
    yield "problem", partial(help.problem, f"{name} was removed.", "Open it again to see how it is now.")
    yield "problem in a modal", partial(help.problem_view, f"{name} was removed.", "Open it again.")
    yield "broke", partial(help.broke, "abc123")
    yield "broke in a modal", partial(help.broke_view, "abc123")
    ask = AskView(asker="U0MARIA", provider_key="shopify", provider=name)
    yield "ask an Integrator, DM", partial(help.ask_dm, ask)
    yield "asked", partial(help.asked, name, already=False)
    yield "asked before", partial(help.asked, name, already=True)
    kept = DisconnectedView(
        account=name, provider="Twitter (X)", revoke=Revoke.FAILED, by_hand="At x.com/settings."
    )
    yield "access not ended, DM", partial(disconnect.not_revoked_dm, kept)
    yield "waiting account removed, DM", partial(help.waiting_removed_dm, name, name)


EXAMPLES: Mapping[str, Draw] = MappingProxyType(dict(_all()))
