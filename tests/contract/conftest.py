from collections.abc import AsyncIterator

import pytest

from connectors.outside import Reroute, open_outside
from connectors.providers import all_providers
from tests.contract.desk import Desk, Desks
from tests.contract.pretend import Stage, open_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The pretend server."""
    async with open_stage() as opened:
        yield opened


@pytest.fixture
async def desks(stage: Stage) -> AsyncIterator[Desks]:
    """Makes desks, all over one client."""
    # A fiftieth of the real time limits: a provider that hangs costs 0.2 to 0.6 seconds here.
    async with open_outside(reroute=Reroute(base=stage.base), patience=0.02) as outside:
        yield Desks(stage, outside)


@pytest.fixture(params=[provider.key for provider in all_providers()])
def desk(request: pytest.FixtureRequest, desks: Desks) -> Desk:
    """Each provider in turn."""
    return desks(request.param)
