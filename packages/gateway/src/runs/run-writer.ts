/** The pen of one run: what the loop writes goes into the reply and the log, in order, and what it took is summed. */
import type { LoggedEventBody, Usage } from '@rivulet/protocol';
import type { Reply } from './reply.ts';
import type { RunWriter } from './tool-loop/tool-loop.ts';
import { createDeltaBatcher } from './delta-batcher.ts';

export interface RunWriterOptions {
  reply: Reply;
  append: (events: LoggedEventBody[]) => void;
  /** Called after each change of the reply. */
  onChange: () => void;
  /** Called with the first piece of content. */
  onFirst: () => void;
}

export interface ClosableRunWriter extends RunWriter {
  /** What all rounds took; undefined when no upstream said. */
  readonly usage: Usage | undefined;
  /** Writes what still waits for the end of the turn. */
  flush(): void;
}

export function createRunWriter({ reply, append, onChange, onFirst }: RunWriterOptions): ClosableRunWriter {
  let usage: Usage | undefined;
  let hasBegun = false;
  const batcher = createDeltaBatcher((content) => {
    append(reply.add(content));
    onChange();
  });
  return {
    get usage() {
      return usage;
    },
    write(content) {
      if (!hasBegun) onFirst();
      hasBegun = true;
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
    spend({ inputTokens, outputTokens }) {
      const { inputTokens: input = 0, outputTokens: output = 0 } = usage ?? {};
      usage = { inputTokens: input + inputTokens, outputTokens: output + outputTokens };
    },
    flush: () => {
      batcher.flush();
    },
  };
}
