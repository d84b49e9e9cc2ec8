"""Answers that cross: two people with one account one after the other, and codes and ways back of somebody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox.people import PersonAtWork
from bot.usecases.tickets import hash_of
from store import attempts, workspaces
from store.records import AccountStatus, AttemptId, GrantState, Stage, UserId, Workspace, WorkspaceId
from tests.e2e.connecting import (
    attempts_kept,
    grants_kept,
    query_of,
    secrets_kept,
    submission,
    to_consent,
    visit,
    way_back,
    with_query,
)
from tests.e2e.house import House
from tests.e2e.ways import ON_SQLITE


class TestTwoPeople:
    """One after the other, in every order."""

    pytestmark = ON_SQLITE

    @pytest.mark.parametrize("first", ["ada", "maria"])
    async def test_the_second_sees_that_it_is_connected(self, house: House, first: str) -> None:
        """When somebody saves, everybody else who was choosing sees at once what became of it, and loses no Groups unasked."""
        await house.set_up()
        ada, maria = house.ada, house.maria
        for one in (ada, maria):
            await house.begins(one)
            await house.signs_in(one)
        saver, other = (ada, maria) if first == "ada" else (maria, ada)
        await _saves(saver, "Sales")
        await house.settle()
        assert "Connected" in saver.screen
        (account,) = await house.accounts()
        assert [group.name for group in account.groups] == ["Sales"]
        told = "@northwind is already connected: this choice replaces its Groups."
        assert told in other.screen or "Somebody else has just connected this account." in other.screen
        await house.passes(minutes=61)
        (after,) = await house.accounts()
        assert after.account.status is AccountStatus.CONNECTED
        assert after.grant.state is GrantState.LIVE
        assert await secrets_kept(house) == 0
        assert len([g for g in await grants_kept(house) if g.state is GrantState.LIVE]) == 1
        assert {a.stage for a in await attempts_kept(house)} == {Stage.DONE, Stage.FAILED}

    async def test_a_late_save_of_the_first(self, house: House) -> None:
        """A Save from a window that is no longer up to date changes nothing and says so."""
        await house.set_up()
        ada, maria = house.ada, house.maria
        for one in (ada, maria):
            await house.begins(one)
            await house.signs_in(one)
        await ada.chooses("Who may use", "Marketing")
        view = ada.screen.view
        assert view is not None
        late = submission(ada, view)
        await _saves(maria, "Sales")
        answer = await late.again()
        await house.settle()
        assert "Somebody else has just connected this account." in str(answer.body)
        (account,) = await house.accounts()
        assert [group.name for group in account.groups] == ["Sales"]


class TestCrossedAnswers:
    """Answers that belong to somebody else."""

    pytestmark = ON_SQLITE

    async def test_the_code_of_another_flow(self, house: House) -> None:
        """A code that was given to another attempt does not fit this one's secret: nothing is connected by it."""
        await house.set_up()
        ada, maria = house.ada, house.maria
        await to_consent(house, ada)
        theirs = query_of(await way_back(ada.browser))
        await to_consent(house, maria)
        back = with_query(await way_back(maria.browser), code=theirs["code"])
        house.may_refuse.add("pkce_mismatch")
        await maria.browser.opens(back)
        await house.settle()
        assert "did not accept this sign-in" in maria.screen
        assert await house.accounts() == ()

    async def test_the_way_back_of_another_person(self, house: House) -> None:
        """Maria's way back, opened by Ada with all of Ada's cookies, is asked about at Maria's, never taken as Ada's."""
        await house.set_up()
        ada, maria = house.ada, house.maria
        await to_consent(house, ada)
        await to_consent(house, maria)
        await visit(await way_back(maria.browser), cookies=ada.browser.cookies)
        await house.settle()
        assert "Did you just sign in" in maria.screen
        assert "Did you just sign in" not in ada.screen

    async def test_a_state_of_another_workspace(self, house: House) -> None:
        """10: a way back that belongs to another workspace changes nothing in this one, whoever brings it."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        back = await way_back(maria.browser)
        (mine,) = await attempts_kept(house)
        elsewhere = WorkspaceId("T0ELSEWHERE")
        state = "s" * 43
        now = house.clock()
        other = replace(mine, id=AttemptId("another"), workspace_id=elsewhere, stage=Stage.LINK)
        async with house.bot.context.store.transaction() as tx:
            await workspaces.save(
                tx, Workspace(id=elsewhere, name="Elsewhere", bot_user_id=UserId("U0ELSEBOT"))
            )
            await attempts.insert(tx, other)
            await attempts.begin_sign_in(
                tx,
                elsewhere,
                other.id,
                state_hash=hash_of(state),
                state_expires_at=now + timedelta(minutes=10),
                cookie_hash=None,
                verifier=b"v" * 43,
                now=now,
            )
        page = await visit(with_query(back, state=state), cookies=maria.browser.cookies)
        await house.settle()
        assert "Maria" not in page.text
        assert "@northwind" not in page.text
        assert await house.accounts() == ()
        assert [a for a in await attempts_kept(house) if a.workspace_id == mine.workspace_id] == [mine]
        assert await grants_kept(house) == ()
        await maria.browser.opens(back)
        await house.settle()
        assert "Who may use @northwind?" in maria.screen

    async def test_the_account_is_disconnected_on_the_way(self, house: House) -> None:
        """26: a repair that comes back after Disconnect repairs nothing and says so."""
        await house.set_up()
        ada, maria = house.ada, house.maria
        await house.connects(maria)
        house.may_refuse.add("not_found")
        await house.opens(maria)
        await maria.presses("Reconnect")
        await maria.sees("Continue to Twitter (X)")
        await house.settle()
        await maria.presses("Continue to Twitter (X)")
        await maria.browser.continues()
        back = await way_back(maria.browser)
        await house.opens(ada)
        await ada.presses("Disconnect")
        await ada.sees("Keep connected")
        await ada.submits()
        await house.settle()
        page = await maria.browser.opens(back)
        await house.settle()
        assert page is not None
        assert "disconnected in the meantime" in page
        assert "disconnected in the meantime" in maria.screen
        assert await house.accounts() == ()
        assert await secrets_kept(house) == 0


async def _saves(who: PersonAtWork, group: str) -> None:
    await who.chooses("Who may use", group)
    await who.submits()
