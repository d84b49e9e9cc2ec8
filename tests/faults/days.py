"""Days in a house whose bots are killed in between: what is done, what is looked at after every step, and what must hold at the end."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.sandbox.world import BOT_USER_ID
from bot.usecases.watch import LEASE
from connectors.provider import RefreshKind
from store import alert_settings
from store.records import Account, UserId
from store.watch_records import AlertChannel
from tests.e2e.house import NOUNS, TEAM, House
from tests.faults import record
from tests.faults.crew import Crew
from tests.faults.fortune import Fortune
from tests.faults.patients import Patient, admitted

NAMES = {"twitter": "Twitter (X)", "facebook_ads": "Facebook Ads"}
CHANNEL = "C0GENERAL"
KNOWN_WITHIN = timedelta(minutes=90)
"""An account is known to be broken so long after it broke: three times the interval where calls are counted, and to be asked twice."""
WELL_WITHIN = timedelta(hours=2)
"""One that is disconnected is asked once an hour, and believed when it stays well."""
TOLD_WITHIN = timedelta(minutes=20)
assert set(NAMES.values()) <= set(NOUNS)


@dataclass(kw_only=True)
class Days:
    """The run."""

    house: House
    fortune: Fortune
    luck: random.Random
    noticed: set[str] = field(default_factory=set)
    """Sign-ins in trouble that somebody knows of."""
    killed: bool = False
    kills: int = 0
    lost: int = 0
    reconnects: int = 0
    looks: int = 0

    @property
    def crew(self) -> Crew:
        """The bots."""
        return self.house.bot  # type: ignore[return-value]

    @property
    def patients(self) -> list[Patient]:
        """The sign-ins."""
        return self.fortune.patients

    async def live(self, days: float) -> None:
        """So many days."""
        end = self.house.clock() + timedelta(days=days)
        while self.house.clock() < end:
            if not self._anybody_unnoticed() and self.luck.random() < 0.012:
                await self._incident()
            self.fortune.turns()
            await self._step(self._pace(), kills=self.luck.random() < 0.04)
            await self._somebody_acts()

    async def recover(self) -> None:
        """Everything that can end ends; whoever is ill is signed in again."""
        self.fortune.calms()
        await self._hours(3)
        for one in [one for one in self.patients if one.ill_since is not None]:
            await self._reconnects(one)
        await self._hours(1.5)

    async def _hours(self, hours: float) -> None:
        for _ in range(int(hours * 6)):
            await self._step(timedelta(minutes=10), kills=False)

    def _anybody_unnoticed(self) -> bool:
        return any(one.ill_since and one.name not in self.noticed for one in self.patients)

    def _pace(self) -> timedelta:
        if self._anybody_unnoticed():
            return timedelta(minutes=10)
        return timedelta(minutes=self.luck.choice((35, 60, 60)))

    async def _step(self, pace: timedelta, *, kills: bool) -> None:
        self.house.clock.advance(pace)
        self.looks += 1
        if kills:
            await self._killed_while_looking()
        else:
            assert await self.crew.look(everything=self.looks % 4 == 0)
        await self._examine()

    async def _killed_while_looking(self) -> None:
        victims = self.crew.bots if self.luck.random() < 0.15 else [self.luck.choice(self.crew.bots)]
        looking = asyncio.create_task(self.crew.look())
        await self._some_moment()
        await asyncio.gather(*(victim.killed() for victim in victims))
        await looking
        self.killed, self.kills = True, self.kills + len(victims)
        self.fortune.note(f"{len(victims)} killed")
        await self.crew.start()
        # The lease of the dead has to run out before another one does their work.
        self.house.clock.advance(LEASE)
        assert await self.crew.look()

    async def _some_moment(self) -> None:
        if self.luck.random() < 0.4:
            await asyncio.sleep(self.luck.uniform(0, 0.1))
            return
        # Just when somebody outside has answered: what that changed there is not yet written down here.
        for _ in range(self.luck.choice((1, 2, 3, 5, 8, 13))):
            await self.house.sandbox.records.change(0.15)

    async def _incident(self) -> None:
        """The provider says of every sign-in that it is over, for five minutes."""
        await self._step(timedelta(minutes=60), kills=False)
        self.fortune.calms()
        await self._step(timedelta(minutes=60), kills=False)
        self.house.clock.advance(timedelta(minutes=36))
        hit = self.fortune.refuses_everybody("twitter", "revoked")
        if len(hit) >= 6:
            await self._step(timedelta(seconds=10), kills=False)
            await self._step(timedelta(minutes=4), kills=False)
        self.fortune.calms()

    async def _somebody_acts(self) -> None:
        """Who reads that an account is broken signs in again, sooner or later."""
        for one in self.patients:
            if one.ill_since is not None and one.name in self.noticed and self.luck.random() < 0.06:
                self.house.sandbox.faults.clear()
                if one.key not in self.fortune.outages:
                    await self._reconnects(one)

    async def _reconnects(self, one: Patient) -> None:
        house, maria, name = self.house, self.house.maria, NAMES[one.key]
        await house.answer(maria, f"/lexer integrations {name}")
        await maria.presses(f"Open {name}")
        await maria.sees("Read the guide")
        await house.settle()
        await maria.presses("Reconnect", near=one.accounts[0], waits=True)
        await maria.sees("Continue to")
        await house.settle()
        await house.signs_in(maria, provider=name, login=one.login)
        await maria.sees("econnected")
        await maria.closes(everything=True)
        self.fortune.healed(one, house.clock())
        self.reconnects += 1

    async def _examine(self) -> None:
        """What holds after every look."""
        store, now = self.crew.store, self.house.clock()
        assert await record.left_over(store, now, NAMES) == 0, "a check that was due was not done"
        found = await record.all_accounts(store, NAMES)
        await self._tokens(found, now)
        broken = {(account.provider_key, account.name) for account in record.red(found)}
        self.noticed = {one.name for one in self.patients if broken & one.places}
        for one in self.patients:
            self._judge(one, broken, now)
        self.killed = False
        await self._alerts(found)

    async def _tokens(self, found: tuple[Account, ...], now: datetime) -> None:
        """No token is lost but in a kill, and then that sign-in is ill."""
        carried = {account.grant_id: (account.provider_key, account.name) for account in found}
        for kept in await record.sign_ins(self.crew.store, NAMES):
            pretend = self.house.sandbox.provider(kept.provider_key)
            rotates = pretend.provider.auth.refresh is RefreshKind.ROTATING
            if not rotates or record.serves(pretend, kept.tokens):
                continue
            one = next(one for one in self.patients if carried[kept.id] in one.places)
            if one.ill_since is None and not self._refused(one):
                assert self.killed, (
                    f"{one.name}: a renewed sign-in was not kept, and nobody was killed\n{self._story()}"
                )
                self.lost += 1
                self.fortune.lost(one, now)

    def _story(self) -> str:
        return "\n".join(self.fortune.happened[-40:])

    def _refused(self, one: Patient) -> bool:
        pretend = self.house.sandbox.provider(one.key)
        return any(pretend.account(name).state == "revoked" for name in one.accounts)

    def _judge(self, one: Patient, broken: set[tuple[str, str]], now: datetime) -> None:
        story = self._story()
        if one.ill_since is None:
            said = bool(broken & one.places)
            assert not said or one.was_ill, f"{now}: {one.name} is well and called broken\n{story}"
            assert not said or now - one.well_since < WELL_WITHIN, f"{now}: {one.name} stays broken\n{story}"
            return
        if one.key in self.fortune.outages:
            return
        hindered = self.fortune.calm_since.get(one.key, one.ill_since)
        late = now - max(one.ill_since, hindered) > KNOWN_WITHIN
        assert not late or one.places <= broken, f"{now}: {one.name} is broken in silence\n{story}"

    async def _alerts(self, found: tuple[Account, ...]) -> None:
        opened = await record.open_alerts(self.crew.store)
        disconnected = {account.id for account in record.red(found)}
        assert opened == Counter(disconnected), (
            "the open alerts hold exactly the disconnected accounts, each once"
        )

    def tell(self) -> None:
        """Say what was played; shown when a promise breaks."""
        print(f"{self.looks} looks, {self.kills} kills, {self.lost} lost, {self.reconnects} signed in again")  # noqa: T201
        print("\n".join(self.fortune.happened))  # noqa: T201

    async def check(self) -> None:
        """What holds in the end."""
        store, sandbox = self.crew.store, self.house.sandbox
        assert not await record.twice(store, sandbox), "an alert was posted twice in one place"
        assert await record.waiting(store) == 0
        told = await record.alerts_told(store)
        assert told, "days in which nothing broke show nothing"
        for user in await record.integrators(store):
            reached = await record.reached(store, sandbox, user)
            silent = [
                one
                for one in told
                if one.resolved_at is None or one.resolved_at - one.tell_at > TOLD_WITHIN
                if one.id not in reached
            ]
            assert not silent, f"{user} was never told of {silent}"
        untrue = await record.untrue(store, sandbox)
        assert not untrue, f"messages still say that something is broken: {untrue}"
        assert not list(record.red(await record.all_accounts(store, NAMES)))


async def begin(house: House, seed: int) -> Days:
    """Groups, an Integrator channel, twelve sign-ins with sixteen accounts."""
    await house.set_up()
    patients = await admitted(house, 8) + await admitted(house, 4, key="facebook_ads")
    house.sandbox.world.channels[CHANNEL].members.add(BOT_USER_ID)
    crew: Crew = house.bot  # type: ignore[assignment]
    async with crew.store.transaction() as tx:
        channel = AlertChannel(
            workspace_id=TEAM,
            channel_id=CHANNEL,
            group_id=None,
            set_by=UserId("U0ADA"),
            set_at=house.clock(),
        )
        await alert_settings.set_channel(tx, channel)
    luck = random.Random(seed)
    return Days(house=house, luck=luck, fortune=Fortune(house=house, luck=luck, patients=patients))
