"""What happens to sign-ins and providers over days, drawn from a seed: who is really ill, and since when, is known here."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.sandbox.faults import Fault
from bot.sandbox.pretend_provider import PretendProvider
from tests.e2e.house import House
from tests.faults.patients import Patient

_LASTING = ("revoked", "password_changed")


@dataclass(kw_only=True)
class Fortune:
    """Draws what happens, and does it at the pretend providers."""

    house: House
    luck: random.Random
    patients: list[Patient]
    outages: dict[str, datetime] = field(default_factory=dict)
    """Providers in trouble as a whole, until when."""
    calm_since: dict[str, datetime] = field(default_factory=dict)
    """Since when each provider answers as it should."""
    happened: list[str] = field(default_factory=list)

    def turns(self) -> None:
        """What happens before the next look."""
        now = self.house.clock()
        self._end(now)
        well = [one for one in self.patients if one.ill_since is None and one.troubled_until is None]
        if well and self.luck.random() < 0.04:
            self.falls_ill(self.luck.choice(well), now)
        if well and self.luck.random() < 0.05:
            self._troubled(self.luck.choice(well), now)
        if self.luck.random() < 0.012:
            self._outage(self.luck.choice(sorted({one.key for one in self.patients})), now)
        if self.luck.random() < 0.04:
            self._slack()

    def falls_ill(self, one: Patient, now: datetime) -> None:
        """Its person changed the password, or removed the access: only a new sign-in helps."""
        state = self.luck.choice(_LASTING)
        self._switch(one, state)
        one.ill_since, one.was_ill = now, True
        self.note(f"{one.name} {state}")

    def lost(self, one: Patient, now: datetime) -> None:
        """Its tokens are gone for good, by an accident of ours."""
        one.ill_since, one.was_ill = now, True
        self.note(f"{one.name} lost its tokens")

    def healed(self, one: Patient, now: datetime) -> None:
        """Somebody signed in again."""
        self._switch(one, "healthy")
        one.ill_since, one.well_since, one.was_ill = None, now, False
        self.note(f"{one.name} healed")

    def refuses_everybody(self, key: str, state: str) -> list[Patient]:
        """The provider's own incident: it says of every sign-in what it else says of an ended one. Gives those it hit."""
        hit = [one for one in self.patients if one.key == key and one.ill_since is None]
        for one in hit:
            self._switch(one, state)
        self.note(f"{key} says {state} to {len(hit)}")
        return hit

    def calms(self) -> None:
        """No trouble any more but true illness."""
        for one in self.patients:
            if one.ill_since is None:
                self._switch(one, "healthy")
                one.troubled_until = None
        for key in list(self.outages):
            self._over(key)
        self.house.sandbox.faults.clear()

    def _end(self, now: datetime) -> None:
        for one in self.patients:
            if one.troubled_until is not None and one.troubled_until <= now:
                self._switch(one, "healthy")
                one.troubled_until, one.well_since = None, now
        for key, until in list(self.outages.items()):
            if until <= now:
                self._over(key)

    def _over(self, key: str) -> None:
        self._at(key).outage = None
        del self.outages[key]
        self.calm_since[key] = self.house.clock()

    def _troubled(self, one: Patient, now: datetime) -> None:
        what = self.luck.choice(("down", "throttled", "slow"))
        if what == "slow":
            for name in one.accounts:
                self._at(one.key).account(name).slow(0.15)
        else:
            self._switch(one, what)
        one.troubled_until = now + timedelta(hours=self.luck.uniform(0.3, 2))
        self.note(f"{one.name} {what}")

    def _outage(self, key: str, now: datetime) -> None:
        if key not in self.outages:
            self._at(key).outage = self.luck.choice(("down", "down", "throttled"))
            self.outages[key] = now + timedelta(hours=self.luck.uniform(0.5, 5))
            self.note(f"{key} is {self._at(key).outage}")

    def _slack(self) -> None:
        faults = (
            Fault(method="chat.postMessage", status=429, retry_after=30),
            Fault(method="chat.postMessage", error="internal_error"),
            Fault(method="chat.postMessage", cut="after"),
            Fault(method="chat.postMessage", cut="before"),
            Fault(method="chat.update", status=503),
        )
        fault = self.luck.choice(faults)
        self.house.sandbox.faults.add(fault)
        self.note(f"Slack: {fault.method} {fault.status or fault.error or fault.cut}")

    def _switch(self, one: Patient, state: str) -> None:
        for name in one.accounts:
            self._at(one.key).account(name).state = state

    def _at(self, key: str) -> PretendProvider:
        return self.house.sandbox.provider(key)

    def note(self, words: str) -> None:
        """Write down what happened."""
        self.happened.append(f"{self.house.clock():%d %H:%M:%S} {words}")
