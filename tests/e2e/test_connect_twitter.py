"""Connecting an account of a provider with one account behind a sign-in, from the link to the outcome."""

from store.records import AccountStatus, Stage
from tests.e2e.connecting import attempt_of, ended, secrets_kept, submission
from tests.e2e.house import House
from tests.e2e.ways import TWO_WAYS


async def test_the_modal_turns_by_itself_and_the_dm_is_edited(house: House) -> None:
    """One modal and one DM tell the whole story, each always as things stand now."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    (dm,) = maria.dms
    assert "Continue to Twitter (X)" in maria.read(dm)
    await house.signs_in(maria)
    assert "Who may use @northwind?" in maria.screen
    assert "Choose Groups" in maria.read(dm)
    assert "Continue to Twitter (X)" not in maria.read(dm)
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    await house.settle()
    assert "Connected. 2 people can use it." in maria.screen
    assert maria.dms == [dm]
    assert "@northwind" in maria.read(dm)
    assert "connected. 2 people can use it." in maria.read(dm)
    assert all(block["type"] != "actions" for block in dm.blocks)


@TWO_WAYS
async def test_carrying_on_from_the_dm(house: House) -> None:
    """Whoever closed the modal finds the way back in the DM."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    await maria.closes(everything=True)
    house.may_refuse.add("not_found")
    await house.signs_in(maria)
    assert maria.modals == []
    await maria.presses("Choose Groups", waits=True)
    await maria.sees("Who may use @northwind?")
    await maria.chooses("Who may use", "Sales")
    await maria.submits()
    assert "Connected" in maria.screen
    (account,) = await house.accounts()
    assert [group.name for group in account.groups] == ["Sales"]


@TWO_WAYS
async def test_several_groups_share_one_account(house: House) -> None:
    """Everybody in the chosen Groups is counted once."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    await house.signs_in(maria)
    await maria.chooses("Who may use", "Marketing", "Sales")
    await maria.submits()
    assert "3 people can use it." in maria.screen
    (account,) = await house.accounts()
    assert {group.name for group in account.groups} == {"Marketing", "Sales"}


@TWO_WAYS
async def test_at_least_one_group(house: House) -> None:
    """Without a Group nothing is active, and the words stand beside the field."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    await house.signs_in(maria)
    view = maria.screen.view
    assert view is not None
    await maria.submits()
    assert view.errors
    await maria.chooses("Who may use", "Marketing")
    chosen = view.state["groups"]["groups.input"]
    view.state["groups"]["groups.input"] = {
        **chosen,
        "selected_options": [{**chosen["selected_options"][0], "value": "g-of-somebody-else"}],
    }
    await maria.submits()
    assert "Choose at least one Group." in maria.screen
    (account,) = await house.accounts()
    assert account.account.status is AccountStatus.WAITING


@TWO_WAYS
async def test_save_twice_saves_once(house: House) -> None:
    """A Save that arrives twice connects once and ends the same."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    await house.signs_in(maria)
    await maria.chooses("Who may use", "Marketing")
    view = maria.screen.view
    assert view is not None
    save = submission(maria, view)
    first, second = await save.again(), await save.again()
    assert (first.status, second.status) == (200, 200)
    assert "Connected" in str(first.body)
    assert "Connected" in str(second.body)
    (account,) = await house.accounts()
    assert account.account.status is AccountStatus.CONNECTED
    assert [name for name, _ in await house.audited()].count("connected") == 1


@TWO_WAYS
async def test_save_after_somebody_disconnected_the_account(house: House) -> None:
    """A Save that comes too late connects nothing and says why."""
    await house.set_up()
    maria, ada = house.maria, house.ada
    await house.begins(maria)
    await house.signs_in(maria)
    await maria.chooses("Who may use", "Marketing")
    view = maria.screen.view
    assert view is not None
    save = submission(maria, view)
    await house.opens(ada)
    await ada.presses("Disconnect")
    await ada.sees("Keep connected")
    await ada.submits()
    await house.settle()
    assert "disconnected in the meantime" in maria.screen
    late = await save.again()
    assert "disconnected in the meantime" in str(late.body)
    assert await house.accounts() == ()
    assert ended(house) == [True]
    assert await secrets_kept(house) == 0
    assert (await attempt_of(house, maria)).stage is Stage.FAILED
