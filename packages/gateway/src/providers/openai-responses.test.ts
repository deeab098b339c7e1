import { describe, expect, it } from 'vitest';
import { collect, textIn } from '../testing/contracts/provider-contract.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createOpenAiResponsesProvider } from './openai-responses.ts';
import type { OpenAiUpstreamOptions } from './openai-options.ts';
import type { ProviderMessage, ProviderRequest } from './provider.ts';
import type { RequestSettings } from './request-settings.ts';

const ENCRYPTED = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' };
const CALL = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'weather', arguments: '{}' };
const MESSAGE = {
  ...{ type: 'message', id: 'msg_1', role: 'assistant', phase: 'final_answer' },
  content: [{ type: 'output_text', text: 'Sunny.' }],
};
const answer = (...output: object[]) =>
  Response.json({
    object: 'response',
    status: 'completed',
    output: output.length === 0 ? [MESSAGE] : output,
  });
const refusal = (message: string, code: string | null = null) =>
  Response.json({ error: { message, type: 'invalid_request_error', code } }, { status: 400 });
const QUESTION: ProviderMessage = { role: 'user', text: 'Hello' };

/** A provider whose upstream gives these answers, the last one again and again, and what was sent to it. */
function scripted(options: Partial<OpenAiUpstreamOptions> = {}, ...answers: Response[]) {
  const sent: { url: string; body: Record<string, unknown> }[] = [];
  const fetch = (url: unknown, init?: RequestInit) => {
    sent.push({ url: String(url), body: JSON.parse(init?.body as string) as Record<string, unknown> });
    const given = answers[Math.min(sent.length, answers.length) - 1] ?? answer();
    return Promise.resolve(given.clone());
  };
  const known = { apiKey: 'k', model: 'gpt-5-mini', baseUrl: 'http://upstream.test/v1', fetch };
  const provider = createOpenAiResponsesProvider({ ...known, ...options });
  const ask = (request: Partial<ProviderRequest> = {}) =>
    collect(provider.stream({ messages: [QUESTION], ...request }, new AbortController().signal));
  return { sent, ask, provider };
}

/** The answer of a round with the metadata of these items, and a question after it. */
async function messagesAfter(...output: object[]): Promise<ProviderMessage[]> {
  const { ask } = scripted({}, answer(...output));
  const events = await ask({ tools: [{ name: 'weather', description: 'w', parameters: {} }] });
  const last = events.at(-1);
  const metadata = last?.type === 'finished' ? last.metadata : undefined;
  const calls = events.flatMap((event) =>
    event.type === 'tool-call-started' ? [{ callId: event.callId, name: event.name, input: '{}' }] : [],
  );
  return [
    QUESTION,
    {
      ...{ role: 'assistant', text: textIn(events) },
      ...(calls.length === 0 ? {} : { calls }),
      ...(metadata === undefined ? {} : { metadata }),
    },
    ...calls.map(({ callId }): ProviderMessage => ({ role: 'tool', callId, text: '"sun"' })),
    QUESTION,
  ];
}
const inputOf = ({ body }: { body: Record<string, unknown> } = { body: {} }) => body.input as object[];

describe('a request to the responses API', () => {
  it('stores nothing at the upstream, and has the instructions, the settings and the tools', async () => {
    const request: RequestSettings = {
      ...{ temperature: 0.3, topP: 0.5, maxTokens: 800, reasoningEffort: 'low' },
      reasoningSummary: 'auto',
      extraBody: { top_logprobs: 1 },
    };
    const { sent, ask } = scripted({ request });
    const tools = [{ name: 'weather', description: 'The weather', parameters: { type: 'object' } }];
    await ask({ messages: [{ role: 'system', text: 'Be kind.' }, QUESTION], tools, toolChoice: 'none' });
    expect(sent).toEqual([
      {
        url: 'http://upstream.test/v1/responses',
        body: {
          ...{ store: false, include: ['reasoning.encrypted_content'], stream: true, model: 'gpt-5-mini' },
          ...{ temperature: 0.3, top_p: 0.5, max_output_tokens: 800, top_logprobs: 1 },
          reasoning: { effort: 'low', summary: 'auto' },
          instructions: 'Be kind.',
          input: [{ role: 'user', content: 'Hello' }],
          tools: [{ type: 'function', ...tools[0], strict: false }],
          tool_choice: 'none',
        },
      },
    ]);
  });

  it.each([
    ['developer', [{ role: 'developer', content: 'Be kind.' }, QUESTION.text]],
    ['user', ['Be kind.\n\nHello']],
  ] as const)('gives the system prompt the role %s', async (systemRole, expected) => {
    const { sent, ask } = scripted({ request: { systemRole } });
    await ask({ messages: [{ role: 'system', text: 'Be kind.' }, QUESTION] });
    const input = expected.map((one) => (typeof one === 'string' ? { role: 'user', content: one } : one));
    expect(sent[0]?.body).toMatchObject({ input });
    expect(sent[0]?.body).not.toHaveProperty('instructions');
  });

  it('embeds images and files', async () => {
    const { sent, ask } = scripted();
    const file = { name: 'a', sizeBytes: 1, bytes: Buffer.from('a') };
    const files = ['image/png', 'application/pdf'].map((mediaType) => ({ ...file, mediaType }));
    await ask({ messages: [{ role: 'user', text: 'Look', files }] });
    expect(inputOf(sent[0])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', image_url: 'data:image/png;base64,YQ==', detail: 'auto' },
          { type: 'input_file', filename: 'a', file_data: 'data:application/pdf;base64,YQ==' },
        ],
      },
    ]);
  });

  it('has the tools of the upstream before those of the gateway', async () => {
    const { sent, ask } = scripted({ request: { builtInTools: [{ type: 'web_search' }] } });
    await ask();
    await ask({ tools: [{ name: 'weather', description: 'w', parameters: {} }] });
    expect(sent.map(({ body }) => body.tools)).toMatchObject([
      [{ type: 'web_search' }],
      [{ type: 'web_search' }, { type: 'function', name: 'weather' }],
    ]);
  });

  it('may store the answer and leave out the encrypted reasoning, when the settings say so', async () => {
    const { sent, ask } = scripted({ request: { extraBody: { store: true, include: [] } } });
    await ask();
    expect(sent[0]?.body).toMatchObject({ store: true, include: [] });
  });
});

describe('an answer that goes back', () => {
  const user = { role: 'user', content: 'Hello' };
  const output = { type: 'function_call_output', call_id: 'call_1', output: '"sun"' };
  const sentCall = { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' };

  it('has its encrypted reasoning in its place, before its message and before its call', async () => {
    const { sent, ask } = scripted();
    await ask({ messages: await messagesAfter(ENCRYPTED, CALL) });
    await ask({ messages: await messagesAfter(ENCRYPTED, MESSAGE) });
    expect(sent.map(inputOf)).toEqual([
      [user, ENCRYPTED, sentCall, output, user],
      [user, ENCRYPTED, { role: 'assistant', content: 'Sunny.', phase: 'final_answer' }, user],
    ]);
  });

  it('has none at another upstream or model', async () => {
    for (const other of [{ baseUrl: 'http://other.test/v1' }, { model: 'o3' }]) {
      const { sent, ask } = scripted(other);
      await ask({ messages: await messagesAfter(ENCRYPTED, CALL) });
      expect(JSON.stringify(sent)).not.toContain('gAAA');
      expect(inputOf(sent[0])[1]).toMatchObject({ type: 'function_call', name: 'weather' });
    }
  });

  it.each([
    ['is not encrypted', [{ ...ENCRYPTED, encrypted_content: null }, MESSAGE]],
    [
      'is followed by a search of the upstream',
      [ENCRYPTED, { type: 'web_search_call', id: 'ws_1' }, MESSAGE],
    ],
    ['is the last item', [MESSAGE, ENCRYPTED]],
  ])('has no reasoning that %s: the upstream would refuse it', async (_case, items) => {
    const { sent, ask } = scripted();
    await ask({ messages: await messagesAfter(...items) });
    expect(inputOf(sent[0])).toEqual([
      user,
      { role: 'assistant', content: 'Sunny.', phase: 'final_answer' },
      user,
    ]);
  });

  it('has no reasoning that has become too large', async () => {
    const { sent, ask } = scripted();
    const large = { ...ENCRYPTED, encrypted_content: 'x'.repeat(256 * 1024) };
    await ask({ messages: await messagesAfter(large, MESSAGE) });
    expect(inputOf(sent[0])).toHaveLength(3);
  });
});

describe('a request that the upstream refuses because of its form', () => {
  it('is repeated without encrypted reasoning for a model that has none, for an hour', async () => {
    const clock = createFakeClock();
    const no = refusal('Encrypted content is not supported with this model.');
    const { sent, ask } = scripted({ clock }, no, answer(), answer(), answer());
    expect(textIn(await ask())).toBe('Sunny.');
    await ask();
    clock.advance(60 * 60_000);
    await ask();
    expect(sent.map(({ body }) => 'include' in body)).toEqual([true, false, false, true]);
  });

  it('is repeated without the reasoning of another organisation', async () => {
    const no = refusal('The encrypted content gAAA could not be verified.', 'invalid_encrypted_content');
    const { sent, ask } = scripted({}, no, answer());
    expect(textIn(await ask({ messages: await messagesAfter(ENCRYPTED, MESSAGE) }))).toBe('Sunny.');
    expect(sent.map((one) => JSON.stringify(one).includes('gAAA'))).toEqual([true, false]);
  });

  it('fails when that does not help, after one repetition', async () => {
    const no = refusal('Encrypted content is not supported with this model.');
    const { sent, ask } = scripted({}, no);
    await expect(ask()).rejects.toMatchObject({ code: 'upstream-unconfigured' });
    expect(sent).toHaveLength(2);
  });
});

describe('a whole response, and a list or lines of events', () => {
  const events = [
    { type: 'response.output_text.delta', output_index: 0, delta: 'Sunny.' },
    { type: 'response.completed', response: { status: 'completed', output: [MESSAGE] } },
  ];
  it.each([
    ['indented', JSON.stringify({ object: 'response', status: 'completed', output: [MESSAGE] }, null, 2)],
    ['wrapped by a relay', JSON.stringify({ code: 0, response: { status: 'completed', output: [MESSAGE] } })],
    ['a list', JSON.stringify(events)],
    ['lines', events.map((event) => `${JSON.stringify(event)}\n`).join('')],
  ])('are read: %s', async (_case, body) => {
    const { ask } = scripted({}, new Response(body));
    expect(textIn(await ask())).toBe('Sunny.');
  });

  it('is a failure when it says so, with the class of its code', async () => {
    const failed = { object: 'response', status: 'failed', output: [] };
    const error = { code: 'rate_limit_exceeded', message: 'slow down' };
    const { ask } = scripted({}, Response.json({ ...failed, error }));
    await expect(ask()).rejects.toMatchObject({ code: 'upstream-rate-limited' });
  });
});
