import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { randomBytes } from '../base/index.ts';
import { describeModerator, type ModeratorFixture } from '../testing/contracts/moderator-contract.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createOpenAiModerator } from './openai-moderator.ts';

const BLOCKED = 'forbidden';
const KEY = 'sk-moderation-0001';
interface Asked {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: { model: string; input: string | string[] };
}
interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body: string;
}
const inputsOf = ({ input }: Asked['body']) => [input].flat();
const honest = ({ body }: Asked): Reply => ({
  body: JSON.stringify({
    results: inputsOf(body).map((text) => {
      const flagged = text.includes(BLOCKED);
      return { flagged, categories: { 'harassment/threatening': flagged, [text]: flagged } };
    }),
  }),
});

/** Starts a moderation service. @param answer undefined: never */
const serve = async (answer: (asked: Asked) => Reply | undefined) => {
  const asked: Asked[] = [];
  const server: Server = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (piece) => (text += String(piece)));
    incoming.on('end', () => {
      const { url, headers } = incoming;
      const one: Asked = { url, headers, body: JSON.parse(text) as Asked['body'] };
      asked.push(one);
      const reply = answer(one);
      if (reply !== undefined) response.writeHead(reply.status ?? 200, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`; // a server on TCP
  return {
    asked,
    baseUrl,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Time passes only while nothing comes from the network. */
const fixtureOf = async (answer: (asked: Asked) => Reply | undefined): Promise<ModeratorFixture> => {
  const service = await serve(answer);
  const clock = createFakeClock();
  return {
    moderator: createOpenAiModerator({ apiKey: KEY, baseUrl: service.baseUrl, clock, random: randomBytes }),
    blocked: BLOCKED,
    async settle() {
      while (clock.pending > 0) {
        const before = service.asked.length;
        for (let turn = 0; turn < 200 && clock.pending > 0; turn += 1) await new Promise(setImmediate);
        if (service.asked.length === before) clock.advance(250);
      }
    },
    async dispose() {
      expect(clock.pending).toBe(0);
      await service.close();
    },
  };
};

const always = (reply: Reply) => () => fixtureOf(() => reply);
describeModerator('the moderation endpoint', () => fixtureOf(honest), {
  'a service that never answers': () => fixtureOf(() => undefined),
  'a refused key': always({ status: 401, body: '{"error":{}}' }),
  'an exhausted service': always({ status: 429, headers: { 'retry-after': '3600' }, body: '' }),
  'a broken service': always({ status: 500, body: 'oops' }),
  'an answer that is no JSON': always({ body: '<html>' }),
  'an answer of another shape': always({ body: '{"results":{"flagged":false}}' }),
  'an answer without results': always({ body: '{"results":[]}' }),
  'more results than inputs': always({ body: '{"results":[{"flagged":false},{"flagged":false}]}' }),
  'a verdict that is no yes or no': always({ body: '{"results":[{"flagged":"no"}]}' }),
  'a redirect': always({ status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }),
});

let service: Awaited<ReturnType<typeof serve>>;

/** Asks about one text. */
const ask = async (text: string, answer: (asked: Asked) => Reply | undefined) => {
  service = await serve(answer);
  return askService(text);
};
const askService = (text: string, clock = createFakeClock()) => {
  const moderator = createOpenAiModerator({ apiKey: KEY, baseUrl: service.baseUrl, clock });
  return new Promise<string>((resolve) => {
    const listener = {
      passed: (chars: number) => {
        if (chars === text.length) resolve('passed');
      },
      blocked: (category: string) => {
        resolve(category);
      },
      failed: (error: unknown) => {
        resolve(String(error));
      },
    };
    const subject = { kind: 'question', siteId: 'demo' } as const;
    const opened = moderator.open(subject, listener, new AbortController().signal);
    opened.push(text);
    opened.end();
  });
};

describe('the moderation endpoint', () => {
  afterEach(() => service.close());

  it('is asked as OpenAI documents it, and names what it found, without the text', async () => {
    expect(await ask(`${BLOCKED} words`, honest)).toBe('harassment/threatening');
    const [{ url, headers, body } = { url: '', headers: {}, body: {} }] = service.asked;
    expect(url).toBe('/v1/moderations');
    expect(headers).toMatchObject({ authorization: `Bearer ${KEY}`, 'content-type': 'application/json' });
    expect(body).toEqual({ model: 'omni-moderation-latest', input: `${BLOCKED} words` });
  });

  it('gets a long text in pieces that overlap', async () => {
    expect(await ask('A word. '.repeat(5_000), honest)).toBe('passed');
    const inputs = service.asked.flatMap(({ body }) => inputsOf(body));
    expect(inputs).toHaveLength(5);
    expect(inputs[1]?.startsWith(inputs[0]?.slice(-200) ?? '-')).toBe(true);
  });

  it.each([400, 401, 403, 404])('is not asked again after %d', async (status) => {
    expect(await ask('Hello', () => ({ status, body: 'secret words' }))).toContain(`status ${status}`);
    expect(service.asked).toHaveLength(1);
  });

  it.each([408, 429, 500, 503])(
    'is asked three times at most after %d, and waits as long as it says',
    async (status) => {
      const clock = createFakeClock();
      service = await serve(() => ({ status, headers: { 'retry-after': '1' }, body: '' }));
      const outcome = askService('Hello', clock);
      while (service.asked.length < 3 || clock.pending > 1) {
        await new Promise(setImmediate);
        if (clock.pending > 1) clock.advance(1_100);
      }
      expect(await outcome).toContain(`status ${status}`);
      expect(service.asked).toHaveLength(3);
    },
  );

  it.each(['https://a.example/v1/moderations?x=1', 'nonsense'])(
    'has no address such as %s',
    async (baseUrl) => {
      service = await serve(honest);
      expect(() => createOpenAiModerator({ apiKey: KEY, baseUrl })).toThrow(TypeError);
    },
  );
});
