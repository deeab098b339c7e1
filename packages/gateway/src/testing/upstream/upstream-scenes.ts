/**
 * The scenes of the scripted upstream. A scene is one scripted behaviour; a request selects it in the question or the model name
 * as `[[name]]`, or `[[name:7]]` with an argument.
 */

/** A request and the actions with which a scene responds to it. After the client has disconnected, actions have no effect. */
export interface SceneResponse {
  /** The text of the last user message. */
  question: string;
  /** The tool results at the end of the request; empty when the last message is not a tool result. */
  results: readonly string[];
  /** The number in `[[name:7]]`. */
  argument: number | undefined;
  /** The origin of the upstream. */
  origin: string;
  /** Whether the client has requested the token usage. */
  usage: 'wanted' | 'unwanted';
  /** Sends a complete response that is not a stream. */
  respond: (status: number, body: unknown, headers?: Record<string, string>) => void;
  /** Sends the headers of a stream. The first chunk also does this. */
  sendHeaders(): void;
  /** Sends one chunk with this delta, in the words of chat completions. */
  sendDelta(delta: Record<string, unknown>): Promise<void>;
  /** Sends one `data:` line with any content. */
  sendData(text: string): Promise<void>;
  /** Waits until `/control/release` or `Upstream.release` lets the request continue. */
  waitForRelease(): Promise<void>;
  /** Waits in real time, for screenshots and demonstrations. Tests use `waitForRelease`. */
  pause(delayMs: number): Promise<void>;
  /** Sends the finish reason, in the words of chat completions, and nothing after it. */
  sendFinishReason(reason?: string): Promise<void>;
  /** Sends the finish reason, the usage if it is wanted, and `[DONE]`, and ends the response. */
  finish(reason?: string): Promise<void>;
  /** Ends the response without sending anything more. */
  end(): void;
  /** Resets the TCP connection. */
  reset(): void;
}

/** Plays one scripted behaviour. */
type Scene = (response: SceneResponse) => Promise<void> | void;

/** Splits a text into deltas of at most six characters and the white space before them. */
export function splitDeltas(text: string): string[] {
  return text.match(/\s*\S{1,6}/gu) ?? [];
}

/** The response of the scene `echo`: Markdown that repeats the question. */
export const echo = (question: string): string =>
  [
    `You asked: **${question.replaceAll(/\[\[.*?\]\]/g, '').trim() || 'nothing'}**`,
    '- first, the *scripted* upstream says that it has understood',
    '- then it shows `code`:',
    '```ts\nconst answer = 42;\n```',
    'That was the whole answer.',
  ].join('\n\n');

async function sendText(response: SceneResponse, text: string): Promise<void> {
  for (const content of splitDeltas(text)) await response.sendDelta({ content });
}

/** Sends one delta per interval and a regular end. The argument is the interval in milliseconds. */
async function sendPaced(response: SceneResponse, deltas: readonly string[], defaultMs: number) {
  for (const content of deltas) {
    await response.pause(response.argument ?? defaultMs);
    await response.sendDelta({ content });
  }
  await response.finish();
}

const PARAGRAPH =
  'A long answer has many paragraphs. Each has some **bold words**, a bit of `code` and a [link](https://example.com), so that a renderer has work to do.\n\n';

/** The deltas of the scene `numbers`. */
const NUMBERS = Array.from({ length: 100 }, (_, index) => `${index + 1} `);

const SHOWCASE = [
  'Three things, as *Markdown*:',
  '| Port | Depth |\n| --- | ---: |\n| Oslo | 11 m |\n| Bergen | 12 m |',
  '1. a [link](https://example.com/harbour)\n2. a list\n   - within a list',
  '```ts\nconst depth: number = 11;\n```',
].join('\n\n');

const errorBody = (message: string, code: string | null, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
});

/** A text in the upstream's errors that may appear neither in the wire protocol nor in a log above the level trace. */
export const SECRET_WORDS = 'the-upstream-quotes-your-prompt';

const STATUSES: Record<number, [code: string | null, type: string]> = {
  400: [null, 'invalid_request_error'],
  401: ['invalid_api_key', 'invalid_request_error'],
  403: ['unsupported_country_region_territory', 'request_forbidden'],
  404: ['model_not_found', 'invalid_request_error'],
  429: ['rate_limit_exceeded', 'requests'],
};

function errorScene(status: number): Scene {
  const [code, type] = STATUSES[status] ?? [null, 'server_error'];
  return ({ respond, argument }) => {
    const retry = argument === undefined ? {} : { 'retry-after': String(argument) };
    respond(status, errorBody(`${status}: ${SECRET_WORDS}`, code, type), retry);
  };
}

/** Sends these deltas and a regular end. */
const sends =
  (...deltas: Record<string, unknown>[]): Scene =>
  async (response) => {
    for (const delta of deltas) await response.sendDelta(delta);
    await response.finish();
  };

const SCENES: Record<string, Scene> = {
  echo: async (response) => {
    await sendText(response, echo(response.question));
    await response.finish();
  },
  /** A table, a list and code, then, after one release, the last sentence. */
  showcase: async (response) => {
    await sendText(response, SHOWCASE);
    await response.waitForRelease();
    await sendText(response, '\n\nThat was **everything**.');
    await response.finish();
  },
  /** Some text, then a regular end without a finish reason. */
  truncate: async (response) => {
    await sendText(response, 'This answer breaks off in the');
    response.end();
  },
  'done-only': async (response) => {
    await sendText(response, 'This one says that it is done, but');
    await response.sendData('[DONE]');
    response.end();
  },
  empty: (response) => {
    response.sendHeaders();
    response.end();
  },
  'no-done': async (response) => {
    await response.sendDelta({ content: 'whole' });
    await response.sendFinishReason();
    response.end();
  },
  /** A complete answer whose response is never ended. */
  'hang-done': async (response) => {
    await response.sendDelta({ content: 'whole' });
    await response.sendFinishReason();
    await response.sendData('[DONE]');
    await response.waitForRelease();
    response.end();
  },
  /** One event of more than 8 Mi characters. */
  'endless-event': async (response) => {
    await response.sendData('x'.repeat(17 * 2 ** 20));
    response.end();
  },
  quota: ({ respond }) => {
    respond(429, errorBody(SECRET_WORDS, 'insufficient_quota', 'insufficient_quota'));
  },
  context: ({ respond }) => {
    respond(400, errorBody(SECRET_WORDS, 'context_length_exceeded'));
  },
  policy: ({ respond }) => {
    respond(400, errorBody(SECRET_WORDS, 'content_policy_violation'));
  },
  /** Redirects to another name of this host. */
  redirect: ({ respond, origin }) => {
    respond(307, {}, { location: `${origin.replace('127.0.0.1', 'localhost')}/v1/chat/completions` });
  },
  html: ({ respond }) => {
    respond(200, '<!doctype html><title>a proxy</title>', { 'content-type': 'text/html' });
  },
  garbage: async (response) => {
    await response.sendDelta({ content: 'so far ' });
    await response.sendData('{"choices":[{"delta":{"content":');
    response.end();
  },
  'error-chunk': async (response) => {
    await sendText(response, 'This goes well until');
    await response.sendData(JSON.stringify(errorBody(SECRET_WORDS, null, 'server_error')));
    response.end();
  },
  reset: async (response) => {
    await sendText(response, 'The connection will be gone');
    response.reset();
  },
  'reset-headers': (response) => {
    response.reset();
  },
  /** Sends nothing until it is released. */
  'hang-headers': async (response) => {
    await response.waitForRelease();
    await SCENES.echo?.(response);
  },
  /** Sends the headers, then nothing until it is released. */
  'hang-first': async (response) => {
    response.sendHeaders();
    await response.waitForRelease();
    await SCENES.echo?.(response);
  },
  /** Sends half a sentence, then nothing until it is released. */
  'hang-mid': async (response) => {
    await sendText(response, 'The first half of a sentence');
    await response.waitForRelease();
    await sendText(response, ' and the second half.');
    await response.finish();
  },
  /** Sends as many deltas as the argument says (default 1), then one for each release. */
  slow: async (response) => {
    const pieces = splitDeltas(echo(response.question));
    for (const [index, content] of pieces.entries()) {
      if (index >= (response.argument ?? 1)) await response.waitForRelease();
      await response.sendDelta({ content });
    }
    await response.finish();
  },
  /** Sends as many plain words as the argument says (default 10), one for each release, so that texts can be compared exactly. */
  words: async (response) => {
    response.sendHeaders();
    for (let number = 1; number <= (response.argument ?? 10); number += 1) {
      await response.waitForRelease();
      await response.sendDelta({ content: `word${number} ` });
    }
    await response.finish();
  },
  /** Sends one delta per interval; the argument is the interval in milliseconds (default 20). */
  pace: (response) =>
    sendPaced(response, splitDeltas(echo(response.question) + '\n\n' + PARAGRAPH.repeat(10)), 20),
  /** Sends numbers, in which one sees what is missing, repeated or out of order; the argument is the interval (default 0). */
  numbers: (response) => sendPaced(response, NUMBERS, 0),
  /** Sends as many kilobytes as the argument says (default 20), as fast as the client reads. */
  long: async (response) => {
    const bytes = (response.argument ?? 20) * 1_000;
    await sendText(response, PARAGRAPH.repeat(Math.ceil(bytes / PARAGRAPH.length)).slice(0, bytes));
    await response.finish();
  },
  /** Deltas that are cut within surrogate pairs; the last one ends with half a pair. */
  emoji: async (response) => {
    for (const content of ['Look: \ud83d', '\ude00 and \ud83d', '\udc4d', '!', '\ud83c'])
      await response.sendDelta({ content });
    await response.finish();
  },
  reasoning: sends({ reasoning_content: 'Let me ' }, { reasoning: 'think.' }, { content: 'Done thinking.' }),
  /** Reasoning between tags in the content, which are cut. */
  'think-tags': sends(
    ...['<th', 'ink>\na secret', ' plan</thi', 'nk>\n\nThe', ' answer.'].map((content) => ({ content })),
  ),
  /** Reasoning that only ends with a tag; the end waits for a release. */
  'think-end': async (response) => {
    await response.sendDelta({ content: 'a secret plan\n' });
    await response.waitForRelease();
    await sends({ content: '</think>\n\nThe answer.' })(response);
  },
  'no-content': sends({ role: 'assistant', content: '' }),
  blank: sends({ content: '\n \n' }),
  'only-reasoning': sends({ reasoning_content: 'What to say?' }),
  'only-think-tags': sends({ content: '<think>What to say?' }),
  /** Calls a tool, and has nothing to say about its output. */
  'tool-only': async (response) => {
    const call = { index: 0, id: 'call-a', type: 'function', function: { name: 'weather', arguments: '{}' } };
    if (response.results.length === 0) await response.sendDelta({ tool_calls: [call] });
    await response.finish(response.results.length === 0 ? 'tool_calls' : 'stop');
  },
  /** Calls two tools at once; when the request contains their results, repeats them. */
  tools: async (response) => {
    if (response.results.length > 0) {
      await sendText(response, `The tools gave ${response.results.join(' and ')}.`);
      await response.finish();
      return;
    }
    const call = (index: number, rest: object) => response.sendDelta({ tool_calls: [{ index, ...rest }] });
    await call(0, { id: 'call-a', type: 'function', function: { name: 'weather', arguments: '' } });
    await call(0, { function: { arguments: '{"city":' } });
    await call(0, { function: { arguments: '"Oslo"}' } });
    await call(1, { id: 'call-b', type: 'function', function: { name: 'time', arguments: '{}' } });
    await response.finish('tool_calls');
  },
  refusal: async (response) => {
    await response.sendDelta({ refusal: 'I cannot help with that.' });
    await response.finish();
  },
  blocked: async (response) => {
    await response.sendDelta({ content: 'Well' });
    await response.finish('content_filter');
  },
  length: async (response) => {
    await response.sendDelta({ content: 'Too lo' });
    await response.finish('length');
  },
};

/** The scene that a request selects. */
export interface SceneChoice {
  /** The name in the request, also when no scene has this name. */
  name: string;
  argument: number | undefined;
  play: Scene;
}

/**
 * Selects the scene by the question, else by the model name. A status code from 400 to 599 is an error response; an unknown name
 * selects `echo`.
 */
export function chooseScene(question: string, model: string): SceneChoice {
  // The last one of a question: one that was not answered precedes it in the same message.
  const named = [...`${model} ${question}`.matchAll(/\[\[([\w-]+)(?::(\d+))?\]\]/g)].at(-1);
  const [, name = 'echo', argument] = named ?? [];
  const known = Object.hasOwn(SCENES, name) ? SCENES[name] : SCENES.echo;
  const play = /^[45]\d\d$/.test(name) ? errorScene(Number(name)) : known;
  return {
    name,
    argument: argument === undefined ? undefined : Number(argument),
    play: play ?? errorScene(500),
  };
}
