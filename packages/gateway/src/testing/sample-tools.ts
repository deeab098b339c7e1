/** Tools that a test plays: what they were called with, and when they give. */
import type { Tool, ToolContext } from '../tools/tool.ts';

export interface PlayedCall {
  input: unknown;
  context: ToolContext;
  give: (output: unknown) => void;
  fail: (error: unknown) => void;
}

export interface PlayedTool extends Tool {
  /** The next call that was not taken yet. */
  next(): Promise<PlayedCall>;
  /** How often it was called. */
  readonly count: number;
}

/** Takes `{ city: text }` and gives when the test says so; it ignores its signal, as careless handlers do. */
export function createPlayedTool(more: Partial<Tool> = {}): PlayedTool {
  const calls: PlayedCall[] = [];
  const waiting: ((call: PlayedCall) => void)[] = [];
  let count = 0;
  return {
    name: 'weather',
    description: 'Says the weather of a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string', minLength: 1 } },
      required: ['city'],
      additionalProperties: false,
    },
    ...more,
    get count() {
      return count;
    },
    next: () =>
      new Promise((resolve) => {
        const call = calls.shift();
        if (call === undefined) waiting.push(resolve);
        else resolve(call);
      }),
    handler: (input, context) =>
      new Promise((resolve, reject) => {
        count += 1;
        const call: PlayedCall = { input, context, give: resolve, fail: reject };
        const taker = waiting.shift();
        if (taker === undefined) calls.push(call);
        else taker(call);
      }),
  };
}
