/** A provider for tests that charges for what it is asked and for what it writes, as an upstream does, and keeps the account. */
import { ChatError } from '@rivulet/protocol';
import { chargeOf, addCharges, amountOf, NO_CHARGE, type Charge } from '../budgets/run-charge.ts';
import type { Price } from '../budgets/prices.ts';
import { estimateRequestTokens, estimateTokens } from '../prompt/index.ts';
import type { Provider, ProviderRequest } from '../providers/provider.ts';
import type { ProviderUsage } from '../providers/usage.ts';
import type { Amount } from '../stores/spending.ts';

/** One call: attempts that fail first, what is written, and how it ends. */
export interface ScriptedCall {
  /** `refused`: an upstream refuses the request. `broken`: it begins an answer, and fails before its first content. */
  attempts: readonly ('refused' | 'broken')[];
  chunks: readonly string[];
  /** What it counts; `nothing`: it sends no usage; `nonsense`: one that is not valid. */
  usage: ProviderUsage | 'nothing' | 'nonsense';
  /** `hang`: it waits for the end of the run after its last chunk. */
  end: 'finish' | 'tool' | 'fail' | 'truncated' | 'too-long' | 'hang';
}

/** The provider and its account. */
export interface ChargingProvider extends Provider {
  /** The calls of the next run. */
  script: readonly ScriptedCall[];
  /** Awaited before the last piece of a call that hangs. */
  hold: Promise<void> | undefined;
  /** What it has charged since `script` was set. */
  readonly charged: Amount;
}

/** The models, in the order in which they are asked, with the prices that a test configures. */
export const CHARGED_PRICES: Readonly<Record<string, Price>> = {
  first: { input: 1.25, cachedInput: 0.125, output: 10 },
  second: { input: 0.3, output: 2.5 },
};
const MODELS = Object.keys(CHARGED_PRICES);

/** Creates the provider. Attempts that fail are followed by one of the next model. */
export function createChargingProvider(): ChargingProvider {
  let script: readonly ScriptedCall[] = [];
  let calls = 0;
  let charged: Charge = NO_CHARGE;
  const charge = (model: string, usage: ProviderUsage) => {
    charged = addCharges(charged, chargeOf(CHARGED_PRICES[model], usage));
  };
  return {
    name: 'charging',
    hold: undefined,
    get script() {
      return script;
    },
    set script(next) {
      script = next;
      calls = 0;
      charged = NO_CHARGE;
    },
    get charged() {
      return amountOf(charged);
    },
    modelsOf: () => MODELS,
    async *stream(request, signal) {
      const call = script[calls];
      calls += 1;
      if (call === undefined) throw new ChatError('internal', { message: 'the script has no such call' });
      const inputTokens = estimateRequestTokens(request);
      const model = failFirst(call, request, (failed) => {
        charge(failed, { inputTokens, outputTokens: 0 });
      });
      if (call.end === 'too-long') throw new ChatError('context-length');
      const before = charged;
      /** As long as nothing was counted, the estimate for everything so far is charged. */
      const chargeSoFar = (text: string) => {
        charged = before;
        charge(model, { inputTokens, outputTokens: estimateTokens(text) });
      };
      chargeSoFar('');
      yield { type: 'response-started' };
      let text = '';
      for (const [index, chunk] of call.chunks.entries()) {
        if (call.end === 'hang' && index === call.chunks.length - 1) await this.hold;
        text += chunk;
        chargeSoFar(text);
        yield { type: 'text-delta', text: chunk };
      }
      if (call.end === 'tool') {
        charge(model, { inputTokens: 0, outputTokens: estimateTokens('weather') + estimateTokens('{}') });
        yield { type: 'tool-call-started', callId: 'call-1', name: 'weather' };
        yield { type: 'tool-call-delta', callId: 'call-1', text: '{}' };
      }
      if (call.end === 'hang') await whenAborted(signal);
      if (call.end === 'fail') throw new ChatError('upstream-failed');
      if (call.end === 'hang' || call.end === 'truncated') return;
      const { usage } = call;
      if (typeof usage === 'object') {
        charged = before;
        charge(model, usage);
      }
      const sent = usage === 'nonsense' ? { inputTokens: -1, outputTokens: Infinity } : usage;
      const reason = call.end === 'tool' ? 'tool' : 'stop';
      yield { type: 'finished', reason, ...(sent === 'nothing' ? {} : { usage: sent }) };
    },
  };
}

/** @returns the model that answers */
function failFirst(call: ScriptedCall, { onCall }: ProviderRequest, charge: (model: string) => void): string {
  for (const [index, attempt] of call.attempts.entries()) {
    const model = MODELS[index % MODELS.length] ?? '';
    const withdraw = onCall?.(model);
    if (attempt === 'broken') charge(model);
    else withdraw?.();
  }
  const model = MODELS[call.attempts.length % MODELS.length] ?? '';
  const withdraw = onCall?.(model);
  // The run repeats the request with less of the conversation.
  if (call.end === 'too-long') withdraw?.();
  return model;
}

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
