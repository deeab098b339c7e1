/** The contract of a tool: what a gateway and a model rely on, hostile inputs included. */
import { mintConversationId } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../base/random.ts';
import { checkTools, faultOf } from '../../tools/tool-input.ts';
import type { Tool, ToolContext } from '../../tools/tool.ts';

export interface ToolFixture {
  tool: Tool;
  /** Inputs that fit; the handler is called with each. */
  inputs: readonly unknown[];
  /** Inputs that models write and that must not reach the handler. */
  misfits: readonly unknown[];
}

/** What models send now and then, whatever the schema says. */
const NEVER_FIT: readonly unknown[] = [null, 'text', 7, [], [{}], true];

/** Runs the contract over the tool that `open` gives. */
export function describeTool(name: string, open: () => ToolFixture): void {
  describe(`tool: ${name}`, () => {
    const contextOf = (signal = new AbortController().signal): ToolContext => ({
      signal,
      principal: { id: 'v_1', kind: 'anonymous', siteId: 'demo' },
      conversationId: mintConversationId(randomBytes),
      callId: 'call-1',
    });

    it('can be offered to a model: a proper name, words, a schema of an object that can be read', () => {
      const { tool } = open();
      checkTools([tool]);
      expect(tool.description.length).toBeGreaterThan(10);
      expect(JSON.parse(JSON.stringify(tool.parameters))).toEqual(tool.parameters);
    });

    it('takes the inputs that fit, and gives JSON for each', async () => {
      const { tool, inputs } = open();
      for (const input of inputs) {
        expect(faultOf(tool, input), JSON.stringify(input)).toBeUndefined();
        const output: unknown = await tool.handler(input, contextOf());
        expect(JSON.parse(JSON.stringify(output ?? null))).toEqual(output ?? null);
      }
    });

    it('refuses inputs that do not fit, in words for the model', () => {
      const { tool, misfits } = open();
      for (const input of [...NEVER_FIT, ...misfits])
        expect(faultOf(tool, input), JSON.stringify(input)).toMatch(/\S/);
    });

    it('answers to two calls at the same time as to one after the other', async () => {
      const { tool, inputs } = open();
      const both = await Promise.all(inputs.map((input) => tool.handler(input, contextOf())));
      expect(both).toHaveLength(inputs.length);
    });

    it('ends when its signal has aborted, one way or the other', async () => {
      const { tool, inputs } = open();
      await Promise.allSettled([
        Promise.resolve().then(() => tool.handler(inputs[0], contextOf(AbortSignal.abort()))),
      ]);
    });

    it('decides by the input alone whether a person is asked', async () => {
      const { tool, inputs } = open();
      const { approval = 'never' } = tool;
      if (typeof approval !== 'function') return;
      for (const input of inputs)
        expect(await approval(input, contextOf())).toBe(await approval(structuredClone(input), contextOf()));
    });
  });
}
