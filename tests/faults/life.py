"""The life of alerts in a small house: what may happen to accounts, people, Slack and the bot, in any order, and what must hold."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.app import Bot
from bot.errors import UserFacingError
from bot.sandbox.faults import Fault
from bot.usecases import alert_care, disconnect
from bot.usecases.monitor import check_now
from store import alert_settings
from store.records import Account, UserId
from store.watch_records import AlertId, PersonalSettings
from tests.e2e.alerting import CHANNEL, channel_chosen
from tests.e2e.checking import ON_PURPOSE, another_bot
from tests.e2e.detour import Detour, open_detour
from tests.e2e.house import TEAM, House, Log, open_house
from tests.faults import record
from tests.faults.patients import Patient, admitted

KEYS = ("twitter", "facebook_ads")
ADA, MARIA = UserId("U0ADA"), UserId("U0MARIA")
INTEGRATORS = (ADA, MARIA)
POST = "/chat.postMessage"
RETRIED = timedelta(minutes=6)
"""What Slack did not take is tried again so soon."""


@dataclass(kw_only=True)
class Life:
    """What was done, and what follows from it."""

    house: House
    shaky: Bot
    """Another bot, whose way to Slack can be cut."""
    detour: Detour
    patients: list[Patient]
    muted: set[UserId] = field(default_factory=set)
    """Who ever was: they chose to be left alone."""
    doubts: int = 0
    """How often nobody could know whether something was posted."""
    chances: defaultdict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    """When each open alert could have been told, nothing being in the way."""

    async def happens(self, number: int, state: str) -> None:
        """A sign-in is so at its provider from now on."""
        one = self.patients[number]
        for name in one.accounts:
            self.house.sandbox.provider(one.key).account(name).state = state

    async def passes(self, minutes: float) -> None:
        """Time passes; everybody looks and tells."""
        self.house.clock.advance(timedelta(minutes=minutes))
        await self.house.bot.sweep()
        await self._tells()

    async def crashes(self, *, answered: bool) -> None:
        """A bot dies while it posts: before Slack had it, or before it knew that Slack had it."""
        self.house.clock.advance(timedelta(seconds=40))
        gate = self.detour.stops(POST, answered=answered)
        telling = asyncio.create_task(self.shaky.tick("deliver"))
        reached = asyncio.create_task(gate.reached.wait())
        await asyncio.wait({telling, reached}, return_when=asyncio.FIRST_COMPLETED)
        if gate.reached.is_set():
            self.doubts += 1
            # Whatever is under way besides that comes to its end first.
            await asyncio.wait({telling}, timeout=0.05)
        else:
            self.detour.gates.remove(gate)
        for task in (telling, reached):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        gate.lost = True
        gate.free.set()
        self.house.clock.advance(timedelta(minutes=3))

    async def slack_fails(self, fault: Fault) -> None:
        """Slack has trouble with the next call."""
        if fault.status != 429:
            self.doubts += 1
        self.house.sandbox.faults.add(fault)

    async def clicks(self, user: UserId, what: str) -> None:
        """Somebody presses a button of the newest open alert."""
        alert_id = await self._newest()
        if alert_id is None:
            return
        context = self.house.bot.context
        with suppress(UserFacingError):
            match what:
                case "take":
                    await alert_care.take(context, TEAM, user, alert_id)
                case "let go":
                    await alert_care.let_go(context, TEAM, user, alert_id)
                case _:
                    await alert_care.snooze(context, TEAM, user, alert_id, 1)
        await self._tells()

    async def mutes(self, user: UserId, *, dm: bool) -> None:
        """Somebody wants no DMs, or wants them again."""
        if not dm:
            self.muted.add(user)
        async with self.house.bot.context.store.transaction() as tx:
            await alert_settings.save_personal(tx, PersonalSettings(workspace_id=TEAM, user_id=user, dm=dm))

    async def archives(self, *, archived: bool) -> None:
        """The Integrator channel is archived, or back and chosen again."""
        self.house.sandbox.world.channels[CHANNEL].is_archived = archived
        if not archived:
            await channel_chosen(self.house)

    async def checks(self, number: int) -> None:
        """Maria presses Check now."""
        for account in await self._of(number):
            with suppress(UserFacingError):
                await check_now(self.house.bot.context, TEAM, MARIA, account.id)

    async def disconnects(self, number: int) -> None:
        """Ada takes an account out."""
        for account in (await self._of(number))[:1]:
            with suppress(UserFacingError):
                await disconnect.disconnect(self.house.bot.context, TEAM, ADA, account.id, "V0NONE")
        await self._tells()

    async def reconnects(self, number: int) -> None:
        """Maria signs in again, from the integration's window."""
        red = list(record.red(await self._of(number)))
        if not red:
            return
        self.house.sandbox.faults.clear()
        one, maria = self.patients[number], self.house.maria
        name = "Twitter (X)" if one.key == "twitter" else "Facebook Ads"
        await self.house.opens(maria, name)
        await maria.presses("Reconnect", near=red[0].name, waits=True)
        await maria.sees("Continue to")
        await self.house.settle()
        await self.house.signs_in(maria, provider=name, login=one.login)
        await maria.closes(everything=True)
        await self.happens(number, "healthy")

    async def holds(self) -> None:
        """At any moment: the open alerts hold exactly the disconnected accounts, each once; no place has an alert twice."""
        opened = await record.open_alerts(self.house.bot.context.store)
        found = await record.all_accounts(self.house.bot.context.store, KEYS)
        assert dict(opened) == {account.id: 1 for account in record.red(found)}
        again = {where: len(posted) - 1 for where, posted in self._posts().items() if len(posted) > 1}
        assert not [place for place, _ in again if place.startswith("C")], f"twice in the channel: {again}"
        # A DM nobody can be sure of is sent once more where nothing else tells its person.
        assert sum(again.values()) <= self.doubts, f"told twice without a doubt: {again}"
        assert all(number == 1 for number in again.values())

    async def ends(self) -> None:
        """Slack works, nobody is quiet any more, time passes: everybody knows what is broken, and what is over says so."""
        self.house.sandbox.faults.clear()
        for _ in range(5):
            await self.passes(6)
            await self.holds()
        store, sandbox = self.house.bot.context.store, self.house.sandbox
        assert await record.waiting(store) == 0
        assert not (untrue := await record.untrue(store, sandbox)), untrue
        for user in set(INTEGRATORS) - self.muted:
            silent = self._told_surely(await record.alerts_told(store))
            silent -= await record.reached(store, sandbox, user)
            assert not silent, f"{user} was never told of {silent}"

    def _told_surely(self, alerts: tuple[record.Told, ...]) -> set[str]:
        """Alerts that were open long enough, with nothing in the way, for everybody to be told."""
        found = set()
        for one in alerts:
            chances = self.chances[one.id]
            if one.resolved_at is None or (chances and chances[-1] - chances[0] > RETRIED):
                found.add(one.id)
        return found

    def _posts(self) -> dict[tuple[str, str], list[str]]:
        return dict(record.alert_posts(self.house.sandbox))

    async def _tells(self) -> None:
        clear = not self.house.sandbox.faults.waiting
        await self.house.bot.tick("remind")
        await self.house.settle()
        now = self.house.clock()
        for one in await record.alerts_told(self.house.bot.context.store):
            if clear and one.resolved_at is None and one.tell_at <= now:
                self.chances[one.id].append(now)

    async def _newest(self) -> AlertId | None:
        told = await record.alerts_told(self.house.bot.context.store)
        opened = [one for one in told if one.resolved_at is None]
        return max(opened, key=lambda one: one.opened_at).id if opened else None

    async def _of(self, number: int) -> list[Account]:
        places = self.patients[number].places
        found = await record.all_accounts(self.house.bot.context.store, KEYS)
        return [account for account in found if (account.provider_key, account.name) in places]


@asynccontextmanager
async def open_life(folder: Path, database_url: str) -> AsyncIterator[Life]:
    """Five sign-ins at one provider and one with two accounts at another, Integrators Ada and Maria, and their channel."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(
            open_house(database_url=database_url, mode="http", folder=folder, log=Log())
        )
        house.may_refuse |= {*ON_PURPOSE, "is_archived", "is_inactive", "thread_not_found"}
        await house.set_up()
        await channel_chosen(house)
        patients = await admitted(house, 5) + await admitted(house, 1, key="facebook_ads")
        detour = await stack.enter_async_context(open_detour(house.sandbox.base_url))
        by_detour = {"SLACK_API_URL": f"{detour.url}/api/"}
        shaky = await stack.enter_async_context(another_bot(house, settings=by_detour))
        yield Life(house=house, shaky=shaky, detour=detour, patients=patients)
