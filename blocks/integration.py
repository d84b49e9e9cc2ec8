"""One integration opened: what it does, its accounts with their status, and what can be done with each."""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from blocks.listing import category_words
from blocks.parts import (
    Json,
    Style,
    View,
    actions,
    button,
    context,
    divider,
    if_it_stays,
    metadata,
    modal,
    notice,
    section,
)
from blocks.status import Status, reason_words, words
from blocks.text import article, count, day, name, names, people, plain_name, user, when
from blocks.views import AccountRow, DetailView, HistoryRow

DETAIL = "detail"
INTEGRATE = "integration.integrate"
ASK = "integration.ask"
GUIDE = "integration.guide"
RECONNECT = "account.reconnect"
GROUPS = "account.groups"
CHECK = "account.check"
DISCONNECT = "account.disconnect"
HISTORY_OF = "account.history"
DETAIL_MORE = "detail.more"
ACCOUNTS_PER_PAGE = 8
_EVENTS_SHOWN = 10

HISTORY: Mapping[str, str] = MappingProxyType(
    {
        "connected": "connected",
        "groups": "Groups changed",
        "disconnected": "disconnected by the provider",
        "reconnected": "reconnected",
        "recovered": "works again",
        "checked": "checked",
        "removed": "disconnected here",
        "revoked": "access ended at the provider",
        "not_revoked": "access could not be ended at the provider",
        "still_shared": "access stays at the provider: other accounts use the same sign-in",
        "needs_permission": "needs a permission",
        "expired_waiting": "removed after 7 days without Groups",
        "provider_problem": "cannot be checked: the provider has problems",
        "provider_works": "can be checked again: the provider answers",
        "setup_problem": "cannot be checked: this bot's set-up has a problem",
        "setup_works": "can be checked again: this bot's set-up is mended",
    }
)
"""Words for the kinds of past events."""

_MOVES = {
    "segments": "sends segments",
    "engagement": "brings back engagement",
    "orders": "brings in orders",
    "conversations": "brings in conversations",
}


_NOTHING_TO_DO = {
    Status.PROVIDER_PROBLEM: ". Nothing to do here: Lexer checks again by itself.",
    Status.SETUP_PROBLEM: ". The person who runs the bot has to look at it.",
}


def opening(integration: str) -> View:
    """Shown at once, while the accounts are looked up."""
    return modal(
        plain_name(integration, 24), DETAIL, [section(f"Opening {name(integration)} …"), if_it_stays()]
    )


def detail(view: DetailView) -> View:
    """The detail modal."""
    pages = max(1, -(-len(view.accounts) // ACCOUNTS_PER_PAGE))
    page = min(max(view.page, 0), pages - 1)
    rows = view.accounts[page * ACCOUNTS_PER_PAGE : (page + 1) * ACCOUNTS_PER_PAGE]
    urgent = next(
        (row.id for row in rows if _can_reconnect(view, row) and row.status is Status.DISCONNECTED), None
    )
    blocks = [*_about(view), *_first_buttons(view, primary=urgent is None), *_set_up(view)]
    namesakes = {name for name, times in Counter(row.name for row in view.accounts).items() if times > 1}
    for row in rows:
        blocks += _account(view, row, primary=row.id == urgent, namesake=row.name in namesakes)
    blocks += [*_others(view), *_pages(view, page, pages), *_history(view, shown=page == 0)]
    return modal(plain_name(view.name, 24), DETAIL, blocks, metadata=metadata(k=view.key, p=page))


def _about(view: DetailView) -> Iterator[Json]:
    if view.notice:
        level = view.notice_level if view.notice_level in {"info", "success", "warning", "error"} else "info"
        yield notice(name(view.notice, 300), level)
    yield section(name(view.summary, 600))
    moves = [_MOVES[capability] for capability in view.capabilities if capability in _MOVES]
    yield context(" · ".join([category_words(view.category), *moves]))


def _first_buttons(view: DetailView, *, primary: bool) -> Iterator[Json]:
    """Integrate or Ask, and the guide."""
    buttons: list[Json] = []
    if not view.may_manage and not _has_asked(view):
        buttons.append(
            button(
                "Ask an Integrator", ASK, value=view.key, style="primary" if view.set_up and primary else None
            )
        )
    elif view.may_manage and view.set_up:
        text = (
            f"Integrate another {view.account_noun}"
            if view.accounts
            else f"Integrate {plain_name(view.name, 60)}"
        )
        buttons.append(button(text, INTEGRATE, value=view.key, style="primary" if primary else None))
    if view.guide_url.startswith("https://") and len(view.guide_url) <= 3000:
        buttons.append(
            button(
                "Read the guide",
                GUIDE,
                url=view.guide_url,
                label=f"Read the guide for {plain_name(view.name, 50)}",
            )
        )
    if buttons:
        yield actions(*buttons)


def _has_asked(view: DetailView) -> bool:
    """To who may not manage, nothing but asking is ever answered with a notice; asking once is enough."""
    return not view.may_manage and view.notice is not None


def _set_up(view: DetailView) -> Iterator[Json]:
    if not view.set_up:
        missing = f" Missing settings: {names(view.missing_settings, 10)}." if view.missing_settings else ""
        yield section(f"⚪ Not set up on this bot. The person who runs the bot can set it up.{missing}")
    elif not view.accounts and not view.hidden:
        yield section(f"Not connected. {_next_step(view)}".rstrip())


def _next_step(view: DetailView) -> str:
    if view.may_manage:
        return f"Press *Integrate {name(view.name)}* to connect {article(view.account_noun)}."
    if _has_asked(view):
        return ""
    return "Press *Ask an Integrator*: the Integrators get a message from you."


def _can_reconnect(view: DetailView, row: AccountRow) -> bool:
    return row.may_manage and view.set_up and row.status not in {Status.WAITING, Status.REMOVED}


def _account(view: DetailView, row: AccountRow, *, primary: bool, namesake: bool) -> Iterator[Json]:
    state = words(
        row.status,
        reason=row.reason,
        permissions=row.missing_permissions,
        days=row.days_left,
        doubted=row.doubted,
    )
    yield divider()
    yield section(f"*{name(row.name)}*\n{state}{_what_to_do(view, row)}\n{_shared_with(row)}")
    yield context(_facts(row, namesake=namesake))
    buttons = list(_account_buttons(view, row, primary=primary))
    if buttons:
        yield actions(*buttons)


def _what_to_do(view: DetailView, row: AccountRow) -> str:
    if row.status is Status.NEEDS_PERMISSION:
        return ". Everything else works; to allow it, press Reconnect." if _can_reconnect(view, row) else ""
    return _NOTHING_TO_DO.get(row.status, "")


def _shared_with(row: AccountRow) -> str:
    if row.status is Status.WAITING and row.may_manage and not row.may_give_groups:
        return f"Only {user(row.connected_by)} can choose its Groups."
    if not row.groups:
        return "No Group can use it yet."
    noun = "Group" if len(row.groups) == 1 else "Groups"
    return f"{noun}: {names(row.groups)} · {people(row.people)}"


def _facts(row: AccountRow, *, namesake: bool) -> str:
    """Secondary: who connected it, when it was last looked at, and its id at the provider where another has the same name."""
    verb = "Signed in" if row.status is Status.WAITING else "Connected"
    facts = [f"{verb} by {user(row.connected_by)}, {day(row.connected_at)}"]
    if row.checked_at is not None:
        facts.append(f"checked {when(row.checked_at)}")
    if namesake and row.external_id:
        facts.append(f"id {name(row.external_id, 60)}")
    return " · ".join(facts)


def _account_buttons(view: DetailView, row: AccountRow, *, primary: bool) -> Iterator[Json]:
    """The text repeats on every account, so each has its own words for screen readers."""
    spoken = plain_name(row.name, 50)
    if _can_reconnect(view, row):
        style: Style | None = "primary" if primary else None
        yield button(
            "Reconnect", f"{RECONNECT}:{row.id}", value=row.id, style=style, label=f"Reconnect {spoken}"
        )
    if row.may_manage and row.may_give_groups:
        yield button("Choose Groups", f"{GROUPS}:{row.id}", value=row.id, label=f"Choose Groups for {spoken}")
    if not row.may_manage:
        return
    if row.status is not Status.WAITING:
        yield button("Check now", f"{CHECK}:{row.id}", value=row.id, label=f"Check {spoken} now")
    yield button("Show history", f"{HISTORY_OF}:{row.id}", value=row.id, label=f"Show history of {spoken}")
    yield button("Disconnect", f"{DISCONNECT}:{row.id}", value=row.id, label=f"Disconnect {spoken}")


def _others(view: DetailView) -> Iterator[Json]:
    if not view.hidden:
        return
    yield divider()
    accounts = count(view.hidden, "account")
    words_ = f"{accounts} that only other Groups may use"
    yield context(f"and {words_}" if view.accounts else words_)


def _pages(view: DetailView, page: int, pages: int) -> Iterator[Json]:
    if pages == 1:
        return
    buttons: list[Json] = []
    if page + 1 < pages:
        buttons.append(
            button("Show more accounts", f"{DETAIL_MORE}:next", value=metadata(k=view.key, p=page + 1))
        )
    if page:
        buttons.append(
            button(
                "Show previous accounts", f"{DETAIL_MORE}:previous", value=metadata(k=view.key, p=page - 1)
            )
        )
    yield context(f"Page {page + 1} of {pages} · {count(len(view.accounts), 'account')}")
    yield actions(*buttons)


def _history(view: DetailView, *, shown: bool) -> Iterator[Json]:
    if not view.history or not shown:
        return
    yield divider()
    lines = "\n".join(history_line(row) for row in view.history[:_EVENTS_SHOWN])
    yield context(f"*What happened before*\n{lines}")
    yield actions(button("Show all history", f"{HISTORY_OF}:all", value=f"all:{view.key}"))


def history_line(row: HistoryRow) -> str:
    """One past event: when, to which account, what, why and by whom."""
    who = f", by {user(row.who)}" if row.who else ""
    more = f" ({_why(row)})" if row.detail and row.detail != row.account else ""
    return f"{when(row.at)}: {name(row.account, 40)} {HISTORY.get(row.kind, 'changed')}{more}{who}"


def _why(row: HistoryRow) -> str:
    """A disconnection's detail is the key of its reason."""
    return reason_words(row.detail) if row.kind in _ENDED else name(row.detail, 60)


_ENDED = frozenset({"disconnected", "needs_permission"})
