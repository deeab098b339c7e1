import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { ProtocolClient } from '../../testing/protocol-client.ts';
import { createScriptedTool, type ScriptedTool } from '../../testing/scripted-tool.ts';
import { createTwoNodes, ONE_NODE } from '../../testing/start-nodes.ts';
import {
  emitToolCall,
  toolResultsIn,
  ToolHarness,
  type ToolHarnessOptions,
} from '../../testing/tool-harness.ts';

let harness: ToolHarness;
afterEach(() => harness.nodes.stop());

/** Starts a run whose first tool call waits for approval. */
async function openAsking(options: ToolHarnessOptions = {}): Promise<ScriptedTool> {
  const tool = createScriptedTool({ approval: 'always' });
  harness = await ToolHarness.open({ tools: [tool] }, options);
  await harness.sendMessageAndCall();
  await harness.waitForState('approval-requested');
  return tool;
}

describe.each([ONE_NODE, createTwoNodes()])('approval: $name', { timeout: 30_000 }, (service) => {
  beforeAll(() => service.prepare(), 60_000);
  afterAll(() => service.dispose(), 60_000);

  it('a request for approval carries the schema of the input, for the fields of the visitor', async () => {
    const tool = await openAsking({ service });
    expect(harness.part).toMatchObject({ type: 'tool', inputSchema: tool.parameters });
    await harness.sendApproval({ decision: 'refuse' });
  });

  it('an approval from another tab performs the call within the same run', async () => {
    const tool = await openAsking({ service });
    expect(tool.count).toBe(0);
    expect(await harness.sendApproval()).toMatchObject({ type: 'accepted' });
    (await tool.next()).resolve('clear');
    const second = await harness.scene();
    expect(toolResultsIn(second)).toEqual(['clear']);
    second.finish();
    expect(await harness.reason()).toBe('stop');
    expect([harness.part?.state, harness.ends.length]).toEqual(['finished', 1]);
  });

  it('a refused call is never performed, stays refused, and the model is informed', async () => {
    const tool = await openAsking({ service });
    await harness.sendApproval({ decision: 'refuse' });
    const second = await harness.scene();
    expect(toolResultsIn(second)).toEqual([{ error: 'The user refused this call.' }]);
    second.finish();
    await harness.reason();
    expect([harness.part?.state, tool.count]).toEqual(['refused', 0]);
  });

  it('an edited call is performed with the edited input, and the model is informed of the edit', async () => {
    const tool = await openAsking({ service });
    const input = { city: 'Bergen' };
    await harness.sendApproval({ input });
    const performed = await tool.next();
    expect(performed.input).toEqual(input);
    performed.resolve('rain');
    const second = await harness.scene();
    expect(toolResultsIn(second)).toMatchObject(
      [{ note: /changed/, input, output: 'rain' }].map((result) => ({
        ...result,
        note: expect.stringMatching(/changed/) as unknown,
      })),
    );
    second.finish();
    await harness.reason();
    expect(harness.part).toMatchObject({ state: 'finished', input });
  });

  it('an edited input that does not match the schema is rejected, and the call still waits for approval', async () => {
    const tool = await openAsking({ service });
    expect(await harness.sendApproval({ input: { city: 7 } })).toMatchObject({
      error: { code: 'bad-frame' },
    });
    expect(harness.part?.state).toBe('approval-requested');
    await harness.sendApproval();
    (await tool.next()).resolve('clear');
    (await harness.scene()).finish();
    expect(await harness.reason()).toBe('stop');
  });

  it('the first decision counts: the same decision again is accepted, a different one is a conflict', async () => {
    const tool = await openAsking({ service });
    await harness.sendApproval();
    await harness.waitForState('approved');
    expect(await harness.sendApproval({}, harness.client)).toMatchObject({ type: 'accepted' });
    expect(await harness.sendApproval({ decision: 'refuse' }, harness.client)).toMatchObject({
      error: { code: 'conflict' },
    });
    (await tool.next()).resolve('clear');
    (await harness.scene()).finish();
    await harness.reason();
    expect(tool.count).toBe(1);
  });

  it('a call waits for approval while there are no viewers, and is shown to a viewer that returns', async () => {
    const tool = await openAsking({ service });
    const { token = '' } = await harness.client.received('welcome');
    await Promise.all([harness.client.cut(), harness.tab.cut()]);
    const { conversationId } = harness;
    harness.client = await ProtocolClient.connect(harness.nodes.other.url, {
      token,
      subscriptions: [{ conversationId }],
    });
    await harness.client.received('synced');
    expect(harness.part?.state).toBe('approval-requested');
    await harness.sendApproval({}, harness.client);
    (await tool.next()).resolve('clear');
    (await harness.scene()).finish();
    expect(await harness.reason()).toBe('stop');
  });

  it('a decision on another visitor’s call, or on an unknown call, is not found', async () => {
    await openAsking({ service });
    const stranger = await ProtocolClient.connect(harness.nodes.other.url);
    expect(await harness.sendApproval({}, stranger)).toMatchObject({ error: { code: 'not-found' } });
    expect(await harness.sendApproval({ callId: 'no-such' })).toMatchObject({ error: { code: 'not-found' } });
  });

  it('a stop while a call waits for approval ends the run at once, and a late approval is a conflict', async () => {
    const tool = await openAsking({ service });
    await harness.abort();
    expect(await harness.reason()).toBe('aborted');
    expect(await harness.sendApproval()).toMatchObject({ error: { code: 'conflict' } });
    expect([tool.count, harness.ends.length]).toEqual([0, 1]);
  });

  it('a stop while the handler works ends the run at once, and the output is discarded', async () => {
    const tool = createScriptedTool();
    harness = await ToolHarness.open({ tools: [tool] }, { service });
    void harness.sendMessage();
    const scene = await harness.scene();
    emitToolCall(scene);
    scene.finish('tool');
    const { context, resolve: give } = await tool.next();
    await harness.abort();
    expect(await harness.reason()).toBe('aborted');
    expect(context.signal.aborted).toBe(true);
    give('late');
    expect(harness.part?.state).toBe('called');
  });
});

describe('a tool with a time limit', () => {
  it('that exceeds it fails, and its late output is discarded', async () => {
    const clock = createFakeClock();
    const tool = createScriptedTool({ timeoutMs: 700 });
    harness = await ToolHarness.open({ tools: [tool] }, { clock });
    void harness.sendMessage();
    const first = await harness.scene();
    emitToolCall(first);
    first.finish('tool');
    const { context, resolve: give } = await tool.next();
    clock.advance(700);
    const second = await harness.scene();
    expect(context.signal.aborted).toBe(true);
    give('late');
    second.finish();
    await harness.reason();
    expect(harness.part).toMatchObject({ state: 'failed', error: { message: 'The tool took too long.' } });
  });

  it('that is not approved in time is not called, and the model is informed', async () => {
    const clock = createFakeClock();
    const tool = await openAsking({ clock, limits: { approvalTimeoutMs: 3_000 } });
    clock.advance(3_000);
    const second = await harness.scene();
    expect(toolResultsIn(second)).toEqual([{ error: 'Nobody approved this call in time.' }]);
    second.finish();
    await harness.reason();
    expect([harness.part?.state, tool.count]).toEqual(['failed', 0]);
  });
});
