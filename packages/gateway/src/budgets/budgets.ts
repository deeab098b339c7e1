/** The budgets of one gateway: what a run reserves, what it is refused with, and the meters of the runs. */
import type { ChatError, Message } from '@rivulet/protocol';
import type { Principal } from '../auth/auth.ts';
import { describeCause, refusal, type Clock, type Limits, type Logger } from '../base/index.ts';
import { estimateAnswerTokens, estimateTokens } from '../prompt/index.ts';
import type { Provider, ProviderTool } from '../providers/provider.ts';
import type { RequestSettings } from '../providers/request-settings.ts';
import type { BudgetKind, Reservation, SpendingStore } from '../stores/spending.ts';
import { effectiveBudgets, isUnlimited, type BudgetSettings } from './budget-settings.ts';
import { costPicoOf, createPriceList, type Prices } from './prices.ts';
import { createRunMeter, type RunMeter, type RunMeterOptions } from './run-meter.ts';

/** What the budgets have to know of a site. */
export interface BudgetedSite {
  id: string;
  systemPrompt?: string | undefined;
  model?: string | undefined;
  /** Default: that of the gateway. */
  provider?: Provider | undefined;
  request?: RequestSettings | undefined;
  tools?: readonly ProviderTool[] | undefined;
  budgets?: BudgetSettings | undefined;
}

/** What the budgets of a gateway need. */
export interface BudgetsOptions {
  /** For sites without their own. */
  settings: BudgetSettings | undefined;
  /** Configured prices, which replace the known ones. */
  prices: Prices | undefined;
  /** What answers for a site. */
  providerOf: (site: BudgetedSite) => Provider;
  spending: SpendingStore;
  limits: Pick<Limits, 'maxContextTokens'>;
  /** Called for each run that is refused, or ended, because a budget is used up until `renewsAtMs`. */
  onReached?: ((reached: { siteId: string; budget: BudgetKind; renewsAtMs: number }) => void) | undefined;
  clock: Clock;
  logger: Logger;
}

/** A run that asks to be accepted. */
export interface BudgetRequest {
  site: BudgetedSite;
  principal: Principal;
  /** What the run answers. */
  question: Message;
  /** Whether the conversation has no other messages that the model would get. */
  isFirst: boolean;
}

/** A run that is metered. */
export interface MeteredRun extends Pick<RunMeterOptions, 'conversationId' | 'runId' | 'read' | 'earlier'> {
  site: BudgetedSite;
  reservation: Reservation | undefined;
  /** Ends the run with this error. */
  abort: (error: ChatError) => void;
}

/** The budgets of one gateway. */
export interface Budgets {
  /** What a run reserves when it is accepted; undefined when neither the visitor nor the site has a limit. */
  reservationOf(request: BudgetRequest): Reservation | undefined;
  /** The error for a budget that is used up: it says until when, and not what the budget is. */
  refuse(refused: BudgetKind, siteId: string): ChatError;
  /** Creates the meter of a run. */
  meter(run: MeteredRun): RunMeter;
}

/** Room for an answer whose longest length is not set; a few pages. A longer one reserves more while it is written. */
const ANSWER_TOKENS = 4_096;
const DAY_MS = 24 * 60 * 60_000;

/** The day of a time, in days since 1970, UTC. */
export const dayOf = (nowMs: number): number => Math.floor(nowMs / DAY_MS);
/** Milliseconds until the budgets are renewed: midnight, UTC. */
export const renewsInMs = (nowMs: number): number => (dayOf(nowMs) + 1) * DAY_MS - nowMs;

/** What an error tells a developer. A visitor may read it, so that it names neither tokens nor money. */
const MESSAGES: Readonly<Record<BudgetKind, string>> = {
  visitor: 'This visitor has reached the limit of the day; it is renewed at midnight, UTC.',
  site: 'This site has reached its limit of the day; it is renewed at midnight, UTC.',
};

/** Creates the budgets of one gateway. */
export function createBudgets(options: BudgetsOptions): Budgets {
  const { settings, spending, clock, logger } = options;
  const priceOf = createPriceList(options.prices);
  const refuse = createRefusing(options);
  return {
    refuse,
    reservationOf({ site, principal, question, isFirst }) {
      const budgets = effectiveBudgets(site.budgets, settings);
      const limits = { visitor: budgets[principal.kind === 'user' ? 'user' : 'visitor'], site: budgets.site };
      if (isUnlimited(limits.visitor) && isUnlimited(limits.site)) return undefined;
      const isKnown = isFirst && question.parts.every(({ type }) => type !== 'file');
      const inputTokens = isKnown ? firstInputOf(site, question) : options.limits.maxContextTokens;
      const usage = { inputTokens, outputTokens: answerTokensOf(options, site) };
      const costPico = costPicoOf(priceOf(modelOf(options, site)), usage);
      const amount = { tokens: inputTokens + usage.outputTokens, costPico };
      return { day: dayOf(clock.now()), amount, limits };
    },
    meter({ site, reservation, abort, ...run }) {
      const refused = (kind: BudgetKind) => refuse(kind, site.id);
      return createRunMeter({
        ...run,
        reserved: reservation,
        answerTokens: answerTokensOf(options, site),
        modelOf: ({ model }) => model ?? modelOf(options, site),
        priceOf,
        spending,
        abort: (kind) => {
          abort(refused(kind));
        },
        refuse: refused,
        onError: (error) => {
          const { conversationId, runId } = run;
          logger.warn(
            { conversationId, runId, ...describeCause(error) },
            'the reservation of a run could not be changed; what it uses is counted at its end',
          );
        },
      });
    },
  };
}

/** The first one that is asked. */
const modelOf = ({ providerOf }: BudgetsOptions, site: BudgetedSite): string =>
  providerOf(site).modelsOf?.(site)[0] ?? site.model ?? '';

function answerTokensOf({ providerOf }: BudgetsOptions, site: BudgetedSite): number {
  const { model, request: settings } = site;
  const request = {
    ...(model === undefined ? {} : { model }),
    ...(settings === undefined ? {} : { settings }),
  };
  return providerOf(site).modelLimits?.(request).answerTokens ?? ANSWER_TOKENS;
}

/** With room for the templates around the messages. */
function firstInputOf({ systemPrompt = '', tools = [] }: BudgetedSite, { parts }: Message): number {
  const ofTools = tools.map(({ name, description, parameters }) => ({ name, description, parameters }));
  const texts = [systemPrompt, ofTools.length === 0 ? '' : JSON.stringify(ofTools)];
  return texts.map(estimateTokens).reduce((sum, tokens) => sum + tokens, estimateAnswerTokens(parts) + 32);
}

/** The operator is told once a day that a site is closed; each refusal of a visitor has its line in the log of refusals. */
function createRefusing({ clock, logger, onReached }: BudgetsOptions): Budgets['refuse'] {
  const warned = new Map<string, number>();
  return (refused, siteId) => {
    const nowMs = clock.now();
    onReached?.({ siteId, budget: refused, renewsAtMs: nowMs + renewsInMs(nowMs) });
    if (refused === 'site' && warned.get(siteId) !== dayOf(nowMs)) {
      warned.set(siteId, dayOf(nowMs));
      logger.warn(
        { siteId, retryAfterMs: renewsInMs(nowMs) },
        'a site has used up its budget of the day: its visitors are refused until midnight, UTC; raise budgets.site if that is too early',
      );
    }
    return refusal('quota-exceeded', `${refused}-budget`, {
      message: MESSAGES[refused],
      retryAfterMs: renewsInMs(nowMs),
    });
  };
}
