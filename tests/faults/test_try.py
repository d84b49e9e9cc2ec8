import time
from tests.faults.crew import open_crew
from tests.e2e.fleet import fleet, sweeps, statuses, planned
from datetime import timedelta

async def test_try(database_url, tmp_path, log):
    t=time.perf_counter()
    async with open_crew(number=3, database_url=database_url, folder=tmp_path, log=log) as house:
        print("start", time.perf_counter()-t); t=time.perf_counter()
        await house.set_up()
        print("set up", time.perf_counter()-t); t=time.perf_counter()
        await fleet(house, 8)
        await fleet(house, 4, key="facebook_ads", each=2)
        print("fleet", time.perf_counter()-t); t=time.perf_counter()
        for i in range(20):
            house.clock.advance(timedelta(minutes=20))
            assert await house.bot.look()
        print("20 looks", time.perf_counter()-t); t=time.perf_counter()
        print(await statuses(house), len(await planned(house)))
        await house.bot.bots[0].killed()
        await house.bot.start()
        print("restart", time.perf_counter()-t); t=time.perf_counter()
        await house.connects(house.maria)
        print("connects", time.perf_counter()-t); t=time.perf_counter()
