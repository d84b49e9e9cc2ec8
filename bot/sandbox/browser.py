"""A person's web browser: cookies, redirects, forms, and the rules a browser enforces (Origin, form-action)."""

from collections.abc import Sequence
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from bot.sandbox.finding import CannotDo
from bot.sandbox.page import Form, Page, read_page

_MOST_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Browser:
    """One browser with cookies of its own. It goes to loopback addresses only; others are noted in `asked_for`."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            trust_env=False, timeout=60, headers={"User-Agent": "Mozilla/5.0 (sandbox)"}
        )
        self.page: Page | None = None
        self.history: list[str] = []
        """Every address gone to, redirects too; holds codes and states, so never print it."""
        self.asked_for: list[str] = []
        """Addresses outside this computer a person would have gone to."""

    async def aclose(self) -> None:
        """Close it."""
        await self._client.aclose()

    def forget_cookies(self) -> None:
        """As another browser would: no cookie is known."""
        self._client.cookies.clear()

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies it holds."""
        return {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    async def opens(self, url: str) -> Page | None:
        """Go to an address; None when it is not on this computer."""
        if not _is_loopback(url):
            self.asked_for.append(url)
            return None
        return await self._go("GET", url, None, {}, policy="")

    async def continues(self) -> Page:
        """The Continue button of the bot's Connect page."""
        return await self.presses("Continue")

    async def allows(
        self, *, accounts: Sequence[str] | None = None, login: str | None = None, refuse: Sequence[str] = ()
    ) -> Page:
        """Allow on a consent page: as `login`, for these `accounts` (all of the login's if None), without some permissions."""
        form = self._form("Allow")
        if login is not None:
            _pick(form, "login", [login])
        if accounts is not None:
            _pick(form, "account", accounts)
        elif login is not None:
            for box in form.boxes:
                box.ticked = box.ticked or box.name == "account"
        for box in form.boxes:
            if box.name == "scope" and box.value in refuse:
                box.ticked = False
        return await self.presses("Allow")

    async def cancels(self) -> Page:
        """Cancel on a consent page."""
        return await self.presses("Cancel")

    async def presses(self, words: str, *, fields: dict[str, str] | None = None) -> Page:
        """Send the form whose button begins with these words."""
        form, page = self._form(words), self._shown()
        button = next(one for one in form.buttons if one.words.startswith(words))
        pairs = [*form.fields.items(), *((box.name, box.value) for box in form.boxes if box.ticked)]
        pairs = [(name, (fields or {}).get(name, value)) for name, value in pairs]
        if button.name:
            pairs.append((button.name, button.value))
        content = urlencode(pairs)
        headers = {"Origin": _origin_of(page), "Content-Type": "application/x-www-form-urlencoded"}
        target = urljoin(page.url, form.action or page.url)
        policy = _form_action(page)
        if not _may_go(policy, page.url, target):
            raise CannotDo(f"the page's form-action forbids {_origin(target)}")
        if form.method != "post":
            return await self._go("GET", f"{target.partition('?')[0]}?{content}", None, {}, policy=policy)
        return await self._go("POST", target, content.encode(), headers, policy=policy)

    async def _go(
        self, method: str, url: str, content: bytes | None, headers: dict[str, str], *, policy: str
    ) -> Page:
        start = url
        for _ in range(_MOST_REDIRECTS):
            self.history.append(url)
            response = await self._answer(method, url, content, headers)
            if response.status_code not in _REDIRECTS:
                shown = {name.lower(): value for name, value in response.headers.items()}
                self.page = read_page(url, response.status_code, shown, response.text)
                return self.page
            url = urljoin(url, response.headers["location"])
            if not _is_loopback(url):
                self.asked_for.append(url)
                raise CannotDo(f"the browser was sent to {_origin(url)}, which is not on this computer")
            if policy and not _may_go(policy, start, url):
                raise CannotDo(f"the page's form-action forbids the redirect to {_origin(url)}")
            if response.status_code not in {307, 308}:
                method, content, headers = "GET", None, {}
        raise CannotDo("the browser was redirected too often")

    async def _answer(
        self, method: str, url: str, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        try:
            return await self._client.request(method, url, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise CannotDo(f"{_origin(url)} cannot be reached ({type(problem).__name__})") from problem

    def _shown(self) -> Page:
        if self.page is None:
            raise CannotDo("the browser shows nothing yet")
        return self.page

    def _form(self, words: str) -> Form:
        page = self._shown()
        for form in page.forms:
            if any(button.words.startswith(words) for button in form.buttons):
                return form
        raise CannotDo(f"no button says {words!r} on this page ({page.status}):\n{page.text}")


def _pick(form: Form, name: str, wanted: Sequence[str]) -> None:
    boxes = [box for box in form.boxes if box.name == name]
    known = {word for box in boxes for word in (box.value, box.words)}
    missing = [word for word in wanted if word not in known]
    if missing:
        raise CannotDo(f"the page offers no {name} {missing}; there are {sorted(known)}")
    for box in boxes:
        box.ticked = box.value in wanted or box.words in wanted


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost"}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _origin_of(page: Page) -> str:
    """The Origin a browser sends with a form: "null" where the page keeps referrers to itself (fetch.spec.whatwg.org)."""
    return "null" if page.headers.get("referrer-policy") == "no-referrer" else _origin(page.url)


def _form_action(page: Page) -> str:
    for part in page.headers.get("content-security-policy", "").split(";"):
        name, _, value = part.strip().partition(" ")
        if name == "form-action":
            return value or "'none'"
    return ""


def _may_go(policy: str, page_url: str, target: str) -> bool:
    """form-action as browsers apply it: to the form's address and to each redirect after it (w3.org/TR/CSP3)."""
    if not policy:
        return True
    sources = policy.split()
    if "'self'" in sources and _origin(target) == _origin(page_url):
        return True
    return any(
        _origin(target) == _origin(source) or source == f"{urlsplit(target).scheme}:" for source in sources
    )
