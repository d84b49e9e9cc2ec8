"""Goal 10: sealing and opening a token of 2 kB against Fernet."""

import secrets

from cryptography.fernet import Fernet

from bench.interleave import rounds, timed
from bench.table import Row
from store.vault import Vault

TOKEN = secrets.token_bytes(2000)


async def measure() -> list[Row]:
    """Compare one sealing and opening."""
    vault, fernet = Vault([("bench", secrets.token_bytes(32))]), Fernet(Fernet.generate_key())

    def ours() -> object:
        return vault.open(vault.seal(TOKEN, bound_to="grants/T1/G1"), bound_to="grants/T1/G1")

    def floor() -> object:
        return fernet.decrypt(fernet.encrypt(TOKEN))

    found = await rounds({"ours": timed(ours, times=2000), "fernet": timed(floor, times=2000)}, count=9)
    note = f"{found.median('ours') * 1e6:.1f} µs"
    return [
        Row(
            goal="10",
            what="sealing and opening a token / Fernet",
            at_most=0.15,
            measured=found.ratio("ours", "fernet"),
            note=note,
        )
    ]
