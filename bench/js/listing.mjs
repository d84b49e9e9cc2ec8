// Bolt for JavaScript with the raw driver: reads the tiles, then answers the same JSON as the bot, serialised anew each time.
import { readFileSync } from 'node:fs';
import bolt from '@slack/bolt';
import Database from 'better-sqlite3';

const { App, HTTPReceiver } = bolt;
const env = process.env;
const listing = JSON.parse(readFileSync(env.BENCH_LISTING, 'utf8'));
const database = new Database(env.BENCH_DATABASE, { readonly: true });
const tiles = database.prepare('SELECT * FROM integrations WHERE workspace_id = ?');
const receiver = new HTTPReceiver({ signingSecret: env.BENCH_SIGNING_SECRET, logLevel: 'error' });
const authorize = async () => ({ botToken: 'xoxb-0', botId: 'B', botUserId: 'U' });
const app = new App({ receiver, authorize, logLevel: 'error' });

app.command('/lexer', async ({ ack }) => {
  if (tiles.all(env.BENCH_WORKSPACE).length === 0) throw new Error('no tiles');
  await ack(structuredClone(listing));
});

await app.start(Number(process.argv[2]));
