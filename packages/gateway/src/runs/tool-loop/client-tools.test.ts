import type { ClientTool } from '@rivulet/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { createPlayedTool } from '../../testing/sample-tools.ts';
import { call, resultsIn, ToolStage } from '../../testing/tool-harness.ts';

let stage: ToolStage;
afterEach(() => stage.nodes.stop());

const CLIENT_TOOL: ClientTool = {
  name: 'read_cart',
  description: 'What is in the cart',
  parameters: { type: 'object' },
};

describe('a tool of the page', () => {
  const openCalled = async () => {
    stage = await ToolStage.open({ allowClientTools: true });
    void stage.ask([CLIENT_TOOL]);
    const scene = await stage.scene();
    expect(scene.request.tools).toEqual([CLIENT_TOOL]);
    call(scene, {}, { callId: 'call-1', name: 'read_cart' });
    scene.finish('tool');
    await stage.stateIs('called');
  };
  it('is performed by the page, and any tab of the visitor may say what it gave', async () => {
    await openCalled();
    expect(await stage.giveOutput({ output: { items: 2 } })).toMatchObject({ type: 'accepted' });
    const second = await stage.scene();
    expect(resultsIn(second)).toEqual([{ items: 2 }]);
    second.finish();
    expect(await stage.reason()).toBe('stop');
    expect(await stage.giveOutput({ output: 'again' })).toMatchObject({ error: { code: 'conflict' } });
  });

  it('that failed in the page is told to the model', async () => {
    await openCalled();
    await stage.giveOutput({ error: 'The cart is closed.' });
    const second = await stage.scene();
    expect(resultsIn(second)).toEqual([{ error: 'The cart is closed.' }]);
    second.finish();
    await stage.reason();
  });

  it('is stopped like any other while the page works', async () => {
    await openCalled();
    await stage.abort(stage.client);
    expect(await stage.reason()).toBe('aborted');
  });

  it('is refused where the site does not allow it, or its name is taken', async () => {
    stage = await ToolStage.open({ tools: [createPlayedTool()] });
    expect(await stage.ask([CLIENT_TOOL])).toMatchObject({ error: { code: 'forbidden' } });
    await stage.nodes.stop();
    stage = await ToolStage.open({ tools: [createPlayedTool()], allowClientTools: true });
    const taken = await stage.ask([{ ...CLIENT_TOOL, name: 'weather' }]);
    expect(taken).toMatchObject({ error: { code: 'bad-frame' } });
    const noObject = await stage.ask([{ ...CLIENT_TOOL, parameters: { type: 'string' } }]);
    expect(noObject).toMatchObject({ error: { code: 'bad-frame' } });
  });

  it('cannot answer for a tool of the gateway', async () => {
    const tool = createPlayedTool();
    stage = await ToolStage.open({ tools: [tool], allowClientTools: true });
    void stage.ask();
    const scene = await stage.scene();
    call(scene);
    scene.finish('tool');
    const performed = await tool.next();
    expect(await stage.giveOutput({ output: 'forged' })).toMatchObject({ error: { code: 'conflict' } });
    performed.give('true');
    const second = await stage.scene();
    expect(resultsIn(second)).toEqual(['true']);
    second.finish();
    await stage.reason();
  });
});
