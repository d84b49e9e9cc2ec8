"""The e-mails behind the scenes: what was sent, as its reader sees it, and nothing of it can do harm."""

from bot.sandbox.records import Mail
from bot.sandbox.workspace import Sandbox
from tests.sandbox.visitor import visiting

LINK = "http://127.0.0.1:1/client/T0LEXERDEMO/D0MARIA"
EVIL = "<script>alert(1)</script><img src=https://tracker.example/x.png>"


def sent(sandbox: Sandbox, to: str, subject: str) -> None:
    """An e-mail arrives."""
    html = f'<!doctype html><html><head></head><body style="color:red"><a href="{LINK}">Open</a>{EVIL}</body></html>'
    mail = Mail(
        to=to,
        sender="Lexer <lexer@acme.example>",
        subject=subject,
        text=f"Open Lexer:\n{LINK}\n{EVIL}",
        html=html,
        headers=(),
        at=sandbox.world.clock(),
    )
    sandbox.records.mails.append(mail)


async def test_the_list_and_what_is_new(sandbox: Sandbox) -> None:
    """Without mails it says what will come; then the newest first, with who got it, and a badge until somebody opens it."""
    async with visiting(sandbox) as maria:
        assert "No e-mail yet" in await maria.loads(panel="mails")
        sent(sandbox, "maria@acme.example", "first")
        sent(sandbox, "new@elsewhere.example", "second <b>")
        shown = await maria.looks(panel="mails")
        assert shown.index("second &lt;b&gt;") < shown.index("first")
        assert "Maria Silva" in shown
        assert "new@elsewhere.example" in shown
        assert 'aria-label="2 not opened"' in shown
        assert 'aria-label="2 not opened"' in await maria.looks(seen=False, panel="mails", mail="1")
        assert 'aria-label="1 not opened"' in await maria.looks(panel="mails", mail="1")
        assert "All e-mails" not in await maria.looks(panel="mails", mail="77")


async def test_a_letter_cannot_do_anything(sandbox: Sandbox) -> None:
    """It is shown in a box of its own in which nothing runs and nothing is loaded; its links open in tabs of their own."""
    sent(sandbox, "maria@acme.example", "first")
    async with visiting(sandbox) as maria:
        shown = await maria.loads(panel="mails", mail="1")
        assert 'src="/letter/1"' in shown
        assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown
        letter = await maria.client.get("/letter/1")
        assert '<base target="_blank">' in letter.text
        policy = letter.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "sandbox allow-popups" in policy
        assert "script" not in policy
        assert (await maria.client.get("/letter/2")).status_code == 404


async def test_the_plain_text(sandbox: Sandbox) -> None:
    """The words as they are, with addresses that can be pressed."""
    sent(sandbox, "maria@acme.example", "first")
    async with visiting(sandbox) as maria:
        shown = await maria.loads(panel="mails", mail="1", plain="1")
    assert f'<a href="{LINK}" target="_blank" rel="noopener noreferrer">{LINK}</a>' in shown
    assert "&lt;script&gt;" in shown
    assert "<iframe" not in shown
