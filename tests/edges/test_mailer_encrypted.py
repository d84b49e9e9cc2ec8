"""E-mail over TLS and with a password: nobody in between reads either, and what is wrong is said to the operator."""

from pathlib import Path

import pytest

from bot.messenger import DeliveryFailure, FailureKind
from tests.edges.certificates import pair
from tests.edges.letters import LETTER, LOGIN, mailer, opened


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_mail_goes_encrypted_and_logged_in(tmp_path: Path, scheme: str) -> None:
    """With the right certificate, user and password a mail arrives either way of TLS."""
    tls = pair(tmp_path, "127.0.0.1")
    async with opened(LOGIN, tls.server, from_the_start=scheme == "smtps") as server:
        sending = mailer(server.url(scheme), tls.client)
        assert await sending.knock() is None
        assert server.mails == []
        assert await sending.send(LETTER) is None
        assert len(server.mails) == 1


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.2"])
async def test_another_hosts_certificate_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, scheme: str, host: str
) -> None:
    """Whoever stands in between gets neither the password nor the mail, and the operator reads of it."""
    tls = pair(tmp_path, host)
    async with opened(LOGIN, tls.server, from_the_start=scheme == "smtps") as server:
        failure = await mailer(server.url(scheme), tls.client).send(LETTER)
        assert failure == DeliveryFailure(kind=FailureKind.RETRY, error="certificate_refused")
        assert server.mails == []
    assert "certificate_refused" in caplog.text
    assert "pw-of-mine" not in caplog.text


async def test_a_certificate_of_nobody_is_refused(tmp_path: Path) -> None:
    """Without our own authority the system's decide, and they do not know this one."""
    async with opened(LOGIN, pair(tmp_path, "127.0.0.1").server) as server:
        failure = await mailer(server.url("smtp+starttls")).knock()
        assert failure == DeliveryFailure(kind=FailureKind.RETRY, error="certificate_refused")


async def test_no_starttls_no_mail(tmp_path: Path) -> None:
    """Where encryption was asked for and is not offered, nothing is sent."""
    async with opened(LOGIN) as server:
        failure = await mailer(server.url("smtp+starttls")).send(LETTER)
        assert failure == DeliveryFailure(kind=FailureKind.RETRY, error="starttls_not_offered")
        assert server.mails == []


async def test_a_wrong_password_is_the_operators(caplog: pytest.LogCaptureFixture) -> None:
    """It is told in the log as an error, without the password, and not laid at the reader's door."""
    async with opened(LOGIN) as server:
        sending = mailer(server.url().replace("pw-of-mine", "wrong-pw"))
        assert await sending.send(LETTER) == DeliveryFailure(kind=FailureKind.OURS, error="login_refused")
        assert server.mails == []
    assert "ERROR" in caplog.text
    assert "wrong-pw" not in caplog.text + repr(sending)


async def test_a_login_nobody_asked_for() -> None:
    """User and password for a server that knows no logins are the operator's to mend, too."""
    async with opened() as server:
        url = server.url().replace("://", "://bot:pw@")
        failure = await mailer(url).knock()
    assert failure == DeliveryFailure(kind=FailureKind.OURS, error="login_not_offered")
