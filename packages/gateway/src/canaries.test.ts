/** No key, no token and no text of a conversation is found where it does not belong, whatever fails. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import express from 'express';
import { SignJWT } from 'jose';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { randomBytes, type LogLevel } from './base/index.ts';
import { checkConfig } from './cli/check.ts';
import { composeGateway } from './cli/compose.ts';
import { readConfig } from './cli/read-config.ts';
import { post } from './testing/http-protocol-client.ts';
import { ProtocolClient } from './testing/protocol-client.ts';

const SECRETS = {
  key: 'sk-canary-key-0001-of-the-upstream',
  header: 'canary-header-0002-of-the-upstream',
  signing: 'canary-signing-0003-secret-of-the-gateway',
  identity: 'canary-identity-0004-secret-of-the-site',
};
/** A secret that a reload adds. */
const ADDED = 'canary-identity-0009-secret-of-a-reload';
const TEXTS = {
  message: 'canary-message-0005 my doctor says it is nothing',
  prompt: 'canary-prompt-0006 you are a discreet assistant',
  file: 'canary-file-0007 the content of a document',
  answer: 'canary-answer-0008 the words of the model',
};

/** How the upstream fails: with everything that it knows in its words. */
const FAILURES = ['401', '429', '400', '500', 'error-event', 'cut', 'html', 'not-json', 'answer'] as const;

/** An upstream that repeats its request, with its headers, in every way to fail. */
function playFailure(kind: string, request: string): { status: number; body: string } {
  const error = JSON.stringify({ error: { message: request, code: SECRETS.key, type: request } });
  const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
  switch (kind) {
    case 'error-event':
      return { status: 200, body: `${chunk(TEXTS.answer)}data: ${error}\n\n` };
    case 'cut':
      return { status: 200, body: chunk(`${TEXTS.answer} ${SECRETS.key} ${SECRETS.signing}`) };
    case 'html':
      return { status: 200, body: `<html>${request}</html>` };
    case 'not-json':
      return { status: 200, body: `${chunk(TEXTS.answer)}data: {"a": ${request}\n\n` };
    case 'answer':
      return { status: 200, body: `${chunk([...Object.values(SECRETS), ADDED].join(' '))}data: [DONE]\n\n` };
    default:
      return { status: Number(kind), body: error };
  }
}

interface Running {
  url: string;
  /** Everything that was logged. */
  log: () => string;
  config: ReturnType<typeof readConfig>;
  update: (config: ReturnType<typeof readConfig>) => void;
  stop: () => Promise<void>;
}
let running: Running;
afterEach(() => running.stop());

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // a server on TCP has this kind of address
};

/** Starts an upstream, and the gateway of the executable on it. */
async function start(level: LogLevel): Promise<Running> {
  const upstream = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (piece) => (body += String(piece)));
    incoming.on('end', () => {
      const kind = /\[\[([\w-]+)\]\]/.exec(body)?.[1] ?? '';
      const failure = playFailure(kind, `${JSON.stringify(incoming.headers)} ${body}`);
      response.writeHead(failure.status).end(failure.body);
    });
  });
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-canaries-'));
  const lines: string[] = [];
  const logger = pino({ level }, { write: (line: string) => void lines.push(line) });
  const site = { id: 'demo', origins: ['*'], systemPrompt: TEXTS.prompt };
  const value = {
    ...{ dataFolder: folder, store: 'memory', secret: SECRETS.signing, sites: [site] },
    provider: {
      ...{ apiKey: SECRETS.key, baseUrl: `http://127.0.0.1:${await listen(upstream)}/v1` },
      request: { extraHeaders: { 'x-api-key': SECRETS.header } },
    },
    identity: { secret: SECRETS.identity },
  };
  const config = readConfig({
    file: { name: 'rivulet.json', value },
    environment: { RIVULET_RATE_LIMITS: 'off' },
    flags: {},
  });
  const composed = await composeGateway(config, logger);
  const { gateway } = composed;
  const server = createServer(express().use(gateway.router));
  gateway.attach(server);
  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    log: () => lines.join(''),
    config,
    update: (next) => {
      composed.update(next);
    },
    async stop() {
      await gateway.close();
      for (const one of [server, upstream]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
      rmSync(folder, { recursive: true });
    },
  };
}

/** Asks, and waits for the end. @returns what the visitor received, and the visitor's token */
async function converse(kind: string, token?: string): Promise<{ frames: string; token: string }> {
  const client = await ProtocolClient.connect(running.url, token === undefined ? {} : { token });
  const welcome = await client.received('welcome');
  const parts = [{ type: 'text' as const, text: `${TEXTS.message} [[${kind}]]` }];
  const ids = { conversationId: mintConversationId(randomBytes), messageId: mintMessageId(randomBytes) };
  client.send({ type: 'send-message', ...ids, parts });
  await client.until(() => client.view?.conversation.messages.at(-1)?.run?.state === 'finished');
  const frames = JSON.stringify(client.events.filter(({ type }) => type !== 'welcome'));
  await client.close(1000);
  return { frames, token: welcome.token ?? token ?? '' };
}

const identityToken = (): Promise<string> =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('anna')
    .setAudience('demo')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(SECRETS.identity));

const foundIn = (text: string, canaries: readonly string[]): string[] =>
  canaries.filter((canary) => text.includes(canary) || text.includes(Buffer.from(canary).toString('base64')));

describe.each(['debug', 'trace'] as const)('at the level %s', (level) => {
  it('no key, token or text is in the log, in frames, metrics and bodies of errors, whatever fails', async () => {
    running = await start(level);
    const { url } = running;
    const witness = await ProtocolClient.connect(url);
    const user = await identityToken();
    const tokens = [user];
    const frames: string[] = [];
    for (const kind of FAILURES)
      for (const given of [undefined, user]) {
        const seen = await converse(kind, given);
        tokens.push(seen.token);
        frames.push(seen.frames);
      }
    const bodies: string[] = [];
    for (const token of [tokens[1], `${tokens[1]}x`, 'nothing']) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      for (const path of [
        '/v1/files',
        '/v1/conversations',
        '/v1/messages',
        '/metrics',
        '/readyz',
        '/nothing',
      ]) {
        bodies.push(await (await post(`${url}${path}`, { text: TEXTS.file }, { headers })).text());
        bodies.push(
          await (await fetch(`${url}${path}?q=${encodeURIComponent(TEXTS.message)}`, { headers })).text(),
        );
      }
    }
    const everything = [...Object.values(SECRETS), ...tokens];
    const texts = Object.values(TEXTS);
    expect(foundIn(running.log(), [...everything, ...texts])).toEqual([]);
    expect(foundIn(JSON.stringify(witness.events), [...texts, ...Object.values(SECRETS)])).toEqual([]);
    expect(foundIn(frames.join('\n'), [...everything, TEXTS.prompt])).toEqual([]);
    expect(foundIn(await (await fetch(`${url}/metrics`)).text(), [...everything, ...texts])).toEqual([]);
    expect(
      foundIn(bodies.filter((body) => !body.includes('"messages":[')).join('\n'), [
        ...Object.values(SECRETS),
        TEXTS.file,
        TEXTS.prompt,
      ]),
    ).toEqual([]);
    expect(foundIn(await checkConfig(running.config), [...Object.values(SECRETS), ...texts])).toEqual([]);
    expect(running.log()).toContain('run failed');
    await witness.close(1000);
  });
});

it('a secret that a reload adds is hidden in the answers that begin after it', async () => {
  running = await start('info');
  expect((await converse('answer')).frames).toContain(ADDED);
  running.update({ ...running.config, identity: { secret: ADDED } });
  expect(foundIn((await converse('answer')).frames, [ADDED, SECRETS.identity])).toEqual([]);
});
