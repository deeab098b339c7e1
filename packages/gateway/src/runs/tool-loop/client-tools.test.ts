import type { ClientTool } from '@rivulet/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { createScriptedTool } from '../../testing/scripted-tool.ts';
import { emitToolCall, toolResultsIn, ToolHarness } from '../../testing/tool-harness.ts';

let harness: ToolHarness;
afterEach(() => harness.nodes.stop());

const CLIENT_TOOL: ClientTool = {
  name: 'read_cart',
  description: 'What is in the cart',
  parameters: { type: 'object' },
};

describe('a client tool', () => {
  const openCalled = async () => {
    harness = await ToolHarness.open({ allowClientTools: true });
    void harness.sendMessage([CLIENT_TOOL]);
    const scene = await harness.scene();
    expect(scene.request.tools).toEqual([CLIENT_TOOL]);
    emitToolCall(scene, {}, { callId: 'call-1', name: 'read_cart' });
    scene.finish('tool');
    await harness.waitForState('called');
  };
  it('is performed by the page, and any tab of the visitor may send its output', async () => {
    await openCalled();
    expect(await harness.sendOutput({ output: { items: 2 } })).toMatchObject({ type: 'accepted' });
    const second = await harness.scene();
    expect(toolResultsIn(second)).toEqual([{ items: 2 }]);
    second.finish();
    expect(await harness.reason()).toBe('stop');
    expect(await harness.sendOutput({ output: 'again' })).toMatchObject({ error: { code: 'conflict' } });
  });

  it('that fails in the page is reported to the model', async () => {
    await openCalled();
    await harness.sendOutput({ error: 'The cart is closed.' });
    const second = await harness.scene();
    expect(toolResultsIn(second)).toEqual([{ error: 'The cart is closed.' }]);
    second.finish();
    await harness.reason();
  });

  it('can be stopped while the page performs it', async () => {
    await openCalled();
    await harness.abort(harness.client);
    expect(await harness.reason()).toBe('aborted');
  });

  it('is rejected when the site allows none, its name is taken or its schema is not an object', async () => {
    harness = await ToolHarness.open({ tools: [createScriptedTool()] });
    expect(await harness.sendMessage([CLIENT_TOOL])).toMatchObject({ error: { code: 'forbidden' } });
    await harness.nodes.stop();
    harness = await ToolHarness.open({ tools: [createScriptedTool()], allowClientTools: true });
    const taken = await harness.sendMessage([{ ...CLIENT_TOOL, name: 'weather' }]);
    expect(taken).toMatchObject({ error: { code: 'bad-frame' } });
    const noObject = await harness.sendMessage([{ ...CLIENT_TOOL, parameters: { type: 'string' } }]);
    expect(noObject).toMatchObject({ error: { code: 'bad-frame' } });
  });

  it('cannot provide the output of a gateway tool', async () => {
    const tool = createScriptedTool();
    harness = await ToolHarness.open({ tools: [tool], allowClientTools: true });
    void harness.sendMessage();
    const scene = await harness.scene();
    emitToolCall(scene);
    scene.finish('tool');
    const performed = await tool.next();
    await harness.waitForState('called');
    expect(await harness.sendOutput({ output: 'forged' })).toMatchObject({ error: { code: 'conflict' } });
    performed.resolve('true');
    const second = await harness.scene();
    expect(toolResultsIn(second)).toEqual(['true']);
    second.finish();
    await harness.reason();
  });
});
