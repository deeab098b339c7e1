/** A tool for tests: the test receives each call and decides when and how it settles. */
import type { Tool, ToolContext } from '../tools/tool.ts';

/** One call of the tool's handler. It is pending until the test settles it. */
export interface ScriptedCall {
  input: unknown;
  context: ToolContext;
  /** Resolves the handler's promise with the tool's output. */
  resolve: (output: unknown) => void;
  /** Rejects the handler's promise. */
  reject: (error: unknown) => void;
}

/** A tool whose calls the test settles. */
export interface ScriptedTool extends Tool {
  /** Resolves with the next call that no earlier `next` has returned. */
  next(): Promise<ScriptedCall>;
  /** The number of calls. */
  readonly count: number;
}

/** Creates a tool that accepts `{ city: text }`. The handler ignores its signal, as careless handlers do. */
export function createScriptedTool(more: Partial<Tool> = {}): ScriptedTool {
  const calls: ScriptedCall[] = [];
  const waiting: ((call: ScriptedCall) => void)[] = [];
  let count = 0;
  return {
    name: 'weather',
    description: 'Returns the weather of a city.',
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
        const call: ScriptedCall = { input, context, resolve, reject };
        const receiver = waiting.shift();
        if (receiver === undefined) calls.push(call);
        else receiver(call);
      }),
  };
}
