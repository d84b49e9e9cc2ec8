"""What the browser says when there is nothing more to do in it: words only, made from the attempt as it stands."""

from blocks.failures import plain_next, plain_what
from blocks.views import FailedView
from bot.usecases import screens
from bot.usecases.context import Context
from bot.usecases.pages import ResultPage
from store import attempts
from store.records import Attempt, Purpose, Stage

_BACK = "Go back to Slack: the message from Lexer shows what comes next."
_WORDS: dict[Stage, tuple[str, str, str]] = {
    Stage.ADDRESS: (
        "wait",
        "Not ready yet",
        "Type the address in Slack first, then open the new link from there.",
    ),
    Stage.LINK: ("wait", "Start from Slack", "Press Continue in the message from Lexer in Slack."),
    Stage.SIGNING_IN: (
        "wait",
        "That took too long",
        "Press Continue in Slack again: your link still works for a while.",
    ),
    Stage.EXCHANGING: ("wait", "Signing you in", _BACK),
    Stage.UNCONFIRMED: (
        "wait",
        "One question in Slack",
        "Lexer asks you there whether this sign-in was yours.",
    ),
    Stage.PICK: ("good", "You are signed in", "Go back to Slack and choose which accounts to connect."),
    Stage.GROUPS: (
        "good",
        "You are signed in",
        "Go back to Slack, choose who may use the account, and save.",
    ),
}


async def again(ctx: Context, attempt: Attempt) -> ResultPage:
    """The page of an attempt as the store has it now."""
    async with ctx.store.reading() as tx:
        fresh = await attempts.get(tx, attempt.id)
    return await of_attempt(ctx, fresh or attempt)


async def of_attempt(ctx: Context, attempt: Attempt) -> ResultPage:
    """The page of an attempt that the browser can do nothing more for."""
    url = _slack_url(ctx, attempt)
    if _ran_out(ctx, attempt):
        return _page(
            410,
            "bad",
            "This link ran out",
            "Get a new link in Slack: the message from Lexer has a button for it.",
            url,
        )
    if attempt.stage is Stage.DONE:
        done = "Reconnected" if attempt.purpose is Purpose.RECONNECT else "Connected"
        return _page(200, "good", done, "The message from Lexer in Slack says who can use it.", url)
    if attempt.stage is Stage.FAILED:
        return await _failed(ctx, attempt, url)
    tone, title, sentence = _WORDS[attempt.stage]
    return _page(200, tone, title, sentence, url)


def _ran_out(ctx: Context, attempt: Attempt) -> bool:
    """The same page before and after the tidying has noticed."""
    if attempt.stage in (Stage.LINK, Stage.SIGNING_IN, Stage.ADDRESS):
        return attempt.expires_at <= ctx.clock()
    return attempt.stage is Stage.FAILED and attempt.failure == "link_ran_out"


async def _failed(ctx: Context, attempt: Attempt, url: str | None) -> ResultPage:
    provider = ctx.connectors.get(attempt.provider_key)
    if provider is None:
        return unknown_link()
    async with ctx.store.reading() as tx:
        view: FailedView = screens.failed_view(await screens.read(tx, attempt, provider))
    return ResultPage(
        status=200,
        tone="bad",
        title=_not_done(attempt),
        sentences=(plain_what(view), plain_next(view), _BACK),
        slack_url=url,
    )


def _not_done(attempt: Attempt) -> str:
    if attempt.failure == "connected_by_another":
        return "Already connected"
    return "Not reconnected" if attempt.purpose is Purpose.RECONNECT else "Not connected"


def _page(status: int, tone: str, title: str, sentence: str, url: str | None) -> ResultPage:
    return ResultPage(status=status, tone=tone, title=title, sentences=(sentence,), slack_url=url)


def _slack_url(ctx: Context, attempt: Attempt) -> str:
    client = f"{ctx.slack_in_browser}/{attempt.workspace_id}"
    return f"{client}/{attempt.dm_channel}" if attempt.dm_channel else client


def unknown_link() -> ResultPage:
    """A ticket nobody made, or made with a key that is gone."""
    return _page(
        404, "bad", "This link does not work", "Get a new one in Slack: type /lexer integrations there.", None
    )


def unknown_state() -> ResultPage:
    """A callback nobody waits for."""
    return _page(
        400,
        "bad",
        "This sign-in is not known here",
        "Nothing was connected. Start again from the link in Slack.",
        None,
    )


def unreadable_callback() -> ResultPage:
    """A callback that cannot be what a provider sends."""
    return _page(
        400,
        "bad",
        "This address is not complete",
        "Nothing was connected. Start again from the link in Slack.",
        None,
    )


def no_cookie() -> ResultPage:
    """The browser did not bring back the cookie the Connect page set."""
    return _page(
        403,
        "bad",
        "Please open the link again",
        "Your browser did not keep the cookie this page needs. Allow cookies for this site, open the link from Slack once more, and press Continue.",
        None,
    )


def not_set_up(provider: str) -> ResultPage:
    """The operator took the provider's client out of the settings while a link was out."""
    return _page(
        503,
        "bad",
        f"{provider} is not set up any more",
        "Nothing was connected. Tell the person who runs this bot, and start again from Slack when it is mended.",
        None,
    )
