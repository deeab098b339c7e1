/** The output of one run: adds what the tool loop produces to the reply and the event log, in order, and sums the token usage. */
import type { LoggedEventBody, Usage } from '@rivulet/protocol';
import type { Reply } from './reply.ts';
import type { RunWriter } from './tool-loop/tool-loop.ts';
import { createDeltaBatcher } from './delta-batcher.ts';

/** Where a run writer writes to. */
export interface RunWriterOptions {
  reply: Reply;
  /** Appends events to the event log; must keep the order of the calls. */
  append: (events: LoggedEventBody[]) => void;
  /** Called after each change of the reply; the change is in the reply already. */
  onChange: () => void;
  /** Called once, before the first content of the provider is written. */
  onFirstContent: () => void;
}

/** A run writer as its owner sees it: with the total usage, and a flush for the end of the run. */
export interface ClosableRunWriter extends RunWriter {
  /** Token usage of all rounds so far; undefined when the upstream reported none. */
  readonly usage: Usage | undefined;
  /** Writes the deltas that still wait in the batch of this event-loop iteration. */
  flush(): void;
}

/** Creates the writer of one run. */
export function createRunWriter({
  reply,
  append,
  onChange,
  onFirstContent,
}: RunWriterOptions): ClosableRunWriter {
  let usage: Usage | undefined;
  let hasContent = false;
  const batcher = createDeltaBatcher((content) => {
    append(reply.add(content));
    onChange();
  });
  return {
    get usage() {
      return usage;
    },
    write(content) {
      if (!hasContent) onFirstContent();
      hasContent = true;
      batcher.add(content);
    },
    log(events) {
      batcher.flush();
      for (const event of events) reply.fold(event);
      append(events);
      onChange();
    },
    read() {
      batcher.flush();
      return reply.message;
    },
    addUsage({ inputTokens, outputTokens }) {
      const { inputTokens: input = 0, outputTokens: output = 0 } = usage ?? {};
      usage = { inputTokens: input + inputTokens, outputTokens: output + outputTokens };
    },
    flush: () => {
      batcher.flush();
    },
  };
}
