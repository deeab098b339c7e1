/** Tool calls that wait for approval, decided about by people at the desk, on the gateway of the run and on another one. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createScriptedTool, type ScriptedTool } from '../testing/scripted-tool.ts';
import { createTwoNodes, ONE_NODE } from '../testing/start-nodes.ts';
import { toolResultsIn, ToolHarness } from '../testing/tool-harness.ts';

let harness: ToolHarness;
let tool: ScriptedTool;
afterEach(() => harness.nodes.stop());

describe.each([ONE_NODE, createTwoNodes()])(
  'a person decides about a tool call: $name',
  { timeout: 30_000 },
  (service) => {
    beforeAll(() => service.prepare(), 60_000);
    afterAll(() => service.dispose(), 60_000);

    const openAsking = async () => {
      tool = createScriptedTool({ approval: 'always' });
      harness = await ToolHarness.open({ tools: [tool], desk: {} }, { service });
      await harness.sendMessageAndCall();
      await harness.waitForState('approval-requested');
    };
    const decide = (decision: 'approve' | 'refuse', by = harness.nodes.other) =>
      by.gateway.desk.decideCall(harness.conversationId, { callId: harness.callId, decision });
    const outcomeOf = async () => {
      const second = await harness.scene();
      second.finish();
      await harness.reason();
      return [toolResultsIn(second), harness.part?.state, tool.count];
    };

    it('an approved call runs once, within the same run', async () => {
      await openAsking();
      await decide('approve');
      (await tool.next()).resolve('clear');
      expect(await outcomeOf()).toEqual([['clear'], 'finished', 1]);
      await expect(decide('approve')).rejects.toMatchObject({ code: 'conflict' });
    });

    it('a refused call never runs, and the model is told', async () => {
      await openAsking();
      await decide('refuse');
      expect(await outcomeOf()).toEqual([[{ error: 'The user refused this call.' }], 'refused', 0]);
    });

    it('of two people who approve at once, and a visitor, one decides, and the call runs once', async () => {
      await openAsking();
      const decided = await Promise.allSettled([
        decide('approve', harness.nodes.first),
        decide('approve', harness.nodes.other),
        harness.sendApproval(),
      ]);
      expect(decided.some(({ status }) => status === 'fulfilled')).toBe(true);
      (await tool.next()).resolve('clear');
      expect(await outcomeOf()).toEqual([['clear'], 'finished', 1]);
    });
  },
);
