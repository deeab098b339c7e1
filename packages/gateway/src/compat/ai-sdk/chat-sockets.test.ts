import { CLOSE_CODES, mintConversationId } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { randomBytes } from '../../base/index.ts';
import { ProtocolClient } from '../../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../../testing/start-gateway.ts';

let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway({ limits: { helloMs: 400 } });
});
afterEach(() => started.stop());

interface Frame {
  type: string;
  requestId: string;
  [field: string]: unknown;
}

/** A socket that a test writes frames to. */
async function connect(origin?: string) {
  const address = `${started.url.replace('http', 'ws')}/v1/ai-sdk/ws`;
  const socket = new WebSocket(address, origin === undefined ? {} : { origin });
  const frames: Frame[] = [];
  socket.on('message', (text: Buffer) => frames.push(JSON.parse(text.toString()) as Frame));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  return {
    frames,
    closed,
    send: (frame: unknown) => {
      socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    },
    typesOf: (requestId: string) =>
      frames.filter((frame) => frame.requestId === requestId).map(({ type }) => type),
    close: () => {
      socket.close();
    },
  };
}

const newToken = async () =>
  (await (await ProtocolClient.connect(started.url)).received('welcome')).token ?? '';
const headersOf = (token?: string) => (token === undefined ? {} : { Authorization: `Bearer ${token}` });
const asks = (requestId: string, token: string | undefined, id = 'main', text = 'Hello?') => ({
  type: 'send',
  requestId,
  id,
  trigger: 'submit-message',
  messages: [{ id: requestId, role: 'user', parts: [{ type: 'text', text }] }],
  headers: headersOf(token),
  body: {},
});
const resumes = (requestId: string, token?: string, id = 'main') => ({
  type: 'resume',
  requestId,
  id,
  headers: headersOf(token),
  body: {},
});

describe('a socket of the AI SDK', () => {
  it('carries several requests at once, each with its own sequence without gaps', async () => {
    const socket = await connect();
    const token = await newToken();
    for (const id of ['one', 'two']) socket.send(asks(id, token, id));
    const scenes = [await started.provider.next(), await started.provider.next()];
    for (const scene of scenes) scene.emitText('Good ', 'day.');
    for (const scene of scenes) scene.finish();
    for (const id of ['one', 'two']) {
      await expect.poll(() => socket.typesOf(id).at(-1)).toBe('end');
      const chunks = socket.frames.filter(({ type, requestId }) => type === 'chunk' && requestId === id);
      expect(chunks.map(({ sequence }) => sequence)).toEqual(chunks.map((_, index) => index));
      expect(socket.typesOf(id)[0]).toBe('start');
    }
  });

  it('leaves a request that is aborted: nothing more of it is sent, and its answer goes on', async () => {
    const socket = await connect();
    const token = await newToken();
    socket.send(asks('one', token));
    const scene = await started.provider.next();
    scene.emitText('Good ');
    await expect.poll(() => socket.typesOf('one')).toContain('chunk');
    socket.send({ type: 'abort', requestId: 'one' });
    socket.send(resumes('two', token));
    await expect.poll(() => socket.typesOf('two')).toContain('chunk');
    const before = socket.typesOf('one').length;
    scene.emitText('day.');
    scene.finish();
    await expect.poll(() => socket.typesOf('two').at(-1)).toBe('end');
    expect(socket.typesOf('one')).toHaveLength(before);
  });

  it('says that there is nothing to resume: no answer, no token, or a conversation of somebody else', async () => {
    const socket = await connect();
    const id = mintConversationId(randomBytes);
    socket.send(asks('one', await newToken(), id));
    const scene = await started.provider.next();
    const requests = [resumes('a', await newToken()), resumes('b'), resumes('c', await newToken(), id)];
    for (const request of requests) socket.send(request);
    for (const { requestId } of requests)
      await expect.poll(() => socket.typesOf(requestId)).toEqual(['no-active']);
    scene.finish();
  });

  it('refuses a request with a sentence, and goes on: a wrong token, a foreign conversation, a bad message', async () => {
    const socket = await connect();
    const id = mintConversationId(randomBytes);
    socket.send(asks('one', await newToken(), id));
    (await started.provider.next()).finish();
    await expect.poll(() => socket.typesOf('one').at(-1)).toBe('end');
    const requests = [
      asks('forged', 'forged'),
      asks('foreign', await newToken(), id),
      asks('blank', await newToken(), 'main', ' '),
      { ...asks('empty', undefined), messages: [] },
      { ...asks('site', undefined), body: { site: 'none' } },
    ];
    for (const request of requests) socket.send(request);
    for (const { requestId } of requests) {
      await expect.poll(() => socket.typesOf(requestId)).toEqual(['error']);
      expect(socket.frames.find((frame) => frame.requestId === requestId)?.errorText).toMatch(/^\S.{9,}\.$/);
    }
  });

  it('serves sixteen requests at once, and no request under an id that is in use', async () => {
    const socket = await connect();
    const token = await newToken();
    for (let index = 0; index < 16; index += 1) socket.send(asks(`r${index}`, token, `chat-${index}`));
    const scenes = await Promise.all(Array.from({ length: 16 }, () => started.provider.next()));
    socket.send(asks('more', token, 'another'));
    await expect.poll(() => socket.typesOf('more')).toEqual(['error']);
    scenes.forEach((scene) => {
      scene.finish();
    });
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a frame of another type', { type: 'start', requestId: 'a' }],
    ['a frame without an id', { type: 'abort' }],
    ['headers that are no texts', { ...resumes('a'), headers: { authorization: 1 } }],
    ['a hello of the widget', { type: 'hello', id: 'q_12345678' }],
  ])('is closed by %s', async (_what, frame) => {
    const socket = await connect();
    socket.send(frame);
    expect(await socket.closed).toBe(CLOSE_CODES['bad-frame']);
  });

  it('is closed without a request in time, for a page of another origin, and at a shutdown', async () => {
    expect(await (await connect()).closed).toBe(CLOSE_CODES['hello-timeout']);
    expect(await (await connect('https://evil.example')).closed).toBe(CLOSE_CODES['origin-denied']);
    const socket = await connect();
    socket.send(resumes('a'));
    await expect.poll(() => socket.typesOf('a')).toEqual(['no-active']);
    await started.gateway.close();
    expect(await socket.closed).toBe(CLOSE_CODES.drain);
  });
});
