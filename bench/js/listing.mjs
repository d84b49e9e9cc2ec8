// The listing by Bolt for JavaScript and the raw driver: the person's rights and the tiles are read, the first page of tiles is
// drawn from them. What stands below the tiles is the same for everyone here and is taken over ready-made.
// BENCH_READS says what is read: "accounts", every account, counted here, as goal 2 names it; or "tiles", the counts we keep on a row.
import { readFileSync } from 'node:fs';
import bolt from '@slack/bolt';
import Database from 'better-sqlite3';

const { App, HTTPReceiver } = bolt;
const env = process.env;
const page = 12;
const listing = JSON.parse(readFileSync(env.BENCH_LISTING, 'utf8'));
const below = listing.blocks.slice(2 + page);
const below_spoken = listing.text.slice(listing.text.indexOf(' Not connected yet'));
const database = new Database(env.BENCH_DATABASE, { readonly: true });
const rights = database.prepare(`
  SELECT p.is_guest, p.is_deactivated, EXISTS (
    SELECT 1 FROM group_members m JOIN groups g ON g.workspace_id = m.workspace_id AND g.id = m.group_id
    WHERE m.workspace_id = p.workspace_id AND m.user_id = p.id AND g.integrators
  ) AS is_integrator
  FROM people p WHERE p.workspace_id = ? AND p.id = ?`);
const tiles = database.prepare('SELECT * FROM integrations WHERE workspace_id = ? AND total > 0');
const integrations = database.prepare('SELECT provider_key FROM integrations WHERE workspace_id = ?');
const accounts = database.prepare(
  'SELECT id, provider_key, external_id, name, status, reason FROM accounts WHERE workspace_id = ? AND removed_at IS NULL');
const reasons = { password_changed: 'the password was changed' };

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const named = (row) => ({ ...row, name: escape(`Provider ${row.provider_key.slice('bench'.length)}`) });
const mrkdwn = (text) => ({ type: 'mrkdwn', text, verbatim: true });
const plain = (text) => ({ type: 'plain_text', text, emoji: false });

function counted(workspace) {
  const found = new Map(integrations.all(workspace).map((row) => [row.provider_key, { ...row, total: 0, disconnected: 0 }]));
  for (const account of accounts.all(workspace)) {
    const tile = found.get(account.provider_key);
    tile.total += 1;
    if (account.status === 'disconnected') {
      tile.disconnected += 1;
      tile.reason = account.reason;
    }
  }
  return [...found.values()].filter((row) => row.total > 0);
}

const read = env.BENCH_READS === 'tiles' ? (workspace) => tiles.all(workspace) : counted;

function order(a, b) {
  if (!a.disconnected !== !b.disconnected) return a.disconnected ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

function section(row, first) {
  const state = row.disconnected ? `🔴 ${row.disconnected} disconnected: ${reasons[row.reason]}` : '🟢 Connected';
  const accessory = {
    type: 'button',
    text: plain(`Open ${row.name}`),
    action_id: `integration.open:${row.provider_key}`,
    value: row.provider_key,
  };
  if (first && row.disconnected) accessory.style = 'primary';
  return { type: 'section', text: mrkdwn(`*${row.name}*\n${state} · ${row.total} accounts`), accessory };
}

function answer(workspace, user) {
  const person = rights.get(workspace, user);
  if (!person?.is_integrator || person.is_guest || person.is_deactivated) throw new Error('not for this person');
  const rows = read(workspace).map(named).sort(order);
  const lost = rows.filter((row) => row.disconnected).length;
  const summary = `${rows.length} connected, ${lost} need attention.`;
  const shown = rows.slice(0, page);
  const spoken = shown.map((row) => `${row.name}: ${row.disconnected ? `Disconnected: ${reasons[row.reason]}` : 'connected'}`);
  const blocks = [
    { type: 'header', text: plain('Integrations') },
    { type: 'section', text: mrkdwn(`*${summary}*`) },
    ...shown.map((row, place) => section(row, place === 0)),
    ...below,
  ];
  return { response_type: 'ephemeral', text: `${summary} ${spoken.join('; ')}.${below_spoken}`, blocks };
}

const receiver = new HTTPReceiver({ signingSecret: env.BENCH_SIGNING_SECRET, logLevel: 'error' });
const authorize = async () => ({ botToken: 'xoxb-0', botId: 'B', botUserId: 'U' });
const app = new App({ receiver, authorize, logLevel: 'error' });
app.command('/lexer', async ({ ack, command }) => ack(answer(command.team_id, command.user_id)));
await app.start(Number(process.argv[2]));
