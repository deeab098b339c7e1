/** What the scripted upstream can do: one function for each behaviour, named in the question as `[[name]]` or `[[name:7]]`. */

/** One request, as a scene acts on it. After the client has gone every step does nothing. */
export interface SceneResponse {
  question: string;
  /** What the tools gave that this request brings; empty when the last word is the visitor's. */
  results: readonly string[];
  /** The number in `[[name:7]]`. */
  argument: number | undefined;
  /** The server's own origin. */
  origin: string;
  usage: 'wanted' | 'unwanted';
  /** Answers without a stream. */
  refuse: (status: number, body: unknown, headers?: Record<string, string>) => void;
  /** Sends the headers of a stream; the first chunk does it as well. */
  begin(): void;
  /** Sends one chunk with this delta. */
  say(delta: Record<string, unknown>): Promise<void>;
  /** Sends one raw `data:` line. */
  line(text: string): Promise<void>;
  /** Waits for one permit of /control/release. */
  gate(): Promise<void>;
  /** Real time, for screenshots and people; tests use the gate. */
  pause(delayMs: number): Promise<void>;
  /** Sends the finish reason, the usage when it is wanted, and [DONE]; and ends. */
  finish(reason?: string): Promise<void>;
  /** Ends the body with nothing more. */
  end(): void;
  /** Resets the connection. */
  reset(): void;
}

type Scene = (response: SceneResponse) => Promise<void> | void;

/** Piece by piece, as a model would: words of varied length. */
export function splitWords(text: string): string[] {
  return text.match(/\s*\S{1,6}/gu) ?? [];
}

export const echo = (question: string): string =>
  [
    `You asked: **${question.replaceAll(/\[\[.*?\]\]/g, '').trim() || 'nothing'}**`,
    '- first, the *scripted* upstream says that it has understood',
    '- then it shows `code`:',
    '```ts\nconst answer = 42;\n```',
    'That was the whole answer.',
  ].join('\n\n');

async function sayAll(response: SceneResponse, text: string): Promise<void> {
  for (const content of splitWords(text)) await response.say({ content });
}

const PARAGRAPH =
  'A long answer has many paragraphs. Each has some **bold words**, a bit of `code` and a [link](https://example.com), so that a renderer has work to do.\n\n';

const SHOWCASE = [
  'Three things, as *Markdown*:',
  '| Port | Depth |\n| --- | ---: |\n| Oslo | 11 m |\n| Bergen | 12 m |',
  '1. a [link](https://example.com/harbour)\n2. a list\n   - within a list',
  '```ts\nconst depth: number = 11;\n```',
].join('\n\n');

const errorBody = (message: string, code: string | null, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
});

/** Words that no visitor and no log above trace may see. */
export const SECRET_WORDS = 'the-upstream-quotes-your-prompt';

const STATUSES: Record<number, [code: string | null, type: string]> = {
  400: [null, 'invalid_request_error'],
  401: ['invalid_api_key', 'invalid_request_error'],
  403: ['unsupported_country_region_territory', 'request_forbidden'],
  404: ['model_not_found', 'invalid_request_error'],
  429: ['rate_limit_exceeded', 'requests'],
};

function refuseWith(status: number): Scene {
  const [code, type] = STATUSES[status] ?? [null, 'server_error'];
  return ({ refuse, argument }) => {
    const retry = argument === undefined ? {} : { 'retry-after': String(argument) };
    refuse(status, errorBody(`${status}: ${SECRET_WORDS}`, code, type), retry);
  };
}

const NAMED: Record<string, Scene> = {
  echo: async (response) => {
    await sayAll(response, echo(response.question));
    await response.finish();
  },
  /** A table, a list and code; then one gate, and the last sentence. */
  showcase: async (response) => {
    await sayAll(response, SHOWCASE);
    await response.gate();
    await sayAll(response, '\n\nThat was **everything**.');
    await response.finish();
  },
  /** Some text, then a clean end with no finish reason. */
  truncate: async (response) => {
    await sayAll(response, 'This answer breaks off in the');
    response.end();
  },
  'done-only': async (response) => {
    await sayAll(response, 'This one says that it is done, but');
    await response.line('[DONE]');
    response.end();
  },
  empty: (response) => {
    response.begin();
    response.end();
  },
  'no-done': async (response) => {
    await response.say({ content: 'whole' });
    await response.line(JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
    response.end();
  },
  quota: ({ refuse }) => {
    refuse(429, errorBody(SECRET_WORDS, 'insufficient_quota', 'insufficient_quota'));
  },
  context: ({ refuse }) => {
    refuse(400, errorBody(SECRET_WORDS, 'context_length_exceeded'));
  },
  policy: ({ refuse }) => {
    refuse(400, errorBody(SECRET_WORDS, 'content_policy_violation'));
  },
  /** Sends everything to another name of this host. */
  redirect: ({ refuse, origin }) => {
    refuse(307, {}, { location: `${origin.replace('127.0.0.1', 'localhost')}/v1/chat/completions` });
  },
  html: ({ refuse }) => {
    refuse(200, '<!doctype html><title>a proxy</title>', { 'content-type': 'text/html' });
  },
  garbage: async (response) => {
    await response.say({ content: 'so far ' });
    await response.line('{"choices":[{"delta":{"content":');
    response.end();
  },
  'error-chunk': async (response) => {
    await sayAll(response, 'This goes well until');
    await response.line(JSON.stringify(errorBody(SECRET_WORDS, null, 'server_error')));
    response.end();
  },
  reset: async (response) => {
    await sayAll(response, 'The connection will be gone');
    response.reset();
  },
  'reset-headers': (response) => {
    response.reset();
  },
  /** Nothing at all until it is released. */
  'hang-headers': async (response) => {
    await response.gate();
    await NAMED.echo?.(response);
  },
  /** Headers, then nothing until it is released. */
  'hang-first': async (response) => {
    response.begin();
    await response.gate();
    await NAMED.echo?.(response);
  },
  /** Half a sentence, then nothing until it is released. */
  'hang-mid': async (response) => {
    await sayAll(response, 'The first half of a sentence');
    await response.gate();
    await sayAll(response, ' and the second half.');
    await response.finish();
  },
  /** As many pieces as the argument says (one), then one a permit. */
  slow: async (response) => {
    const pieces = splitWords(echo(response.question));
    for (const [index, content] of pieces.entries()) {
      if (index >= (response.argument ?? 1)) await response.gate();
      await response.say({ content });
    }
    await response.finish();
  },
  /** So many plain words (10), one a permit: what is shown can be compared with what is stored, letter by letter. */
  words: async (response) => {
    response.begin();
    for (let number = 1; number <= (response.argument ?? 10); number += 1) {
      await response.gate();
      await response.say({ content: `word${number} ` });
    }
    await response.finish();
  },
  /** One piece each so many milliseconds (20). */
  pace: async (response) => {
    for (const content of splitWords(echo(response.question) + '\n\n' + PARAGRAPH.repeat(10))) {
      await response.pause(response.argument ?? 20);
      await response.say({ content });
    }
    await response.finish();
  },
  /** So many kilobytes (20), as fast as they are read. */
  long: async (response) => {
    const bytes = (response.argument ?? 20) * 1_000;
    await sayAll(response, PARAGRAPH.repeat(Math.ceil(bytes / PARAGRAPH.length)).slice(0, bytes));
    await response.finish();
  },
  /** Cut within surrogate pairs, and ending in half of one. */
  emoji: async (response) => {
    for (const content of ['Look: \ud83d', '\ude00 and \ud83d', '\udc4d', '!', '\ud83c'])
      await response.say({ content });
    await response.finish();
  },
  reasoning: async (response) => {
    await response.say({ reasoning_content: 'Let me ' });
    await response.say({ reasoning: 'think.' });
    await response.say({ content: 'Done thinking.' });
    await response.finish();
  },
  /** Calls two tools at once, and says what they gave. */
  tools: async (response) => {
    if (response.results.length > 0) {
      await sayAll(response, `The tools gave ${response.results.join(' and ')}.`);
      await response.finish();
      return;
    }
    const call = (index: number, rest: object) => response.say({ tool_calls: [{ index, ...rest }] });
    await call(0, { id: 'call-a', type: 'function', function: { name: 'weather', arguments: '' } });
    await call(0, { function: { arguments: '{"city":' } });
    await call(0, { function: { arguments: '"Oslo"}' } });
    await call(1, { id: 'call-b', type: 'function', function: { name: 'time', arguments: '{}' } });
    await response.finish('tool_calls');
  },
  refusal: async (response) => {
    await response.say({ refusal: 'I cannot help with that.' });
    await response.finish();
  },
  blocked: async (response) => {
    await response.say({ content: 'Well' });
    await response.finish('content_filter');
  },
  length: async (response) => {
    await response.say({ content: 'Too lo' });
    await response.finish('length');
  },
};

export interface SceneChoice {
  name: string;
  argument: number | undefined;
  play: Scene;
}

/** By the question, else by the model's name; an unknown name echoes. */
export function chooseScene(question: string, model: string): SceneChoice {
  const [, name = 'echo', argument] = /\[\[([\w-]+)(?::(\d+))?\]\]/.exec(`${question} ${model}`) ?? [];
  const known = Object.hasOwn(NAMED, name) ? NAMED[name] : NAMED.echo;
  const play = /^[45]\d\d$/.test(name) ? refuseWith(Number(name)) : known;
  return {
    name,
    argument: argument === undefined ? undefined : Number(argument),
    play: play ?? refuseWith(500),
  };
}
