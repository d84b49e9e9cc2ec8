"""The bot's web side: Slack's door, the Connect page, the way back from a provider, the way out of e-mails, and a health check."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.access_log import AccessLog
from bot.web.callback import callback
from bot.web.connect import connect
from bot.web.health import healthz
from bot.web.hooks import hook
from bot.web.mail_stop import mail_stop
from bot.web.metrics import metrics
from bot.web.rendering import result
from bot.web.site import Site
from bot.web.slack_events import SlackDoor
from bot.web.words import worded, wrong_method, wrong_path

__all__ = ["Site", "web"]

_METHODS = ["GET", "HEAD", "POST"]


def web(site: Site) -> Starlette:
    """The application. What a route does not answer itself gets a short page in words."""
    app = Starlette(
        routes=[
            Route("/slack/events", _only_post, methods=["POST"]),
            Route("/connect/{ticket}", worded(connect), methods=_METHODS),
            Route("/oauth/callback/{key}", worded(callback), methods=_METHODS),
            Route("/mail/stop/{signed}", worded(mail_stop), methods=_METHODS),
            Route("/hooks/{key}", hook, methods=["POST"]),
            Route("/healthz", healthz, methods=["GET"]),
            Route("/metrics", metrics, methods=["GET"]),
        ],
        middleware=[Middleware(AccessLog, door=SlackDoor(site))],
        exception_handlers={HTTPException: _refused},
    )
    app.router.redirect_slashes = False
    app.state.site = site
    return app


async def _only_post(request: Request) -> Response:
    """Never reached: AccessLog hands Slack's POST to its door. Here so that the path exists for other methods (405)."""
    return result(request, wrong_method())


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    page = wrong_method() if status == 405 else wrong_path(status)
    return result(request, page, allow=(headers or {}).get("Allow"))
