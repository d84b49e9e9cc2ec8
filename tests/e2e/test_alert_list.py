"""`lexer-bot alerts`: what the operator reads at the terminal of what people were told."""

import asyncio

import pytest

from bot.cli import main
from tests.e2e.alerting import alerted
from tests.e2e.checking import checks
from tests.e2e.house import KEYS, House
from tests.e2e.ways import ON_SQLITE


async def listed(house: House, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code and what is printed."""
    env = {
        **house.sandbox.environment(),
        "LEXER_PUBLIC_URL": house.url,
        "LEXER_DATABASE_URL": house.database_url,
        "LEXER_SECRET_KEYS": KEYS,
    }
    code = await asyncio.to_thread(main, ["alerts", *words], env)
    printed = capsys.readouterr()
    return code, printed.out + printed.err


@ON_SQLITE
async def test_the_operator_sees_each_alert_and_each_delivery(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """Open alerts with who is on them and each message's fate; what is over only with --all; an unknown workspace is said to be one."""
    await alerted(house)
    code, said = await listed(house, capsys)
    assert code == 0
    assert "T0LEXERDEMO" in said
    assert "Twitter (X)  1 of 1  nobody  open" in " ".join(said.split("\n")[2].split(maxsplit=3)[3:])
    for line in ("message to Maria Silva: sent", "channel C0INTEGRATIONS: sent"):
        assert line in said
    assert (await listed(house, capsys, "--workspace", "T0LEXERDEMO"))[1] == said
    code, wrong = await listed(house, capsys, "--workspace", "T0ELSEWHERE")
    assert (code, "knows no workspace T0ELSEWHERE" in wrong) == (1, True)
    house.sandbox.provider("twitter").account("@northwind").state = "healthy"
    await house.opens(house.maria)
    await checks(house, near="@northwind")
    assert "no alerts" in (await listed(house, capsys))[1]
    assert "over since" in (await listed(house, capsys, "--all"))[1]
