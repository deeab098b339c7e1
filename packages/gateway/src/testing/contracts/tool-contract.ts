/** The contract suite of a `Tool`: what the gateway and a model rely on, including hostile inputs. */
import { mintConversationId } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import { checkTools, faultOf } from '../../tools/tool-input.ts';
import type { Tool, ToolContext } from '../../tools/tool.ts';

/** What the tests need to know about a tool. */
export interface ToolFixture {
  /** The tool under test. */
  tool: Tool;
  /** Valid inputs. The handler is called with each. */
  inputs: readonly unknown[];
  /** Invalid inputs, as a model might write them. They must not reach the handler. */
  misfits: readonly unknown[];
}

/** Invalid for every tool, since parameters are an object. Models send such inputs occasionally. */
const ALWAYS_INVALID: readonly unknown[] = [null, 'text', 7, [], [{}], true];

/** Runs the contract suite. @param open creates the fixture for a test */
export function describeTool(name: string, open: () => ToolFixture): void {
  describe(`tool: ${name}`, () => {
    const contextOf = (signal = new AbortController().signal): ToolContext => ({
      signal,
      principal: { id: 'v_1', kind: 'anonymous', siteId: 'demo' },
      conversationId: mintConversationId(randomBytes),
      callId: 'call-1',
      takeNumbers: () => 1,
    });

    it('can be offered to a model: it has a valid name, a description and an object schema in JSON', () => {
      const { tool } = open();
      checkTools([tool]);
      expect(tool.description.length).toBeGreaterThan(10);
      expect(JSON.parse(JSON.stringify(tool.parameters))).toEqual(tool.parameters);
    });

    it('accepts every valid input and returns JSON for it', async () => {
      const { tool, inputs } = open();
      for (const input of inputs) {
        expect(faultOf(tool, input), JSON.stringify(input)).toBeUndefined();
        const output: unknown = await tool.handler(input, contextOf());
        expect(JSON.parse(JSON.stringify(output ?? null))).toEqual(output ?? null);
      }
    });

    it('refuses every invalid input with an explanation for the model', () => {
      const { tool, misfits } = open();
      for (const input of [...ALWAYS_INVALID, ...misfits])
        expect(faultOf(tool, input), JSON.stringify(input)).toMatch(/\S/);
    });

    it('handles concurrent calls', async () => {
      const { tool, inputs } = open();
      const both = await Promise.all(inputs.map((input) => tool.handler(input, contextOf())));
      expect(both).toHaveLength(inputs.length);
    });

    it('settles when its signal is aborted, with a result or an error', async () => {
      const { tool, inputs } = open();
      await Promise.allSettled([
        Promise.resolve().then(() => tool.handler(inputs[0], contextOf(AbortSignal.abort()))),
      ]);
    });

    it('decides from the input alone whether a call requires approval', async () => {
      const { tool, inputs } = open();
      const { approval = 'never' } = tool;
      if (typeof approval !== 'function') return;
      for (const input of inputs)
        expect(await approval(input, contextOf())).toBe(await approval(structuredClone(input), contextOf()));
    });
  });
}
