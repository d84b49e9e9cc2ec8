"""What each screen tells and offers: the listing, an opened integration, Groups, Disconnect, help."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from blocks import disconnect, groups, help, integration, listing, samples, status  # noqa: A004 - the screen is called help
from blocks.status import Status, words
from blocks.views import (
    AskView,
    DetailView,
    DisconnectedView,
    FirstRunView,
    GroupForm,
    HelpView,
    IntegrationsView,
    Problem,
    Revoke,
)
from connectors.observation import Reason
from store.records import AccountStatus

Json = dict[str, Any]


def parts(value: Any) -> Iterator[Json]:
    """Every object inside."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def controls(payload: Any, action: str) -> list[Json]:
    """Controls whose action is `action`, with a suffix or without."""
    found = [part for part in parts(dict(payload)) if "action_id" in part]
    return [control for control in found if control["action_id"].split(":")[0] == action]


def said(payload: Any) -> str:
    """All that is to be read."""
    return "\n".join(
        part["text"] for part in parts(dict(payload)["blocks"]) if isinstance(part.get("text"), str)
    )


def test_every_reason_has_words() -> None:
    """A disconnected account always says why in plain words."""
    assert status.REASONS.keys() == {reason.value for reason in Reason}
    assert words(Status.DISCONNECTED, reason="moon") == "🔴 Disconnected: the sign-in no longer works"
    assert (
        words(Status.DISCONNECTED, reason="checkpoint")
        == "🔴 Disconnected: a security check is waiting there"
    )


def test_every_status_has_a_circle_and_a_word() -> None:
    """The circle never carries the meaning alone."""
    assert {value.value for value in AccountStatus} <= {value.value for value in Status}
    for value in Status:
        circle, word = words(value).split(" ", 1)
        assert circle in "🟢🟡🔴⚪"
        assert word[0].isupper()
    assert words(Status.EXPIRING, days=3) == "🟡 Expires in 3 days"
    assert words(Status.EXPIRING, days=1) == "🟡 Expires tomorrow"
    assert words(Status.EXPIRING, days=0) == "🟡 Expires today"
    assert words(Status.NEEDS_PERMISSION, permissions=("read orders",)) == "🟡 Needs permission: read orders"
    assert words(Status.CONNECTED, doubted=True) == "🟡 Looks disconnected: not certain yet"


def test_the_listing_says_first_what_needs_attention() -> None:
    """One sentence tells how things stand, on screen and to a screen reader."""
    view = samples.integrations("Acme", connected=3, available=2)
    drawn = listing.listing(view)
    assert "3 connected, 1 needs attention." in said(drawn)
    assert drawn["text"].startswith(
        "3 connected, 1 needs attention. Acme 0: Disconnected: the password was changed;"
    )
    assert "🔴 2 disconnected: the password was changed · 🟡 1 expires in 3 days · 5 accounts" in said(drawn)
    healthy = replace(view, connected=view.connected[1:])
    assert "2 connected, all working." in said(listing.listing(healthy))
    outage = replace(view.connected[1], problems=(Problem(status=Status.PROVIDER_PROBLEM, count=5),))
    assert "*1 connected.*" in said(listing.listing(replace(view, connected=(outage,))))


def test_one_account_reads_as_one() -> None:
    """An integration with one account has its status without a count."""
    tile = samples.tile(1, "Acme", problems=(Problem(status=Status.DISCONNECTED, count=1),), accounts=1)
    drawn = listing.listing(IntegrationsView(connected=(tile,), available=(), total=1))
    assert "🔴 Disconnected: the sign-in no longer works · 1 account\n" in said(drawn)


def test_the_listing_is_never_a_wall() -> None:
    """Forty integrations come twelve at a time, with a way on and back that remembers the filter."""
    view = samples.integrations("Acme", connected=40, available=0, words="email")
    assert len(controls(listing.listing(view), listing.OPEN)) == 12
    (on,) = controls(listing.listing(view), listing.MORE)
    assert json.loads(on["value"]) == {"w": "email", "p": 1}
    middle = controls(listing.listing(replace(view, page=1)), listing.MORE)
    assert [json.loads(button["value"])["p"] for button in middle] == [2, 0]
    last = listing.listing(replace(view, page=99))
    assert len(controls(last, listing.OPEN)) == 4
    assert "37–40 of 40 connected" in said(last)


def test_what_can_be_connected_can_be_picked() -> None:
    """Every unconnected integration is in the picker under its category; what is not set up comes last."""
    view = samples.integrations("Acme", connected=0, available=14)
    (picker,) = controls(listing.listing(view), listing.PICK)
    labels = [group["label"]["text"] for group in picker["option_groups"]]
    assert labels == ["Marketing", "Ecommerce", "Service", "Other", "Not set up on this bot"]
    values = {option["value"] for group in picker["option_groups"] for option in group["options"]}
    assert values == {tile.key for tile in view.available}
    assert "Nothing is connected yet." in said(listing.listing(view))


def test_nothing_found_says_what_to_try() -> None:
    """A filter that finds nothing helps on."""
    drawn = listing.listing(IntegrationsView(connected=(), available=(), words="<moon>", total=60))
    assert 'No integration matches "&lt;moon&gt;".' in drawn["text"]
    assert "shows all 60" in drawn["text"]


def test_opening_is_truthful() -> None:
    """While accounts are looked up the modal says so, and which integration it is."""
    drawn = integration.opening("Google Ads & Analytics 360 for Everybody")
    assert drawn["callback_id"] == integration.DETAIL
    assert drawn["title"]["text"] == "Google Ads & Analytics…"
    assert "Opening Google Ads &amp; Analytics 360" in said(drawn)


def detail(*statuses: Status, **more: Any) -> DetailView:
    """An integration whose accounts are in those statuses."""
    view = samples.detail("Shopify", accounts=0)
    accounts = tuple(samples.account(number, f"@acme{number}", kind) for number, kind in enumerate(statuses))
    return replace(view, accounts=accounts, **more)


def test_reconnect_is_the_one_thing_to_press() -> None:
    """With a disconnected account its Reconnect stands out, and Integrate steps back."""
    drawn = integration.detail(detail(Status.DISCONNECTED, Status.DISCONNECTED, Status.CONNECTED))
    first, second, third = controls(drawn, integration.RECONNECT)
    assert first["style"] == "primary"
    assert "style" not in second
    assert "style" not in third
    assert first["accessibility_label"] == "Reconnect @acme0"
    assert first["value"] == "account-0"
    assert "style" not in controls(drawn, integration.INTEGRATE)[0]
    assert (
        controls(integration.detail(detail(Status.CONNECTED)), integration.INTEGRATE)[0]["style"] == "primary"
    )


def test_a_waiting_account_offers_groups() -> None:
    """Somebody who just signed in is led to the Groups; others see who has to choose them."""
    drawn = integration.detail(detail(Status.WAITING))
    assert controls(drawn, integration.RECONNECT) == controls(drawn, integration.CHECK) == []
    assert controls(drawn, integration.GROUPS)[0]["value"] == "account-0"
    others = replace(samples.account(0, "@acme", Status.WAITING), may_give_groups=False)
    drawn = integration.detail(replace(detail(), accounts=(others,)))
    assert controls(drawn, integration.GROUPS) == []
    assert len(controls(drawn, integration.DISCONNECT)) == 1
    assert "Only <@U0MARIA> can choose its Groups." in said(drawn)


def test_a_member_can_only_ask() -> None:
    """Who may not connect sees names and status, and one button that asks an Integrator."""
    drawn = integration.detail(samples.detail("Shopify", accounts=3, may_manage=False))
    actions = {part["action_id"] for part in parts(dict(drawn)) if "action_id" in part}
    assert actions == {integration.ASK, integration.GUIDE}
    assert "and 3 accounts that only other Groups may use" in said(drawn)


def test_an_integration_without_set_up_offers_nothing_to_press() -> None:
    """What is not set up says so; admins read which settings are missing."""
    drawn = integration.detail(
        detail(Status.DISCONNECTED, set_up=False, missing_settings=("LEXER_SHOPIFY_CLIENT_ID",))
    )
    assert controls(drawn, integration.INTEGRATE) == controls(drawn, integration.RECONNECT) == []
    assert "Missing settings: LEXER_SHOPIFY_CLIENT_ID." in said(drawn)


def test_many_accounts_come_in_pages() -> None:
    """Eight accounts at a time; the modal knows which integration and page it shows."""
    view = samples.detail("Shopify", accounts=20)
    drawn = integration.detail(replace(view, page=1))
    assert json.loads(drawn["private_metadata"]) == {"k": "shopify", "p": 1}
    assert len(controls(drawn, integration.DISCONNECT)) == 8
    assert [json.loads(more["value"]) for more in controls(drawn, integration.DETAIL_MORE)] == [
        {"k": "shopify", "p": 2},
        {"k": "shopify", "p": 0},
    ]


def test_an_id_is_shown_only_where_it_tells_accounts_apart() -> None:
    """Nobody reads a provider's number, unless two accounts have the same name."""
    assert "id 000000" not in said(integration.detail(samples.detail("Shopify", accounts=1)))
    assert "id 000000" in said(integration.detail(samples.detail("Shopify", accounts=2)))


def test_history_reads_as_sentences() -> None:
    """Past events say what happened, to which account and through whom; an unknown kind is still a sentence."""
    drawn = said(integration.detail(samples.detail("Shopify", accounts=0)))
    assert "Shopify disconnected here, by <@U0MARIA>" in drawn
    expected = {
        "connected", "groups", "disconnected", "reconnected", "recovered", "checked", "removed", "revoked",
        "not_revoked", "still_shared", "needs_permission", "expired_waiting",
        "provider_problem", "provider_works", "setup_problem", "setup_works",
    }  # fmt: skip
    assert integration.HISTORY.keys() == expected


def test_disconnecting_asks_once_and_says_what_stops() -> None:
    """Before Disconnect a person reads who loses what; "Keep connected" is the way back."""
    drawn = disconnect.confirm(samples.farewell("@acme"))
    assert (drawn["callback_id"], drawn["private_metadata"]) == (disconnect.DISCONNECT_CONFIRM, "account-1")
    assert (drawn["submit"]["text"], drawn["close"]["text"]) == ("Disconnect", "Keep connected")
    assert "14 people can no longer use it (Groups: Marketing and @acme)." in said(drawn)
    assert "• Orders no longer come in." in said(drawn)
    assert "2 other accounts of the same sign-in stay connected." in said(drawn)


def test_disconnected_says_what_became_of_the_access() -> None:
    """Afterwards a person knows whether something is left to do at the provider."""
    expected = {
        Revoke.PENDING: "is being ended",
        Revoke.REVOKED: "has ended too",
        Revoke.FAILED: "Please end it there. Settings, Apps.",
        Revoke.SHARED: "keeps its access at X",
    }
    for revoke, sentence in expected.items():
        view = DisconnectedView(account="@acme", provider="X", revoke=revoke, by_hand="Settings, Apps.")
        assert sentence in said(disconnect.disconnected(view))


def test_only_those_who_may_edit_see_buttons() -> None:
    """Everybody sees the Groups; who may not change them sees who can."""
    drawn = groups.groups(samples.group_list("Marketing", 3))
    assert [edit["value"] for edit in controls(drawn, groups.EDIT)] == ["group-0", "group-1", "group-2"]
    assert len(controls(drawn, groups.CREATE)) == 1
    member = groups.groups(samples.group_list("Marketing", 3, may_edit=False))
    assert controls(member, groups.EDIT) == controls(member, groups.CREATE) == []
    assert "<@U0ADA> can create and change them." in said(member)


def test_the_form_starts_with_what_is_known() -> None:
    """Editing starts with the Group as it is; the first Group starts with its creator in it and able to connect."""
    drawn = groups.form(samples.group_form("Marketing"))
    blocks = {block["block_id"]: block["element"] for block in drawn["blocks"]}
    assert json.loads(drawn["private_metadata"]) == {"g": "group-1", "first": False}
    assert blocks[groups.NAME_BLOCK]["initial_value"] == "Marketing"
    assert blocks[groups.PEOPLE_BLOCK]["initial_users"] == ["U0ADA", "U0BEN"]
    assert blocks[groups.PERMISSION_BLOCK]["initial_options"][0]["value"] == groups.INTEGRATORS
    assert groups.ME_BLOCK not in blocks
    first = groups.form(GroupForm(first=True))
    assert json.loads(first["private_metadata"]) == {"g": None, "first": True}
    ticked = {block["block_id"] for block in first["blocks"] if "initial_options" in block["element"]}
    assert ticked == {groups.PERMISSION_BLOCK, groups.ME_BLOCK}


def test_a_field_starts_with_nothing_added() -> None:
    """A right-to-left name in a field is saved again as it was."""
    drawn = groups.form(GroupForm(group_id="g", name="متجر"))
    assert drawn["blocks"][0]["element"]["initial_value"] == "متجر"
    assert "initial_value" not in groups.form(GroupForm(group_id="g", name="\u200b"))["blocks"][0]["element"]


def test_the_first_run_has_one_button_for_an_admin() -> None:
    """An admin can start at once; others read whom to ask."""
    assert len(controls(groups.first_run(FirstRunView(may_create=True)), groups.CREATE)) == 1
    member = groups.first_run(FirstRunView(may_create=False, admins=("U0ADA",)))
    assert controls(member, groups.CREATE) == []
    assert "<@U0ADA> can create the first Group." in member["text"]


def test_help_answers_a_typo_with_the_nearest_command() -> None:
    """A mistyped command is answered with the one that was meant, and all others."""
    drawn = help.help_(HelpView(lines=samples.COMMANDS, typed="integratoins", nearest="/lexer integrations"))
    assert 'There is no command "integratoins". Did you mean `/lexer integrations`?' in drawn["text"]
    assert "`/lexer groups` Who may use what" in drawn["text"]


def test_asking_reaches_an_integrator_with_a_way_in() -> None:
    """An Integrator who is asked can open the integration from the message."""
    drawn = help.ask_dm(AskView(asker="U0MARIA", provider_key="shopify", provider="Shopify"))
    assert drawn["text"] == (
        "<@U0MARIA> asks for Shopify. Open it to connect an account, or to share one with more Groups."
    )
    assert controls(drawn, listing.OPEN)[0]["value"] == "shopify"


def test_an_error_of_ours_can_be_found_again() -> None:
    """When something breaks, the person has a reference to hand on."""
    assert "reference abc123" in help.broke("abc123")["text"]
    assert "reference abc123" in said(help.broke_view("abc123"))
