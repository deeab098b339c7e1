/** Reads one streamed answer of one of OpenAI's APIs: server-sent events, their chunks, errors between them, and the end. */
import { ChatError } from '@rivulet/protocol';
import type { Secrets } from './logged-words.ts';
import type { ChunkReader } from './openai-chunks.ts';
import type { UnfinishedWhy } from './openai-finish.ts';
import type { ProviderEvent } from './provider.ts';
import { createSseReader } from './sse-reader.ts';
import type { AnswerReader } from './streamed-answer.ts';
import { UpstreamError, upstreamError } from './upstream-error.ts';
import { ReportedFailure } from './upstream-report.ts';

/** The upstream and the model of a request, for errors. */
export interface Upstream {
  host: string;
  model: string;
  /** What an error text may quote of the request. */
  secrets?: Secrets;
}

/**
 * Reads the server-sent events of one answer. `[DONE]` completes it, or the end of the body: some upstreams omit `[DONE]`. After
 * the finish reason, only the usage is missing.
 */
export function createAnswerReader(where: Upstream, headers: Headers, chunks: ChunkReader): AnswerReader {
  let isDone = false;
  let events: ProviderEvent[] = [];
  const sse = createSseReader((value, name) => {
    if (isDone) return;
    if (typeof value === 'string' && name !== 'error') {
      // Any other word keeps the connection alive.
      isDone = DONE.test(value);
      return;
    }
    const report = name === 'error' ? value : chunks.reportIn(value);
    if (report !== undefined)
      throw new ReportedFailure(report, { headers, what: 'reported a failure in its answer' });
    chunks.read(value, events);
    isDone = chunks.isComplete === true;
  });
  const finish = () => {
    const why = chunks.end(events, isDone ? 'done' : 'closed');
    if (why !== undefined) throw unfinishedError(why, where);
  };
  /** A line that breaks off after the finish reason does not make a complete answer a failed one. */
  const endEvents = () => {
    try {
      sse.end();
    } catch (error) {
      if (!chunks.hasFinishReason) throw error;
    }
  };
  return {
    read(bytes, into) {
      events = into;
      sse.push(bytes);
      if (!isDone) return chunks.hasFinishReason ? 'ending' : 'more';
      finish();
      return 'finished';
    },
    end(into, how) {
      events = into;
      if (how === 'closed') endEvents();
      finish();
    },
  };
}

const DONE = /^\[?done\]?$/i;

function unfinishedError(why: UnfinishedWhy, where: Upstream): ChatError {
  if (why === 'failed' || why === 'overloaded')
    return upstreamError({ ...where, codes: [why], what: `ended its answer as ${why}` });
  const cause = new UpstreamError({ ...where, what: 'ended its answer without a finish reason' });
  return new ChatError('upstream-truncated', { cause });
}
