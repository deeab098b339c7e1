/** Moderation end to end: what is blocked is in no frame, no store, no log, no export and no request. */
import { mintConversationId, mintMessageId, type ConversationId, type Message } from '@rivulet/protocol';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { randomBytes } from './base/index.ts';
import { createModerator, type CheckText } from './moderation/check-function.ts';
import type { ModerationSettings } from './moderation/settings.ts';
import { createWordModerator } from './moderation/words.ts';
import { createMemoryStore } from './stores/memory.ts';
import { ProtocolClient } from './testing/protocol-client.ts';
import type { Scene } from './testing/script-provider.ts';
import { startGateway, type StartedGateway } from './testing/start-gateway.ts';
import { emitToolCall } from './testing/tool-harness.ts';
import { createScriptedTool } from './testing/scripted-tool.ts';

const BLOCKED = 'forbidden phrase';
const words = createWordModerator({ words: [BLOCKED] });
const asking = (check: CheckText, window = { maxChars: 20, maxMs: 50 }) =>
  createModerator({ name: 'mine', check, window, timeoutMs: 1_000 });
const finding = asking((text) => Promise.resolve({ isBlocked: text.includes(BLOCKED), category: 'found' }));

interface Setting {
  started: StartedGateway;
  store: ReturnType<typeof createMemoryStore>;
  log: () => string;
  asker: ProtocolClient;
  token: string;
  conversationId: ConversationId;
}
let setting: Setting;
afterEach(() => setting.started.stop());

const open = async (moderation: ModerationSettings, tools: ReturnType<typeof createScriptedTool>[] = []) => {
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const store = createMemoryStore();
  const sites = [{ id: 'demo', origins: ['self'], tools }];
  const started = await startGateway({ moderation, logger, store, sites });
  const asker = await ProtocolClient.connect(started.url);
  const { token = '' } = await asker.received('welcome');
  const conversationId = mintConversationId(randomBytes);
  setting = { started, store, log: () => lines.join(''), asker, token, conversationId };
  return setting;
};

const send = (text: string, messageId = mintMessageId(randomBytes)) => {
  const { asker, conversationId } = setting;
  const parts = [{ type: 'text' as const, text }];
  return asker.answer(asker.send({ type: 'send-message', conversationId, messageId, parts }));
};
const ask = async (...given: Parameters<typeof open>): Promise<Scene> => {
  const { started } = await open(...given);
  await send('Tell me.');
  return started.provider.next();
};
const request = (path: string, init: RequestInit = {}) =>
  fetch(`${setting.started.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${setting.token}`, 'content-type': 'application/json' },
  });
const stored = async (): Promise<Message | undefined> =>
  (await setting.store.readMessages(setting.conversationId)).at(-1);
const ended = async () => {
  await setting.asker.received('run-finished');
  return stored();
};
/** Everything that left the gateway or was kept: frames, a viewer that comes later, the store, the log, the export, the metrics. */
const everything = async (): Promise<string> => {
  const { asker, token, conversationId, started, store, log } = setting;
  const late = await ProtocolClient.connect(started.url, { token, subscriptions: [{ conversationId }] });
  await late.received('snapshot');
  const frames = JSON.stringify([asker.events, late.events, await store.readMessages(conversationId)]);
  const exported = await (await request('/v1/export')).text();
  return `${frames}${log()}${exported}${await (await request('/metrics')).text()}`;
};

describe.each([words, finding])('an answer that is moderated by $name', (moderator) => {
  it('ends as blocked with a ref, and what is blocked is nowhere', async () => {
    const scene = await ask({ by: [moderator] });
    scene.emitText('Good morning. This is a ', 'forbid', 'den phr', 'ase, and more.', ' The rest.');
    expect(await ended()).toMatchObject({ run: { reason: 'blocked', error: { code: 'content-blocked' } } });
    expect((await stored())?.run?.error?.ref).toBeTruthy();
    expect(scene.signal.aborted).toBe(true);
    const all = await everything();
    expect(all).not.toContain('den phr');
    expect(all).not.toContain('The rest');
    expect(all).toContain(`"ref":"${(await stored())?.run?.error?.ref ?? '-'}"`);
    expect(setting.log()).toContain(`"moderator":"${moderator.name}"`);
    expect(all).toMatch(/rivulet_moderation_total\{site="demo",kind="answer",outcome="blocked"\} 1/);
  });

  it('is complete and in order when nothing is blocked', async () => {
    const scene = await ask({ by: [moderator] });
    scene.emit({ type: 'reasoning-delta', text: 'I think of 😀 ' });
    scene.emit({ type: 'reasoning-delta', text: 'first' });
    scene.emitText('Good ', 'forbidden ', 'fruit. ', 'Bye');
    scene.emit({ type: 'source', sourceId: 's', title: 'A page' });
    scene.emitText('End');
    scene.finish();
    expect((await ended())?.parts).toMatchObject([
      { type: 'reasoning', text: 'I think of 😀 first' },
      { type: 'text', text: 'Good forbidden fruit. Bye' },
      { type: 'source', title: 'A page' },
      { type: 'text', text: 'End' },
    ]);
  });

  it('is blocked for its reasoning', async () => {
    const scene = await ask({ by: [moderator] });
    scene.emit({ type: 'reasoning-delta', text: `They want a ${BLOCKED}.` });
    expect(await ended()).toMatchObject({ run: { reason: 'blocked' } });
    expect(await everything()).not.toContain(BLOCKED);
  });

  it('is blocked for the input of a tool call, also behind escapes, and the tool is not called', async () => {
    const tool = createScriptedTool();
    const scene = await ask({ by: [moderator] }, [tool]);
    emitToolCall(scene, '{"city":"\\u0066orbidden phrase"}');
    scene.finish('tool');
    expect(await ended()).toMatchObject({ run: { reason: 'blocked' }, parts: [] });
    expect(tool.count).toBe(0);
    expect(await everything()).not.toContain('orbidden phrase');
  });

  it('is withdrawn from all viewers and the store where the site says so', async () => {
    const scene = await ask({ by: [moderator], shownText: 'withdraw' });
    scene.emitText('A first sentence that is fine. ');
    await setting.asker.received('part-started');
    scene.emitText(`Then a ${BLOCKED}.`);
    expect(await ended()).toMatchObject({ parts: [], run: { reason: 'blocked' } });
    expect(JSON.stringify(setting.asker.view)).not.toContain('first sentence');
    expect(await (await request('/v1/export')).text()).not.toContain('first sentence');
  });

  it('is charged for what was held back', async () => {
    const scene = await ask({ by: [moderator] });
    scene.emitText(`A ${BLOCKED}. ${'word '.repeat(400)}`);
    await ended();
    const usage = /"usage":\{"inputTokens":\d+,"outputTokens":(\d+)/.exec(setting.log());
    expect(Number(usage?.[1])).toBeGreaterThan(300);
  });

  it('keeps to itself what is held back when it is stopped', async () => {
    const scene = await ask({ by: [moderator] });
    scene.emitText('Fine. forbidden phr');
    const { asker, conversationId } = setting;
    await asker.answer(asker.send({ type: 'abort-run', conversationId }));
    expect(await ended()).toMatchObject({ run: { reason: 'aborted' } });
    expect(await everything()).not.toContain('forbidden phr');
  });

  it('shows its rest when the upstream fails, if that may be shown', async () => {
    const scene = await ask({ by: [moderator] });
    scene.emitText('All of this');
    scene.end();
    expect(await ended()).toMatchObject({
      parts: [{ text: 'All of this' }],
      run: { reason: 'error', error: { code: 'upstream-truncated' } },
    });
  });
});

describe('a question', () => {
  it.each([words, finding])(
    'that $name blocks is refused with a ref, stored nowhere and given to no model',
    async (by) => {
      await open({ by: [by] });
      const answer = await send(`Is a ${BLOCKED} good?`);
      expect(answer).toMatchObject({ type: 'rejected', error: { code: 'content-blocked', retry: 'new' } });
      const { ref = '-' } = (answer as { error: { ref?: string } }).error; // a rejection, as was checked
      expect(await setting.store.readMessages(setting.conversationId)).toEqual([]);
      expect(setting.log()).toContain(`"ref":"${ref}"`);
      expect(setting.log()).toContain('"reason":"question-blocked"');
      expect(setting.log()).not.toContain(BLOCKED);
      const metrics = await (await request('/metrics')).text();
      expect(metrics).toMatch(/rivulet_refusals_total\{kind="moderation",reason="question-blocked"\} 1/);
    },
  );

  it('that is stored is not moderated again when a client repeats it', async () => {
    let checks = 0;
    await open({
      by: [
        asking(() => {
          checks += 1;
          return { isBlocked: checks > 1 };
        }),
      ],
    });
    const messageId = mintMessageId(randomBytes);
    expect(await send('Hello', messageId)).toMatchObject({ type: 'accepted' });
    expect(await send('Hello', messageId)).toMatchObject({ type: 'accepted' });
  });

  it('is refused as upstream-failed when it cannot be moderated, or accepted where the site says so', async () => {
    const broken = asking(() => Promise.reject(new Error(`no idea about ${BLOCKED}`)));
    await open({ by: [broken] });
    expect(await send('Hello')).toMatchObject({ type: 'rejected', error: { code: 'upstream-failed' } });
    expect(setting.log()).not.toContain(BLOCKED);
    await setting.started.stop();
    await open({ by: [broken], onFailure: 'allow' });
    expect(await send('Hello')).toMatchObject({ type: 'accepted' });
  });
});

it('questions are accepted in the order in which they were sent, whatever their moderation takes', async () => {
  const waiting: (() => void)[] = [];
  const slow = asking(async (text) => {
    if (text === 'first') await new Promise<void>((resolve) => waiting.push(resolve));
    return { isBlocked: false };
  });
  await open({ by: [slow] });
  const both = [send('first'), send('second')];
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  await Promise.all(both);
  const questions = (await setting.store.readMessages(setting.conversationId)).filter(
    ({ role }) => role === 'user',
  );
  expect(questions.map(({ parts }) => parts)).toMatchObject([[{ text: 'first' }], [{ text: 'second' }]]);
});

it('an answer fails when it cannot be moderated, and shows nothing that was not', async () => {
  const broken = asking((text, { kind }) =>
    kind === 'question' ? { isBlocked: false } : Promise.reject(new Error(text)),
  );
  const scene = await ask({ by: [broken] });
  scene.emitText('Nobody has seen this. ');
  expect(await ended()).toMatchObject({
    parts: [],
    run: { reason: 'error', error: { code: 'upstream-failed' } },
  });
  expect(await everything()).not.toContain('Nobody has seen');
});

it('a title that is blocked is refused', async () => {
  const scene = await ask({ by: [words] });
  scene.finish();
  const path = `/v1/conversations/${setting.conversationId}`;
  const answer = await request(path, { method: 'PATCH', body: JSON.stringify({ title: `My ${BLOCKED}` }) });
  expect(answer.status).toBe(422);
  expect(await everything()).not.toContain(BLOCKED);
});

it('wherever the upstream cuts an answer, nothing of what is blocked is shown', async () => {
  await open({ by: [words, finding] });
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 10, maxLength: 40 });
  const text = `Good morning 😀 to all. A ${BLOCKED} stands here.`;
  await fc.assert(
    fc.asyncProperty(sizes, async (all) => {
      setting.conversationId = mintConversationId(randomBytes);
      await send('Tell me.');
      const scene = await setting.started.provider.next();
      let at = 0;
      for (const size of all) {
        scene.emitText(text.slice(at, at + size));
        at += size;
      }
      scene.emitText(text.slice(at));
      await expect.poll(async () => (await stored())?.run?.reason).toBe('blocked');
      const shown = JSON.stringify((await stored())?.parts);
      expect('Good morning 😀 to all. A ').toContain(/"text":"(.*)"/.exec(shown)?.[1] ?? '');
    }),
    { numRuns: 40 },
  );
  expect(JSON.stringify(setting.asker.events)).not.toContain('orbidden');
});
