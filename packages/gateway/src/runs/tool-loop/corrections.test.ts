import { afterEach, describe, expect, it } from 'vitest';
import { createScriptedTool } from '../../testing/scripted-tool.ts';
import { emitToolCall, CALL, toolResultsIn, ToolHarness } from '../../testing/tool-harness.ts';

let harness: ToolHarness;
afterEach(() => harness.nodes.stop());

/** Has the model make the same call until the run has ended. @returns the number of requests */
async function callUntilTheEnd(...call: [input: unknown, name: string]): Promise<number> {
  const [input, name] = call;
  const ended = harness.client.received('run-finished').then(() => undefined);
  for (let requests = 0; ; requests += 1) {
    const scene = await Promise.race([harness.scene(), ended]);
    if (scene === undefined) return requests;
    emitToolCall(scene, input, { ...CALL, name });
    scene.finish('tool');
  }
}

describe('a model that goes on calling what cannot be performed', () => {
  it('is corrected once when it calls a tool that nobody offered', async () => {
    harness = await ToolHarness.open({ tools: [createScriptedTool()] });
    void harness.sendMessage();
    expect(await callUntilTheEnd({}, 'root_shell')).toBe(2);
    expect(harness.ends).toMatchObject([{ reason: 'error', error: { code: 'upstream-failed' } }]);
    expect(harness.part).toMatchObject({ state: 'failed', error: { code: 'not-found' } });
  });

  it('is corrected three times when its inputs cannot be read', async () => {
    harness = await ToolHarness.open({ tools: [createScriptedTool()] });
    void harness.sendMessage();
    expect(await callUntilTheEnd('{"city":', CALL.name)).toBe(4);
    expect(harness.ends).toMatchObject([{ reason: 'error' }]);
  });

  it('may answer after the correction', async () => {
    harness = await ToolHarness.open({ tools: [createScriptedTool()] });
    void harness.sendMessage();
    const first = await harness.scene();
    emitToolCall(first, {}, { ...CALL, name: 'weathr' });
    first.finish('tool');
    const second = await harness.scene();
    expect(toolResultsIn(second)).toMatchObject([
      { error: expect.stringContaining('no tool weathr') as string },
    ]);
    second.emitText('Sorry.');
    second.finish();
    expect(await harness.reason()).toBe('stop');
  });
});

describe('a call that its answer cut off', () => {
  it.each(['length', 'blocked'] as const)('has failed when the answer ends as %s', async (reason) => {
    harness = await ToolHarness.open({ tools: [createScriptedTool()] });
    void harness.sendMessage();
    const scene = await harness.scene();
    emitToolCall(scene, '{"city":');
    scene.finish(reason);
    expect(await harness.reason()).toBe(reason);
    expect(harness.part).toMatchObject({ state: 'failed', error: { code: 'upstream-truncated' } });
  });

  it('has failed when the upstream breaks', async () => {
    harness = await ToolHarness.open({ tools: [createScriptedTool()] });
    void harness.sendMessage();
    const scene = await harness.scene();
    emitToolCall(scene, '{"city":');
    scene.end();
    expect(await harness.reason()).toBe('error');
    expect(harness.part).toMatchObject({ state: 'failed', error: { code: 'upstream-truncated' } });
  });
});
