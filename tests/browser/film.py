"""The animation of the README: the loop from nothing to connected, broken while nobody looks, told, and whole again."""

from tests.browser.camera import CAPTION, HEIGHT, SCREEN, WIDTH, Camera, Film
from tests.browser.office import Office
from tests.browser.window import Window

X = "Twitter (X)"
SIZE = {"viewport": {"width": SCREEN[0], "height": SCREEN[1]}}


async def the_loop(camera: Camera, office: Office) -> None:
    """Film it."""
    whole = {"width": WIDTH, "height": HEIGHT + CAPTION}
    desk = await office.chromium.new_page(viewport=whole)
    film = Film(desk=desk)
    maria = await office.window("maria", **SIZE)
    await _listed(film, maria)
    await _connected(film, maria)
    await _broken(film, office, maria)
    await _mended(film, maria)
    await desk.close()
    camera.animation("the-loop", film.frames)


async def _listed(film: Film, maria: Window) -> None:
    composer = maria.page.locator("#conversation form[data-composer] textarea")
    await composer.fill("/lexer")
    await film.frame("Type /lexer", maria.page)
    await maria.types("/lexer integrations")
    await maria.sees("Not connected yet")
    await maria.screen.get_by_role("combobox").click()
    option = maria.screen.get_by_role("option", name=X)
    await film.frame("Choose what to connect", maria.page, press=option)
    await option.click()
    await film.frame("Integrate it", maria.page, press=await maria.button(f"Integrate {X}"))


async def _connected(film: Film, maria: Window) -> None:
    await maria.presses(f"Integrate {X}")
    await maria.sees("Leave this window open")
    await film.frame(
        "The link is made for you alone", maria.page, press=await maria.button(f"Continue to {X}")
    )
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await film.frame("The same number here: it is your link", tab.page, press=tab.button("Continue to"))
    await tab.continues()
    await film.frame("Allow it at the provider", tab.page, press=tab.button("Allow"))
    await tab.allows()
    await tab.sees("You can close this page.")
    await tab.closes()
    await maria.sees("Who may use")
    await maria.chooses("Who may use", "Marketing")
    await film.frame("Slack has gone on by itself: choose Groups", maria.page, press=maria.foot("submit"))
    await maria.submits()
    await maria.sees("Connected.")
    await film.frame("Connected", maria.page, milliseconds=2200)
    await maria.closes(everything=True)


async def _broken(film: Film, office: Office, maria: Window) -> None:
    (account,) = await office.house.accounts()
    name = account.account.name
    change = await maria.outside_button(name, "Change the password")
    await film.frame("Now play the provider: change the password", maria.page, press=change)
    await maria.changes_password(name)
    await maria.is_told("password changed")
    await maria.is_told_no_more()
    wish = maria.panel.get_by_role("button", name="15 minutes pass")
    await film.frame("Nobody looks: let 15 minutes pass", maria.page, press=wish)
    await maria.lets_pass("15 minutes pass")
    await maria.is_told_no_more()
    await maria.clicks_in_sidebar("Lexer")
    await maria.sees("is disconnected")
    await film.frame(
        "Whoever can mend it is told: what, since when, why",
        maria.page,
        press=await maria.button("Reconnect"),
    )


async def _mended(film: Film, maria: Window) -> None:
    await maria.presses("Reconnect")
    await maria.sees("Leave this window open")
    await film.frame(
        "Reconnect: sign in as the same account", maria.page, press=await maria.button(f"Continue to {X}")
    )
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await tab.continues()
    await film.frame("Allow it again", tab.page, press=tab.button("Allow"))
    await tab.allows()
    await tab.sees("You can close this page.")
    await tab.closes()
    await maria.sees("Reconnected")
    await film.frame("Whole again, with the same Groups", maria.page)
    await maria.closes(everything=True)
    await maria.sees("works again")
    await film.frame("The message says so, too", maria.page)
    await maria.clicks_in_sidebar("#general")
    await maria.types("/lexer")
    await maria.sees("all working")
    await film.frame("All working", maria.page, milliseconds=3000)
