/** What a run tells the rules for upstreams: whose turn it is, and how much of its context fits. */
import { contextBudget, fitContext } from '../../prompt/index.ts';
import type { ProviderCaller } from '../../providers/provider.ts';
import { refOf } from '../run-ref.ts';
import type { LoopOptions, LoopRun, RunWriter } from './round.ts';
import { requestOf } from './round-request.ts';
import { createWaitLog } from './wait-log.ts';

/** Creates the caller of one run; its rounds share it. */
export function createUpstreamCaller(
  { limits }: Pick<LoopOptions, 'limits'>,
  run: LoopRun,
  output: { writer: RunWriter; signal: AbortSignal },
): ProviderCaller {
  const { siteId, ownerId: visitorId, conversationId, runId, trace } = run;
  return {
    siteId,
    visitorId,
    startTrace: trace && ((request) => trace.startRequest(request)),
    onWait: createWaitLog(run, output),
    requestId: refOf(runId),
    upstreamRequestIds: [],
    sent: [],
    facts: { conversationId, runId, ref: refOf(runId), siteId },
    fit(messages, modelLimits) {
      const { tools = [] } = requestOf(run, [], 'auto');
      const { maxContextTokens } = limits;
      return fitContext(messages, contextBudget({ ...modelLimits, maxContextTokens, tools }));
    },
  };
}
