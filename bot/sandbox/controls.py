"""What can be done on a screen or page, as a numbered list for a terminal."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from bot.sandbox.finding import Found
from bot.sandbox.form_state import elements_of
from bot.sandbox.page import Page
from bot.sandbox.people import PersonAtWork
from bot.sandbox.reading import plain
from bot.sandbox.rules_choices import all_options
from bot.sandbox.world import Json, OpenView, Posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something to press, choose or fill. `asks`: what has to be said with it, None if nothing."""

    words: str
    use: Callable[[str], Awaitable[object]]
    asks: str | None = None


def controls(who: PersonAtWork, *, in_browser: bool) -> list[Control]:
    """Everything on the top modal, else on the newest message; or on the browser's page."""
    page = who.browser.page
    if in_browser and page is not None:
        return list(_of_page(who, page))
    top = who.modals[-1] if who.modals else None
    where: OpenView | Posted | None = top or (who.messages[-1] if who.messages else None)
    if where is None:
        return []
    body = where.body if isinstance(where, OpenView) else {"blocks": where.blocks}
    found = [
        _of_element(who, Found(block=block, element=element), where) for block, element in elements_of(body)
    ]
    return [*found, *(_at_foot(who, top) if top is not None else [])]


def _of_page(who: PersonAtWork, page: Page) -> Iterator[Control]:
    for form in page.forms:
        for button in form.buttons:
            words = button.words

            async def press(_answer: str, words: str = words) -> object:
                return await who.browser.presses(words)

            yield Control(words=f"[{words}]", use=press)


def _of_element(who: PersonAtWork, found: Found, where: OpenView | Posted) -> Control:
    element = found.element
    if element["type"] == "button":
        label = element.get("accessibility_label") or plain(element["text"], who.name_of)

        async def press(_answer: str) -> object:
            return await who.uses(found, where)

        return Control(words=f"[{label}]", use=press)
    label = _label(found, who)
    if element["type"].endswith("_input"):

        async def fill(answer: str) -> object:
            return await who.fills(label, answer)

        return Control(words=f"{label}: type into it", use=fill, asks=label)

    async def choose(answer: str) -> object:
        return await who.chooses(label, *_picked(element, answer, who))

    return Control(words=f"{label}: choose", use=choose, asks=_offer(element, who))


def _label(found: Found, who: PersonAtWork) -> str:
    for holder, name in ((found.block, "label"), (found.element, "placeholder"), (found.block, "text")):
        if isinstance(holder.get(name), dict):
            return plain(holder[name], who.name_of)
    return str(found.element["action_id"])


def _offer(element: Json, who: PersonAtWork) -> str:
    """The options with numbers, or what else is expected."""
    listed = all_options(element)
    if not listed:
        return "names, separated by commas"
    shown = (f"{number}) {plain(option['text'], who.name_of)}" for number, option in enumerate(listed, 1))
    return f"{'   '.join(shown)}\n  numbers or words, separated by commas"


def _picked(element: Json, answer: str, who: PersonAtWork) -> list[str]:
    """Numbers of the offer become words."""
    listed = all_options(element)
    words = [part.strip() for part in answer.split(",") if part.strip()]
    return [
        plain(listed[int(word) - 1]["text"], who.name_of)
        if word.isdigit() and 1 <= int(word) <= len(listed)
        else word
        for word in words
    ]


def _at_foot(who: PersonAtWork, view: OpenView) -> Iterator[Control]:
    if view.body.get("submit"):

        async def submit(_answer: str) -> object:
            return await who.submits()

        yield Control(words=f"[{plain(view.body['submit'], who.name_of)}]", use=submit)

    async def close(_answer: str) -> object:
        return await who.closes()

    yield Control(words=f"[{plain(view.body.get('close') or 'Cancel', who.name_of)}]", use=close)
