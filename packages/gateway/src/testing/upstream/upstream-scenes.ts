/** What the scripted upstream can do: one function for each behaviour, named in the question as `[[name]]` or `[[name:7]]`. */

/** One request, as a scene acts on it. After the client has gone every step does nothing. */
export interface Stage {
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

type Scene = (stage: Stage) => Promise<void> | void;

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

async function sayAll(stage: Stage, text: string): Promise<void> {
  for (const content of splitWords(text)) await stage.say({ content });
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
  echo: async (stage) => {
    await sayAll(stage, echo(stage.question));
    await stage.finish();
  },
  /** A table, a list and code; then one gate, and the last sentence. */
  showcase: async (stage) => {
    await sayAll(stage, SHOWCASE);
    await stage.gate();
    await sayAll(stage, '\n\nThat was **everything**.');
    await stage.finish();
  },
  /** Some text, then a clean end with no finish reason. */
  truncate: async (stage) => {
    await sayAll(stage, 'This answer breaks off in the');
    stage.end();
  },
  'done-only': async (stage) => {
    await sayAll(stage, 'This one says that it is done, but');
    await stage.line('[DONE]');
    stage.end();
  },
  empty: (stage) => {
    stage.begin();
    stage.end();
  },
  'no-done': async (stage) => {
    await stage.say({ content: 'whole' });
    await stage.line(JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
    stage.end();
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
  garbage: async (stage) => {
    await stage.say({ content: 'so far ' });
    await stage.line('{"choices":[{"delta":{"content":');
    stage.end();
  },
  'error-chunk': async (stage) => {
    await sayAll(stage, 'This goes well until');
    await stage.line(JSON.stringify(errorBody(SECRET_WORDS, null, 'server_error')));
    stage.end();
  },
  reset: async (stage) => {
    await sayAll(stage, 'The connection will be gone');
    stage.reset();
  },
  'reset-headers': (stage) => {
    stage.reset();
  },
  /** Nothing at all until it is released. */
  'hang-headers': async (stage) => {
    await stage.gate();
    await NAMED.echo?.(stage);
  },
  /** Headers, then nothing until it is released. */
  'hang-first': async (stage) => {
    stage.begin();
    await stage.gate();
    await NAMED.echo?.(stage);
  },
  /** Half a sentence, then nothing until it is released. */
  'hang-mid': async (stage) => {
    await sayAll(stage, 'The first half of a sentence');
    await stage.gate();
    await sayAll(stage, ' and the second half.');
    await stage.finish();
  },
  /** As many pieces as the argument says (one), then one a permit. */
  slow: async (stage) => {
    const pieces = splitWords(echo(stage.question));
    for (const [index, content] of pieces.entries()) {
      if (index >= (stage.argument ?? 1)) await stage.gate();
      await stage.say({ content });
    }
    await stage.finish();
  },
  /** So many plain words (10), one a permit: what is shown can be compared with what is stored, letter by letter. */
  words: async (stage) => {
    stage.begin();
    for (let number = 1; number <= (stage.argument ?? 10); number += 1) {
      await stage.gate();
      await stage.say({ content: `word${number} ` });
    }
    await stage.finish();
  },
  /** One piece each so many milliseconds (20). */
  pace: async (stage) => {
    for (const content of splitWords(echo(stage.question) + '\n\n' + PARAGRAPH.repeat(10))) {
      await stage.pause(stage.argument ?? 20);
      await stage.say({ content });
    }
    await stage.finish();
  },
  /** So many kilobytes (20), as fast as they are read. */
  long: async (stage) => {
    const bytes = (stage.argument ?? 20) * 1_000;
    await sayAll(stage, PARAGRAPH.repeat(Math.ceil(bytes / PARAGRAPH.length)).slice(0, bytes));
    await stage.finish();
  },
  /** Cut within surrogate pairs, and ending in half of one. */
  emoji: async (stage) => {
    for (const content of ['Look: \ud83d', '\ude00 and \ud83d', '\udc4d', '!', '\ud83c'])
      await stage.say({ content });
    await stage.finish();
  },
  reasoning: async (stage) => {
    await stage.say({ reasoning_content: 'Let me ' });
    await stage.say({ reasoning: 'think.' });
    await stage.say({ content: 'Done thinking.' });
    await stage.finish();
  },
  /** Calls two tools at once, and says what they gave. */
  tools: async (stage) => {
    if (stage.results.length > 0) {
      await sayAll(stage, `The tools gave ${stage.results.join(' and ')}.`);
      await stage.finish();
      return;
    }
    const call = (index: number, rest: object) => stage.say({ tool_calls: [{ index, ...rest }] });
    await call(0, { id: 'call-a', type: 'function', function: { name: 'weather', arguments: '' } });
    await call(0, { function: { arguments: '{"city":' } });
    await call(0, { function: { arguments: '"Oslo"}' } });
    await call(1, { id: 'call-b', type: 'function', function: { name: 'time', arguments: '{}' } });
    await stage.finish('tool_calls');
  },
  refusal: async (stage) => {
    await stage.say({ refusal: 'I cannot help with that.' });
    await stage.finish();
  },
  blocked: async (stage) => {
    await stage.say({ content: 'Well' });
    await stage.finish('content_filter');
  },
  length: async (stage) => {
    await stage.say({ content: 'Too lo' });
    await stage.finish('length');
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
