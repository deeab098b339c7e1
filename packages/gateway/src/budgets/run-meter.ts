/** The meter of one run: counts all of its calls of upstreams, and keeps its reservation as large as what it may still use. */
import type { ChatError, ConversationId, Message, Part, RunId } from '@rivulet/protocol';
import { estimateAnswerTokens, estimateRequestTokens } from '../prompt/index.ts';
import type { ProviderRequest } from '../providers/provider.ts';
import { validUsage, type ProviderUsage } from '../providers/usage.ts';
import type { Amount, BudgetAmounts, BudgetKind, SpendingStore } from '../stores/spending.ts';
import type { PriceOf } from './prices.ts';
import {
  addCharges,
  amountOf,
  chargeOf,
  estimatedCharge,
  NO_CHARGE,
  type Charge,
  type ChargeNote,
  type OpenCall,
} from './run-charge.ts';

/** What a meter needs. */
export interface RunMeterOptions {
  conversationId: ConversationId;
  runId: RunId;
  /** What was reserved when the run was accepted; undefined when its budgets have no limit: nothing is reserved then. */
  reserved: { amount: Amount; limits: BudgetAmounts } | undefined;
  /** What earlier attempts of the run have used. Default: there was none. */
  earlier?: Charge | undefined;
  /** The tokens that are reserved for an answer that has only begun. */
  answerTokens: number;
  /** Names the model of a request whose provider does not name it. */
  modelOf: (request: ProviderRequest) => string;
  priceOf: PriceOf;
  spending: SpendingStore;
  /** The answer so far. */
  read: () => Message;
  /** Ends the run, because its budget is used up while it writes. */
  abort: (refused: BudgetKind) => void;
  /** The error of a budget that is used up. */
  refuse: (refused: BudgetKind) => ChatError;
  /** Called when the store could not be written: the run goes on, and its end is counted. */
  onError: (error: unknown) => void;
}

/** One stream of the provider, which may call several upstreams until one of them answers. */
export interface MeteredStream {
  /** To be given to the provider as `onCall`. @returns what to call when the upstream refused the request */
  onCall: (model: string) => () => void;
  /** The response headers have come: counts the call of a provider that does not call `onCall`. */
  started: () => void;
  /**
   * Ends the counting. To be called once, however the stream has ended.
   * @param usage what the upstream counted
   * @param unwritten what it has sent that is not in the answer: moderation held it back. Default: nothing
   */
  end: (usage: ProviderUsage | undefined, unwritten?: readonly Part[]) => void;
}

/** The meter of one run. */
export interface RunMeter {
  /**
   * Makes sure, before a request, that the reservation covers it. Resolved at once for what was reserved.
   * @throws {ChatError} quota-exceeded when the other runs have used the budget up meanwhile
   */
  admit(request: ProviderRequest): Promise<void> | undefined;
  /** Begins to count a stream. */
  open(request: ProviderRequest): MeteredStream;
  /** To be called when the answer has so many characters. @returns how many it has the next time */
  grow(chars: number): number;
  /** Keeps what has ended, before tools run, which may take minutes. */
  pause(): void;
  /** What all calls have used that have ended, counted by the upstream or estimated. */
  readonly charge: Charge;
  /** Whether there was one. */
  readonly hasCalls: boolean;
}

/** How many characters an answer has when `grow` is called first. Few texts have as many tokens as characters, so that this many are reserved. */
export const FIRST_GROWTH_CHARS = 4_096;

/** Creates the meter of one run. */
export function createRunMeter(options: RunMeterOptions): RunMeter {
  return new Meter(options);
}

class Meter implements RunMeter {
  readonly #options: RunMeterOptions;
  #charge: Charge;
  #hasCalls: boolean;
  #open: OpenCall | undefined;
  #model: string | undefined;
  #reserved: Amount;
  #last: Promise<'reserved' | BudgetKind> = Promise.resolve('reserved');
  /** The estimate for the request of the round. */
  #estimated: { request: ProviderRequest; tokens: number } | undefined;

  constructor(options: RunMeterOptions) {
    this.#options = options;
    this.#charge = options.earlier ?? NO_CHARGE;
    this.#hasCalls = options.earlier !== undefined;
    this.#reserved = options.reserved?.amount ?? { tokens: Infinity, costPico: Infinity };
  }

  get charge(): Charge {
    return this.#charge;
  }

  get hasCalls(): boolean {
    return this.#hasCalls;
  }

  admit(request: ProviderRequest): Promise<void> | undefined {
    const call = this.#callOf(request, this.#options.modelOf(request));
    const needed = this.#needed(call, this.#options.answerTokens);
    if (isWithin(needed, this.#reserved)) return undefined;
    return this.#reserve(needed).then((outcome) => {
      if (outcome !== 'reserved') throw this.#options.refuse(outcome);
    });
  }

  open(request: ProviderRequest): MeteredStream {
    let call: OpenCall | undefined;
    const begin = (model: string): OpenCall => {
      this.#model = model;
      this.#close(call, undefined); // an attempt that failed without an answer
      call = this.#callOf(request, model);
      this.#begin(call);
      return call;
    };
    return {
      onCall: (model) => {
        const begun = begin(model);
        return () => {
          if (this.#open === begun) this.#open = undefined;
          if (call === begun) call = undefined;
        };
      },
      started: () => {
        call ??= begin(this.#options.modelOf(request));
      },
      end: (usage, unwritten = []) => {
        const counted = validUsage(usage);
        if (counted !== undefined) call ??= begin(this.#options.modelOf(request));
        this.#close(call, counted, unwritten);
        call = undefined;
      },
    };
  }

  pause(): void {
    void this.#reserve(this.#reserved);
  }

  grow(chars: number): number {
    const call = this.#open;
    if (call !== undefined && this.#options.reserved !== undefined) {
      const written = estimateAnswerTokens(this.#options.read().parts.slice(call.at));
      const needed = this.#needed(call, Math.max(written * 2, this.#options.answerTokens));
      if (!isWithin(needed, this.#reserved))
        void this.#reserve(needed).then((outcome) => {
          if (outcome !== 'reserved') this.#options.abort(outcome);
        });
    }
    return chars * 2;
  }

  #callOf(request: ProviderRequest, model: string): OpenCall {
    if (this.#estimated?.request !== request)
      this.#estimated = { request, tokens: estimateRequestTokens(request) };
    const { read, priceOf } = this.#options;
    return { inputTokens: this.#estimated.tokens, at: read().parts.length, price: priceOf(model) };
  }

  /** Not awaited: the request is on its way meanwhile. */
  #begin(call: OpenCall): void {
    this.#open = call;
    const needed = this.#needed(call, this.#options.answerTokens);
    // What the acceptance reserved for the first call differs by some tokens from its request. Reducing it would change the amounts
    // of the site, and all runs of a site wait for each other there.
    const isCovered = !this.#hasCalls && isWithin(needed, this.#reserved);
    void this.#reserve(isCovered ? this.#reserved : needed).then((outcome) => {
      if (outcome !== 'reserved') this.#options.abort(outcome);
    });
  }

  #close(
    call: OpenCall | undefined,
    counted: ProviderUsage | undefined,
    unwritten: readonly Part[] = [],
  ): void {
    if (call === undefined) return;
    // Some upstreams report zeros when they have not counted.
    const isCounted = counted !== undefined && counted.inputTokens + counted.outputTokens > 0;
    const ofCall = isCounted
      ? chargeOf(call.price, counted)
      : estimatedCharge(call, [...this.#options.read().parts, ...unwritten]);
    this.#charge = addCharges(this.#charge, ofCall);
    this.#hasCalls = true;
    this.#open = undefined;
  }

  #needed(call: OpenCall, answerTokens: number): Amount {
    const ofCall = chargeOf(call.price, { inputTokens: call.inputTokens, outputTokens: answerTokens });
    return amountOf(addCharges(this.#charge, ofCall));
  }

  /** One after another, so that an older reservation does not replace a newer one. */
  #reserve(amount: Amount): Promise<'reserved' | BudgetKind> {
    const { conversationId, runId, reserved, spending, onError } = this.#options;
    if (reserved === undefined) return Promise.resolve('reserved');
    const note: ChargeNote = { charge: this.#charge, open: this.#open, model: this.#model };
    const change = { conversationId, runId, amount, limits: reserved.limits, note };
    this.#reserved = amount;
    this.#last = this.#last.then(async () => {
      try {
        return await spending.reserve(change);
      } catch (error) {
        onError(error); // the run goes on: its end counts what it has used
        return 'reserved';
      }
    });
    return this.#last;
  }
}

const isWithin = (amount: Amount, limit: Amount): boolean =>
  amount.tokens <= limit.tokens && amount.costPico <= limit.costPico;
