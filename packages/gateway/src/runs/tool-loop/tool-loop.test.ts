import { ChatError } from '@rivulet/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { createScriptedTool } from '../../testing/scripted-tool.ts';
import { emitToolCall, CALL, toolResultsIn, ToolHarness } from '../../testing/tool-harness.ts';

let harness: ToolHarness;
afterEach(() => harness.nodes.stop());

describe('a model that calls a tool', () => {
  it('receives the output, and continues in the same answer and the same run', async () => {
    const tool = createScriptedTool();
    harness = await ToolHarness.open({ tools: [tool] });
    void harness.sendMessage();
    const first = await harness.scene();
    expect(first.request.tools).toEqual([
      { name: tool.name, description: tool.description, parameters: tool.parameters },
    ]);
    first.emitText('Let me look. ');
    emitToolCall(first);
    first.finish('tool');
    const { input, context, resolve: give } = await tool.next();
    await harness.waitForState('called');
    expect([input, context]).toMatchObject([
      { city: 'Oslo' },
      { conversationId: harness.conversationId, callId: harness.callId },
    ]);
    give({ sky: 'clear' });
    const second = await harness.scene();
    expect(second.request.messages).toEqual([
      { role: 'user', text: 'Weather?' },
      {
        role: 'assistant',
        text: 'Let me look. ',
        calls: [{ ...CALL, callId: harness.callId, input: '{"city":"Oslo"}' }],
      },
      { role: 'tool', callId: harness.callId, text: '{"sky":"clear"}' },
    ]);
    second.emitText('It is clear.');
    second.finish();
    expect(await harness.client.received('run-finished')).toMatchObject({
      reason: 'stop',
      usage: { inputTokens: 2, outputTokens: 2 },
    });
    expect(harness.ends).toHaveLength(1);
    expect(harness.client.view?.conversation.messages.at(-1)?.parts).toMatchObject([
      { type: 'text', text: 'Let me look. ' },
      { type: 'tool', state: 'finished', input: { city: 'Oslo' }, output: { sky: 'clear' } },
      { type: 'text', text: 'It is clear.' },
    ]);
  });

  it('may call several tools at once: the answer continues when the last one has finished', async () => {
    const [weather, time] = [createScriptedTool(), createScriptedTool({ name: 'time' })];
    harness = await ToolHarness.open({ tools: [weather, time] });
    void harness.sendMessage();
    const first = await harness.scene();
    emitToolCall(first);
    emitToolCall(first, { city: 'Rome' }, { callId: 'call-2', name: 'time' });
    first.finish('tool');
    (await time.next()).resolve('noon');
    (await weather.next()).resolve('rain');
    const second = await harness.scene();
    expect(toolResultsIn(second)).toEqual(['rain', 'noon']);
    second.finish();
    expect(await harness.reason()).toBe('stop');
  });

  it('has the earlier outputs in the context of its next answer, and every call has a unique id', async () => {
    const tool = createScriptedTool();
    harness = await ToolHarness.open({ tools: [tool] });
    for (const output of ['first', 'second']) {
      void harness.sendMessage();
      const scene = await harness.scene();
      emitToolCall(scene);
      scene.finish('tool');
      (await tool.next()).resolve(output);
      const last = await harness.scene();
      last.emitText('Done.');
      last.finish();
      await harness.client.until(() => harness.ends.length === (output === 'first' ? 1 : 2));
      if (output === 'second') expect(toolResultsIn(last)).toEqual(['first', 'second']);
    }
    const ids = harness.client.view?.conversation.messages.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === 'tool' ? [part.callId] : [])),
    );
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['an input that is not JSON', '{"city":', 'weather', /not JSON/],
    [
      'an input that is nested too deeply',
      `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
      'weather',
      /too deep/,
    ],
    ['an input that does not match the schema', { city: 7 }, 'weather', /does not fit.*city/],
    ['an input with an unknown property', { city: 'Oslo', admin: true }, 'weather', /does not fit/],
    ['an unknown tool', {}, 'levitate', /no tool levitate/],
  ])('receives an error for %s, and the tool is not called', async (_case, input, name, message) => {
    const tool = createScriptedTool();
    harness = await ToolHarness.open({ tools: [tool] });
    void harness.sendMessage();
    const first = await harness.scene();
    emitToolCall(first, input, { callId: 'call-1', name });
    first.finish('tool');
    const second = await harness.scene();
    expect(toolResultsIn(second)).toEqual([{ error: expect.stringMatching(message) as unknown }]);
    second.finish();
    await harness.reason();
    expect([harness.part?.state, tool.count]).toEqual(['failed', 0]);
  });

  it.each([
    ['an unexpected error', new Error('password hunter2 at db.internal'), { error: 'The tool failed.' }],
    ['a ChatError', new ChatError('not-found', { message: 'No such city.' }), { error: 'No such city.' }],
  ])(
    'continues when a tool fails with %s, and no internal error text is shown',
    async (_case, error, result) => {
      const tool = createScriptedTool();
      harness = await ToolHarness.open({ tools: [tool] });
      void harness.sendMessage();
      const first = await harness.scene();
      emitToolCall(first);
      first.finish('tool');
      (await tool.next()).reject(error);
      const second = await harness.scene();
      expect(toolResultsIn(second)).toEqual([result]);
      second.finish();
      expect(await harness.reason()).toBe('stop');
      expect(harness.part).toMatchObject({ state: 'failed', error: { message: result.error } });
      expect(JSON.stringify(harness.client.events)).not.toContain('hunter2');
    },
  );

  it.each([
    ['an output that is not JSON', () => 1n],
    ['an output that is too large', () => 'x'.repeat(40_000)],
    [
      'a synchronous error',
      () => {
        throw new TypeError('at once');
      },
    ],
  ])('continues when a tool fails because of %s', async (_case, handler) => {
    harness = await ToolHarness.open({
      tools: [createScriptedTool({ handler })].map((tool) => ({ ...tool, handler })),
    });
    void harness.sendMessage();
    const first = await harness.scene();
    emitToolCall(first);
    first.finish('tool');
    (await harness.scene()).finish();
    expect(await harness.reason()).toBe('stop');
    expect(harness.part?.state).toBe('failed');
  });

  it('must answer after the maximum number of rounds, and the run fails when it still calls tools', async () => {
    const handler = () => 'again';
    harness = await ToolHarness.open(
      { tools: [{ ...createScriptedTool(), handler }] },
      { limits: { maxToolRounds: 2 } },
    );
    void harness.sendMessage();
    const choices: unknown[] = [];
    for (const id of ['a', 'b', 'c']) {
      const scene = await harness.scene();
      choices.push(scene.request.toolChoice);
      emitToolCall(scene, undefined, { ...CALL, callId: id });
      scene.finish('tool');
    }
    expect(await harness.client.received('run-finished')).toMatchObject({
      reason: 'error',
      error: { code: 'upstream-failed' },
      usage: { inputTokens: 3 },
    });
    expect(choices).toEqual(['auto', 'auto', 'none']);
  });
});
