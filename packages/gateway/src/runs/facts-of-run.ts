/** The facts that are stored with the end of a run. Pure. */
import type { Message } from '@rivulet/protocol';
import type { Charge } from '../budgets/run-charge.ts';
import type { ProviderCaller, SentRequest } from '../providers/provider.ts';
import type { AskedUpstream, RunFacts } from '../stores/run-facts.ts';
import type { RunEnd } from './finish-run.ts';
import { refOf } from './run-ref.ts';
import type { StartedRun } from './started-run.ts';

/** A run that ends on the gateway that executes it. */
export interface EndingRun {
  run: Pick<StartedRun, 'runId' | 'answer' | 'earlier'>;
  end: RunEnd;
  /** When it began, and how long after that its first content came; undefined when there was none. */
  timing: { startedAtMs: number; firstDeltaMs: number | undefined };
  meter: { readonly charge: Charge };
  caller: Pick<ProviderCaller, 'sent' | 'answeredByName'>;
  reply: { readonly message: Message };
  /** The time of the end, in milliseconds since 1970. */
  nowMs: number;
}

/** The facts of a run. Its times begin with the acceptance of its message, on whichever gateway that was. */
export function factsOfRun({ run, end, timing, meter, caller, reply, nowMs }: EndingRun): RunFacts {
  const { runId, answer, earlier } = run;
  const { startedAtMs, firstDeltaMs } = timing;
  const acceptedAtMs = answer.run?.startedAtMs ?? startedAtMs;
  // Clocks of two gateways may differ.
  const untilMs = (atMs: number) => Math.max(0, atMs - acceptedAtMs);
  const asked = askedOf(caller.sent ?? []);
  const answered = asked.find(({ name }) => name === caller.answeredByName);
  // An earlier attempt that was not counted, and whose answer is not the one that is read on, has used what nobody knows.
  const isPartial = earlier !== undefined && earlier.charge === undefined && earlier.reattached === undefined;
  return {
    ref: refOf(runId),
    ...endOf(end),
    upstream: caller.answeredByName,
    provider: answered?.provider,
    model: answered?.model,
    asked,
    attempts: earlier && earlier.attempts + 1,
    ...(isPartial ? {} : usedOf(meter.charge)),
    queuedMs: untilMs(startedAtMs),
    firstDeltaMs: firstDeltaMs === undefined ? undefined : untilMs(startedAtMs + firstDeltaMs),
    totalMs: untilMs(nowMs),
    toolCalls: toolCallsOf(reply.message),
  };
}

/** A run whose gateway has died. */
export interface DeadRunEnd {
  /** The answer as far as it is known, with the end of its run. */
  message: Message;
  end: RunEnd;
  /** Undefined when it was not counted. */
  charge: Charge | undefined;
  /** The model that was called last, if that is known. */
  model: string | undefined;
  /** How many gateways have worked on it. */
  attempts: number;
}

/** The facts of a run that is closed by another gateway, or a later start. Nobody has measured its times. */
export function factsOfDeadRun({ message, end, charge, model, attempts }: DeadRunEnd): RunFacts | undefined {
  if (message.run === undefined) return undefined;
  return {
    ref: refOf(message.run.id),
    ...endOf(end),
    model,
    asked: [],
    attempts: attempts > 1 ? attempts : undefined,
    ...(charge === undefined ? {} : usedOf(charge)),
    toolCalls: toolCallsOf(message),
  };
}

const endOf = ({ reason, error }: RunEnd): Pick<RunFacts, 'reason' | 'error'> => ({
  reason,
  error: error?.code,
});

function usedOf({ usage, costPico, isUnpriced, ...details }: Charge): Pick<RunFacts, 'usage' | 'costPico'> {
  const { cachedInputTokens, reasoningTokens, isEstimated } = details;
  return {
    usage: { ...usage, cachedInputTokens, reasoningTokens, isEstimated },
    costPico: isUnpriced === true ? undefined : costPico,
  };
}

const toolCallsOf = ({ parts }: Message): number => parts.filter(({ type }) => type === 'tool').length;

/** The requests by upstream, in the order of the first ones. */
function askedOf(sent: readonly SentRequest[]): AskedUpstream[] {
  const asked = new Map<string, AskedUpstream>();
  for (const { upstream: name, provider, model, failure } of sent) {
    const one = asked.get(name) ?? { name, provider, model, requests: 0, failed: 0 };
    one.requests += 1;
    if (failure !== undefined)
      Object.assign(one, { failed: one.failed + 1, error: failure.code, status: failure.status });
    asked.set(name, one);
  }
  return [...asked.values()];
}
