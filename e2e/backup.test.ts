/** Backups of a gateway that is written to, restored elsewhere (acceptance: nothing of what was acknowledged before is missing). */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { mintConversationId, mintMessageId, type ConversationId, type UserPart } from '@rivulet/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../packages/gateway/src/base/random.ts';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { scaled } from './support/scale.ts';
import {
  createDataFolder,
  startGateway,
  startProcess,
  startUpstream,
  type GatewayProcess,
  type UpstreamProcess,
} from './support/processes.ts';

const CLIENTS = scaled({ sample: 8, full: 16 });
const BACKUPS = scaled({ sample: 2, full: 10 });
/** The messages that are acknowledged before the first backup, and between two of them. */
const MESSAGES_BETWEEN = scaled({ sample: 40, full: 200 });
/** The connections that compare a restored gateway with what was acknowledged. */
const CHECKS_AT_ONCE = 8;
/** Every so many messages carries a file. */
const FILE_EVERY = 3;
const executable = 'packages/gateway/dist/src/cli/main.js';

let upstream: UpstreamProcess;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.end('SIGTERM'));

interface Sent {
  token: string;
  conversationId: ConversationId;
  messageId: string;
  /** The attached file and the digest of its content. */
  file: { id: string; digest: string } | undefined;
}

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Uploads a file of random text. */
async function upload(url: string, token: string) {
  const content = randomBytes(3_000).reduce((text, byte) => text + byte.toString(36), '');
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'text/plain' };
  const response = await fetch(`${url}/v1/files?site=demo&name=a.txt`, {
    method: 'POST',
    headers,
    body: content,
  });
  const part = (await response.json()) as Extract<UserPart, { type: 'file' }>; // the route's documented answer
  const { fileId, name, mediaType, sizeBytes } = part;
  return {
    part: { type: 'file' as const, fileId, name, mediaType, sizeBytes },
    file: { id: fileId, digest: digestOf(Buffer.from(content)) },
  };
}

/** One visitor that sends message after message, each in a conversation of its own, until it is stopped. */
async function keepSending(url: string, sent: Sent[], isStopped: () => boolean): Promise<void> {
  const client = await ProtocolClient.connect(url);
  const { token = '' } = await client.received('welcome');
  for (let round = 0; !isStopped(); round += 1) {
    const [conversationId, messageId] = [mintConversationId(randomBytes), mintMessageId(randomBytes)];
    const attached = round % FILE_EVERY === 0 ? await upload(url, token) : undefined;
    const text = { type: 'text' as const, text: 'Is this kept? [[pace:1]]' };
    const parts = attached === undefined ? [text] : [text, attached.part];
    const answer = await client.answer(
      client.send({ type: 'send-message', conversationId, messageId, parts }),
    );
    if (answer.type === 'accepted') sent.push({ token, conversationId, messageId, file: attached?.file });
    client.send({ type: 'unsubscribe', conversationId });
    client.view = undefined;
  }
  await client.close(1000);
}

async function run(args: string[]): Promise<string> {
  const command = startProcess([executable, ...args]);
  const code = await command.ended;
  expect([code, command.errors()]).toEqual([0, '']);
  return command.lines.join('\n');
}

/** Whether the restored gateway has the message, exactly once, and its file with the same content. */
async function isThere({ url }: GatewayProcess, { token, conversationId, messageId, file }: Sent) {
  const client = await ProtocolClient.connect(url, { token, subscriptions: [{ conversationId }] });
  await client.until(() => client.events.some(({ type }) => type === 'synced' || type === 'rejected'));
  const messages = client.view?.conversation.messages ?? [];
  await client.close(1000);
  if (messages.filter(({ id }) => id === messageId).length !== 1) return false;
  if (file === undefined) return true;
  const response = await fetch(`${url}/v1/files/${file.id}?site=demo`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return response.ok && digestOf(new Uint8Array(await response.arrayBuffer())) === file.digest;
}

/** Restores into a new folder and starts a gateway there. @returns the messages that it does not have */
async function missingAfterRestore(file: string, expected: readonly Sent[]): Promise<Sent[]> {
  const data = createDataFolder();
  await run(['restore', file, '--data', data.path]);
  const gateway = await startGateway(environmentOf(data.path));
  const missing: Sent[] = [];
  const unchecked = [...expected];
  const checkNext = async (): Promise<void> => {
    for (let one = unchecked.pop(); one !== undefined; one = unchecked.pop())
      if (!(await isThere(gateway, one))) missing.push(one);
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, checkNext));
  await gateway.end('SIGTERM');
  data.remove();
  return missing;
}

const environmentOf = (RIVULET_DATA: string) => ({
  RIVULET_DATA,
  OPENAI_API_KEY: 'key',
  OPENAI_BASE_URL: upstream.url,
  RIVULET_BUDGETS: '"off"',
});

describe('rivulet backup while visitors write', () => {
  it(`has every message that was acknowledged before it began: ${BACKUPS} backups, ${CLIENTS} visitors`, async () => {
    const [data, backups] = [createDataFolder(), createDataFolder()];
    const gateway = await startGateway(environmentOf(data.path));
    const sent: Sent[] = [];
    let isStopped = false;
    const visitors = Array.from({ length: CLIENTS }, () => keepSending(gateway.url, sent, () => isStopped));
    const taken: { file: string; before: number; during: number }[] = [];
    for (let n = 0; n < BACKUPS; n += 1) {
      const wanted = sent.length + MESSAGES_BETWEEN;
      await expect
        .poll(() => sent.length, { timeout: scaled({ sample: 50_000, full: 300_000 }) })
        .toBeGreaterThan(wanted);
      const file = join(backups.path, `${n}.tar.gz`);
      const before = sent.length;
      await run(['backup', file, '--data', data.path]);
      taken.push({ file, before, during: sent.length - before });
    }
    isStopped = true;
    await Promise.all(visitors);
    await gateway.end('SIGTERM');

    for (const { file, before, during } of taken) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const acknowledged = sent.slice(0, before);
      const missing = await missingAfterRestore(file, acknowledged);
      const files = acknowledged.filter((one) => one.file !== undefined).length;
      console.log(
        `backup under load: acknowledged before ${before} (${files} with a file), during ${during}, missing ${missing.length}`,
      );
      expect(missing).toEqual([]);
      expect(during).toBeGreaterThan(0);
    }
    data.remove();
    backups.remove();
  });
});
