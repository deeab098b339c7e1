/** The output of one run: adds what the tool loop produces to the reply and the event log, in order, and sums the token usage. */
import type { LoggedEventBody, Usage } from '@rivulet/protocol';
import type { Reply } from './reply.ts';
import type { RunWriter } from './tool-loop/tool-loop.ts';

/** Where a run writer writes to. */
export interface RunWriterOptions {
  reply: Reply;
  /** Appends events to the event log; must keep the order of the calls. */
  append: (events: LoggedEventBody[]) => void;
  /** Called once, before the first content of the provider is written. */
  onFirstContent: () => void;
}

/** A run writer as its owner sees it: with the total usage. */
export interface CountingRunWriter extends RunWriter {
  /** Token usage of all rounds so far; undefined when the upstream reported none. */
  readonly usage: Usage | undefined;
}

/** Creates the writer of one run. */
export function createRunWriter({ reply, append, onFirstContent }: RunWriterOptions): CountingRunWriter {
  let usage: Usage | undefined;
  let hasContent = false;
  return {
    get usage() {
      return usage;
    },
    write(contents) {
      if (!hasContent) onFirstContent();
      hasContent = true;
      const [only] = contents;
      append(
        contents.length === 1 && only !== undefined
          ? reply.add(only)
          : contents.flatMap((content) => reply.add(content)),
      );
    },
    log(events) {
      for (const event of events) reply.fold(event);
      append(events);
    },
    read: () => reply.message,
    addUsage({ inputTokens, outputTokens }) {
      const { inputTokens: input = 0, outputTokens: output = 0 } = usage ?? {};
      usage = { inputTokens: input + inputTokens, outputTokens: output + outputTokens };
    },
  };
}
