import {
  mintConversationId,
  mintMessageId,
  type MessageId,
  type Part,
  type UserPart,
} from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import { upstreamError } from '../../providers/upstream-error.ts';
import { ProtocolClient } from '../../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../../testing/start-gateway.ts';
import type { Scene } from '../../testing/script-provider.ts';

const NOT_SUPPORTED = upstreamError({
  host: 'h',
  model: 'm',
  status: 400,
  words: 'this model does not support image input',
});
const UNKNOWN = upstreamError({ host: 'h', model: 'm', status: 400, words: 'Bad request' });

let started: StartedGateway;
let client: ProtocolClient;
let conversationId: ReturnType<typeof mintConversationId>;
let messageId: MessageId;
let token: string;
beforeEach(async () => {
  started = await startGateway();
  client = await ProtocolClient.connect(started.url);
  token = (await client.received('welcome')).token ?? '';
  conversationId = mintConversationId(randomBytes);
});
afterEach(() => started.stop());

async function image(): Promise<UserPart> {
  const response = await fetch(`${started.url}/v1/files?site=demo&name=cat.png`, {
    method: 'POST',
    body: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    headers: { 'Content-Type': 'image/png', Authorization: `Bearer ${token}` },
  });
  const { fileId } = (await response.json()) as { fileId: string };
  return { type: 'file', fileId, name: '', mediaType: '', sizeBytes: 0 };
}

/** Sends a message. @returns the first call of the provider */
async function ask(...parts: UserPart[]): Promise<Scene> {
  messageId = mintMessageId(randomBytes);
  client.send({ type: 'send-message', conversationId, messageId, parts });
  return started.provider.next();
}
/** The answer to the last message. */
const answered = () => client.view?.conversation.messages.find(({ parentId }) => parentId === messageId);
async function answer(scene: Scene): Promise<readonly Part[]> {
  scene.emitText('Hm.');
  scene.finish();
  await client.until(() => answered()?.run?.state === 'finished');
  return answered()?.parts ?? [];
}
const filesIn = ({ request }: Scene) =>
  request.messages.flatMap((message) => (message.role === 'user' ? (message.files ?? []) : []));

const LOOK: UserPart = { type: 'text', text: 'Look' };
const NOTICE = { type: 'data', name: 'notice', value: { code: 'files-not-read', names: ['cat.png'] } };

describe('a model that takes no images', () => {
  it('is asked again at once with the name of the image, and the visitor is told (G20)', async () => {
    const first = await ask(LOOK, await image());
    expect(filesIn(first)).toMatchObject([{ name: 'cat.png', bytes: expect.anything() as unknown }]);
    first.fail(NOT_SUPPORTED);
    const second = await started.provider.next();
    expect(filesIn(second)).toEqual([
      { name: 'cat.png', mediaType: 'image/png', sizeBytes: 8, isRefused: true },
    ]);
    expect(await answer(second)).toEqual([NOTICE, { type: 'text', text: 'Hm.' }]);
  });

  it('is not sent the image again in later turns, and the visitor is told once (G20)', async () => {
    (await ask(LOOK, await image())).fail(NOT_SUPPORTED);
    await answer(await started.provider.next());
    const later = await ask({ type: 'text', text: 'And now?' });
    expect(filesIn(later)).toMatchObject([{ isRefused: true }]);
    expect(await answer(later)).toEqual([{ type: 'text', text: 'Hm.' }]);
  });

  it('is not sent images of other conversations of the site (G20)', async () => {
    (await ask(LOOK, await image())).fail(NOT_SUPPORTED);
    await answer(await started.provider.next());
    conversationId = mintConversationId(randomBytes);
    const other = await ask(LOOK, await image());
    expect(filesIn(other)).toMatchObject([{ isRefused: true }]);
    expect(await answer(other)).toEqual([NOTICE, { type: 'text', text: 'Hm.' }]);
  });

  it('is found out also when the upstream does not say why it refused (G20)', async () => {
    (await ask(LOOK, await image())).fail(UNKNOWN);
    await answer(await started.provider.next());
    expect(filesIn(await ask({ type: 'text', text: 'And now?' }))).toMatchObject([{ isRefused: true }]);
  });
});

describe('a request that is refused', () => {
  it('for another reason is repeated once only, and its files are sent the next time (G20)', async () => {
    (await ask(LOOK, await image())).fail(UNKNOWN);
    (await started.provider.next()).fail(UNKNOWN);
    expect(await client.received('run-finished')).toMatchObject({ error: { code: 'upstream-failed' } });
    const later = await ask({ type: 'text', text: 'And now?' });
    expect(filesIn(later)).toMatchObject([{ bytes: expect.anything() as unknown }]);
  });

  it('after a part of its answer was shown is not repeated (G20)', async () => {
    const first = await ask(LOOK, await image());
    first.emitText('I see');
    first.fail(NOT_SUPPORTED);
    expect(await client.received('run-finished')).toMatchObject({ reason: 'error' });
    expect(client.view?.conversation.messages.at(-1)?.parts).toEqual([{ type: 'text', text: 'I see' }]);
  });
});
