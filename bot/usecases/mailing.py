"""Alerts by e-mail: whom they still concern and what they say is found out at the moment they go out."""

from collections.abc import Iterable, Mapping

from blocks.alert_views import End
from blocks.mail import Mail, alert_mail, all_clear_mail
from blocks.mail_views import AlertMailView, AllClearMailView, MailAccount, MailReader
from bot.letters import Letter
from bot.messenger import DeliveryFailure, FailureKind
from bot.telling import zone_of
from bot.usecases import alert_facts, mail_stops, people
from bot.usecases.alert_facts import ALERT, Facts
from bot.usecases.context import Context
from bot.usecases.fan_out import ALERT_OVER
from store import alert_settings, workspaces
from store import people as persons
from store.database import Tx
from store.records import OutboxMessage, Person, Surface, UserId
from store.watch_records import AlertId, AlertKind

_NAMED = 10
_SLACKS_CLIENT = "https://app.slack.com/client"


def can_mail(ctx: Context) -> bool:
    """Whether e-mail is set up."""
    return ctx.mailer is not None


async def send(ctx: Context, row: OutboxMessage) -> DeliveryFailure | None:
    """Send what an outbox row of surface MAIL tells of; why not, if it was not sent.

    GONE: there is nothing to say (any more), or this person is not to be told so.
    """
    if ctx.mailer is None:
        return _not("no_mail")
    async with ctx.store.reading() as tx:
        letter = await _letter(ctx, tx, row)
    return letter if isinstance(letter, DeliveryFailure) else await ctx.mailer.send(letter)


async def _letter(ctx: Context, tx: Tx, row: OutboxMessage) -> Letter | DeliveryFailure:
    ws, user_id = row.workspace_id, UserId(row.recipient)
    facts = await alert_facts.read(ctx, tx, ws, AlertId(row.subject))
    if facts is None or facts.alert.kind is not AlertKind.ACCOUNTS:
        return _not("nothing_to_say")
    if not await people.still_integrator(tx, ws, user_id):
        return _not("nothing_to_say")
    settings = await alert_settings.personal(tx, ws, user_id)
    if not settings.mail:
        return _not("muted")
    person = await persons.get(tx, ws, user_id)
    if person is None or not person.email:
        return _not("no_address")
    reader = await _reader(ctx, tx, facts, person, in_dm=settings.dm)
    mail = await _mail(ctx, tx, row, facts, reader)
    if mail is None:
        return _not("nothing_to_say")
    return Letter(
        to=person.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        number=row.id,
        answers=_alarm(facts, user_id) if row.kind == ALERT_OVER else None,
        at=ctx.clock(),
        stop_url=reader.stop_url,
    )


def _not(error: str) -> DeliveryFailure:
    return DeliveryFailure(kind=FailureKind.GONE, error=error)


def _alarm(facts: Facts, user_id: UserId) -> str | None:
    """The number of the mail that told of the alert."""
    own = (one.id for one in facts.fates if one.surface is Surface.MAIL and one.recipient == user_id)
    return next(own, None)


async def _reader(ctx: Context, tx: Tx, facts: Facts, person: Person, *, in_dm: bool) -> MailReader:
    ws = person.workspace_id
    workspace = await workspaces.get(tx, ws)
    own = (one.channel for one in facts.fates if one.surface is Surface.DM and one.recipient == person.id)
    return MailReader(
        zone=zone_of(person.tz, (await alert_settings.workspace(tx, ws)).tz),
        workspace=workspace.name if workspace else "your workspace",
        slack_url=_slack_url(
            ctx, ws, dm=next(own, None) if in_dm else None, app_id=workspace.app_id if workspace else None
        ),
        stop_url=mail_stops.link(ctx, ws, person.id),
        in_dm=in_dm,
    )


def _slack_url(ctx: Context, ws: str, *, dm: str | None, app_id: str | None) -> str:
    """The bot's direct messages as any browser opens them, and the app where Slack is installed.

    https://docs.slack.dev/interactivity/deep-linking (read 2026-11) documents app_redirect, at slack.com.
    """
    if dm is None and app_id and ctx.slack_in_browser == _SLACKS_CLIENT:
        return f"https://slack.com/app_redirect?app={app_id}&team={ws}"
    return f"{ctx.slack_in_browser}/{ws}/{dm}" if dm else f"{ctx.slack_in_browser}/{ws}"


async def _mail(ctx: Context, tx: Tx, row: OutboxMessage, facts: Facts, reader: MailReader) -> Mail | None:
    """None where the row does not fit how things stand: an alarm of what is over, or the end of what is not."""
    over = facts.alert.resolved_at is not None
    if row.kind == ALERT and not over:
        return alert_mail(await _alert_view(ctx, tx, facts, reader))
    if row.kind == ALERT_OVER and over:
        return all_clear_mail(await _all_clear_view(ctx, tx, facts, reader))
    return None


async def _alert_view(ctx: Context, tx: Tx, facts: Facts, reader: MailReader) -> AlertMailView:
    told, provider = alert_facts.view(facts, now=ctx.clock()), facts.provider
    shown = told.accounts[:_NAMED]
    named = await _names(tx, facts, [*(one.connected_by for one in shown), told.taken_by])
    return AlertMailView(
        reader=reader,
        provider=told.provider,
        account_noun=told.account_noun,
        accounts=tuple(
            MailAccount(name=one.name, reason=one.reason, connected_by=named.get(one.connected_by, ""))
            for one in shown
        ),
        broken=told.broken,
        same_reason=len(told.reasons) <= 1,
        since=told.since,
        groups=told.groups,
        stops=told.stops,
        role_needed=provider.role_needed if provider else "",
        switch_hint=provider.switch_account_hint if provider else "",
        taken_by=named.get(told.taken_by or ""),
    )


async def _all_clear_view(ctx: Context, tx: Tx, facts: Facts, reader: MailReader) -> AllClearMailView:
    told = alert_facts.view(facts, now=ctx.clock())
    most = told.ends[0].end if told.ends else End.RECOVERED
    who = [one.by for one in told.ends if one.by and one.end is most]
    named = await _names(tx, facts, who)
    return AllClearMailView(
        reader=reader,
        provider=told.provider,
        account_noun=told.account_noun,
        accounts=tuple(one.name for one in told.accounts),
        total=told.repaired,
        end=most,
        by=tuple(named[one] for one in who if one in named),
        since=told.since,
        ended_at=told.ended_at or told.since,
    )


async def _names(tx: Tx, facts: Facts, user_ids: Iterable[str | None]) -> Mapping[str, str]:
    wanted = sorted({UserId(one) for one in user_ids if one})
    found = await persons.names(tx, facts.alert.workspace_id, wanted)
    return {one: person.name for one, person in found.items()}
