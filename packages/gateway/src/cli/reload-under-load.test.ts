/** Reloads the configuration while replies stream and clients send, and refuses bad files. Prints what it has counted. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintConversationId, mintMessageId } from '@rivulet/protocol';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes, silentLogger } from '../base/index.ts';
import type { Provider, ProviderRequest } from '../providers/provider.ts';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';
import { BAD_FILES } from '../testing/bad-files.ts';
import { composeSites } from './compose-sites.ts';
import { readConfigFile } from './config-file.ts';
import { readConfig } from './read-config.ts';
import { createReload } from './reload.ts';

const CLIENTS = 20;
const RELOADS = 50;
const folder = mkdtempSync(join(tmpdir(), 'rivulet-reload-'));
const file = join(folder, 'rivulet.json');
const read = () => readConfig({ file: readConfigFile(file), environment: {}, flags: {} });
const print = (line: string) => void process.stdout.write(`${line}\n`);

/** Every setting of version n says n. */
const site = (n: number) => ({
  id: 'demo',
  origins: ['*'],
  systemPrompt: `${n}`,
  model: `${n}`,
  request: { maxTokens: n },
});
const write = (n: number) => {
  writeFileSync(file, JSON.stringify({ sites: [site(n)] }));
};

let requests: ProviderRequest[];
/** Writes ten words, one in each turn of the event loop, so that replies run across reloads. */
const provider: Provider = {
  name: 'words',
  async *stream(request) {
    requests.push(request);
    yield { type: 'response-started' };
    for (let word = 0; word < 10; word += 1) {
      await new Promise(setImmediate);
      yield { type: 'text-delta', text: 'word ' };
    }
    yield { type: 'finished', reason: 'stop' };
  },
};
/** The versions that one request has settings of; one, unless it is mixed. */
const versionsOf = ({ model, settings, messages: [system] }: ProviderRequest) =>
  new Set([model, String(settings?.maxTokens), system?.role === 'system' ? system.text : undefined]);

/** The sites have no chains of their own. */
const replies = { of: () => provider, tools: [] };

let started: StartedGateway;
let reload: () => void;
let errors: string[];
beforeEach(async () => {
  [requests, errors] = [[], []];
  write(1);
  started = await startGateway({ provider, sites: composeSites(read(), replies), rateLimits: 'off' });
  const logger = { ...silentLogger, error: (_facts: object, line: string) => void errors.push(line) };
  const { gateway } = started;
  const apply = (config: ReturnType<typeof read>) => {
    gateway.updateSites(composeSites(config, replies));
  };
  reload = createReload({ started: read(), read, apply, logger });
});
afterEach(async () => {
  await started.stop();
  rmSync(file);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Sends one message after the other until it is stopped; each in a conversation of its own. */
async function keepSending(isStopped: () => boolean) {
  const client = await ProtocolClient.connect(started.url);
  const state = { isOpen: true };
  void client.closed.then(() => (state.isOpen = false));
  let sent = 0;
  for (; !isStopped() && state.isOpen; sent += 1) await send(client);
  return { sent, isOpen: state.isOpen };
}

async function send(client: ProtocolClient): Promise<void> {
  const [conversationId, messageId] = [mintConversationId(randomBytes), mintMessageId(randomBytes)];
  const parts = [{ type: 'text' as const, text: 'Hello' }];
  const answer = await client.answer(client.send({ type: 'send-message', conversationId, messageId, parts }));
  expect(answer.type).toBe('accepted');
  client.send({ type: 'unsubscribe', conversationId });
  client.view = undefined;
}

describe('a reload under load', () => {
  it(`drops no connection and mixes no run over ${RELOADS} reloads with ${CLIENTS} clients`, async () => {
    let reloads = 0;
    const clients = Array.from({ length: CLIENTS }, () => keepSending(() => reloads === RELOADS));
    while (reloads < RELOADS) {
      const before = requests.length;
      await expect.poll(() => requests.length).toBeGreaterThan(before + CLIENTS);
      write((reloads += 1) + 1);
      reload();
    }
    const ended = await Promise.all(clients);
    const dropped = ended.filter(({ isOpen }) => !isOpen).length;
    const mixed = requests.filter((request) => versionsOf(request).size !== 1).length;
    print(`${reloads} reloads, ${requests.length} runs: ${dropped} connections dropped, ${mixed} mixed runs`);
    expect([dropped, mixed, errors]).toEqual([0, 0, []]);
  });
});

describe('a bad file', () => {
  it(`is refused with its path and the reason, and the old one stays: ${BAD_FILES.length} files`, async () => {
    const client = await ProtocolClient.connect(started.url);
    const refused = BAD_FILES.filter(([text, reason]) => {
      writeFileSync(file, text);
      errors = [];
      reload();
      return (
        errors.length > 0 && errors.every((line) => line.includes(file)) && errors.join().includes(reason)
      );
    });
    await send(client);
    await expect.poll(() => requests.length).toBe(1);
    print(`${refused.length} of ${BAD_FILES.length} bad files refused with path and reason`);
    expect(BAD_FILES.filter((bad) => !refused.includes(bad))).toEqual([]);
    expect([...versionsOf(requests[0]!)]).toEqual(['1']);
  });
});
