import time
from tests.e2e.connecting import *
pytestmark=ONE_WAY
async def test_x(house):
    t=time.perf_counter()
    def lap(n):
        nonlocal t
        now=time.perf_counter(); print(f"LAP {n} {now-t:.3f}"); t=now
    m=house.maria; a=house.ada
    await a.types("/lexer"); lap("types")
    await a.presses("Create the first Group", waits=True); lap("press")
    await a.sees("Name"); lap("sees")
    await a.fills("Name", "Marketing")
    await a.chooses("People", "Maria Silva")
    await a.submits(); lap("submit")
    await a.closes(); lap("close")
    await a.types("/lexer groups", waits=True); lap("groups")
    await a.sees("Create a Group"); lap("sees")
    await a.presses("Create a Group", waits=True); lap("press")
    await a.sees("Name"); lap("sees")
    await a.fills("Name", "Sales")
    await a.chooses("People", "Tom Baker")
    await a.submits(waits=True); lap("submit")
    await a.closes(everything=True); lap("closes")
    await house.settle(); lap("settle")
    await m.types("/lexer integrations twitter"); lap("types")
    await m.presses("Open Twitter (X)"); lap("open")
    await m.sees("Read the guide"); lap("sees")
    await house.settle(); lap("settle")
    await m.presses("Integrate Twitter (X)"); lap("integrate")
    await m.sees("Continue to"); lap("sees")
    await house.settle(); lap("settle")
    await m.presses("Continue to Twitter (X)"); lap("continue")
    await m.browser.continues(); lap("continues")
    await m.browser.allows(); lap("allows")
    await house.settle(); lap("settle")
