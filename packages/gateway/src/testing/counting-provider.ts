/** A provider for tests whose answers take some turns of the event loop, so that a viewer can come, leave or stop in between. */
import { setImmediate } from 'node:timers/promises';
import type { Provider } from '../providers/provider.ts';

/** @param words how many deltas an answer has: a word with its number, and a character of two code units */
export const createCountingProvider = (words: number): Provider => ({
  name: 'counting',
  async *stream(_request, signal) {
    yield { type: 'response-started' };
    for (let word = 1; word <= words && !signal.aborted; word += 1) {
      await setImmediate();
      yield { type: 'text-delta', text: `${word} 🙂 ` };
    }
    if (!signal.aborted) yield { type: 'finished', reason: 'stop' };
  },
});
