/** A provider that answers briefly and counts who asked it: the first word of a question is the name of who asks. */
import type { Provider } from '../../providers/provider.ts';

/** What one name has asked. */
export interface Asked {
  /** The runs that were started. */
  started: number;
  /** The most runs at the same time. */
  mostAtOnce: number;
}

/** The provider, and what it has counted. */
export interface CountingProvider {
  provider: Provider;
  /** What a name has asked; `all`: all names together. */
  asked: (name: string) => Asked;
}

/** Creates the provider. @param pause waits as long as an answer takes */
export function createCountingProvider(pause: () => Promise<void>): CountingProvider {
  const counts = new Map<string, Asked & { running: number }>();
  const countOf = (name: string) => {
    const count = counts.get(name) ?? { started: 0, mostAtOnce: 0, running: 0 };
    counts.set(name, count);
    return count;
  };
  return {
    asked(name) {
      const { started, mostAtOnce } = countOf(name);
      return { started, mostAtOnce };
    },
    provider: {
      name: 'counting',
      async *stream({ messages }) {
        const last = messages.at(-1);
        const name = last?.role === 'user' ? (last.text.split(' ')[0] ?? '') : '';
        const both = [countOf(name), countOf('all')];
        for (const count of both) {
          count.started += 1;
          count.running += 1;
          count.mostAtOnce = Math.max(count.mostAtOnce, count.running);
        }
        try {
          await pause();
          yield { type: 'text-delta', text: 'Good day.' };
          yield { type: 'finished', reason: 'stop' };
        } finally {
          for (const count of both) count.running -= 1;
        }
      },
    },
  };
}
