"""What the browser says when the web side itself has to refuse, and how errors become pages."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from bot.errors import UserFacingError
from bot.in_flight import report
from bot.usecases.pages import ResultPage
from bot.web.rendering import result

_BACK = "Go back to Slack and type /lexer to see how things stand."
Endpoint = Callable[[Request], Awaitable[Response]]


def worded(endpoint: Endpoint) -> Endpoint:
    """`endpoint`, with every error turned into a page; a bug is logged under a reference the page shows."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except UserFacingError as error:
            return result(request, _page(400, error.what, error.what_to_do or _BACK))
        except Exception as error:  # noqa: BLE001  every error becomes words here
            return result(request, broke(report(error)))

    return answer


def broke(reference: str) -> ResultPage:
    """An error of ours."""
    return _page(
        500,
        "Something broke on our side",
        "Nothing was connected or changed by this page. Please try again from Slack.",
        f"If it stays so, send reference {reference} to the person who runs the bot.",
    )


def wrong_path(status: int = 404) -> ResultPage:
    """There is no such page."""
    return _page(status, "There is nothing here", _BACK)


def wrong_method() -> ResultPage:
    """The page exists and cannot be asked this way."""
    return _page(405, "This page cannot be opened that way", _BACK)


def too_long() -> ResultPage:
    """The address is longer than any real one."""
    return _page(414, "This address is too long to be real", _BACK)


def foreign_form() -> ResultPage:
    """The form was not sent from our own page."""
    return _page(
        403, "This came from another page", "Open the link from Slack again and press Continue there."
    )


def _page(status: int, title: str, *sentences: str) -> ResultPage:
    return ResultPage(status=status, tone="bad", title=title, sentences=sentences, slack_url=None)
