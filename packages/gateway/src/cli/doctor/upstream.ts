/** Checks of the upstreams: key, model, and how an answer arrives. Each is asked for a few words, which costs some hundred tokens. */
import { ChatError } from '@rivulet/protocol';
import { silentLogger } from '../../base/index.ts';
import { OPENAI_BASE_URL } from '../../providers/openai-options.ts';
import { providerEventsOf, type Provider, type ProviderEvent } from '../../providers/provider.ts';
import { UpstreamError } from '../../providers/upstream-error.ts';
import { createUpstreamFetch } from '../../providers/upstream-fetch.ts';
import { proxyFor } from '../../providers/upstream-proxy.ts';
import { composeReplies } from '../compose-replies.ts';
import type { Config } from '../config.ts';
import { DEFAULT_UPSTREAM } from '../config-provider.ts';
import { describeStartError } from '../start-error.ts';
import { judgeDateHeader } from './clock.ts';
import type { Machine } from './machine.ts';
import { measureAnswer, type MeasuredAnswer } from './measured-answer.ts';
import { fault, ok, skipped, warning, type Check, type Finding } from './finding.ts';

/** One check for each upstream. */
export function upstreamChecks(config: Config, machine: Machine): Check[] {
  const { provider, providers } = config;
  const kind = provider.kind ?? (provider.apiKey === undefined ? 'demo' : 'openai');
  const first: Check =
    kind === 'demo' ? { name: nameOf(DEFAULT_UPSTREAM), run: () => [DEMO] } : checkOf(config, machine);
  const others = Object.entries(providers).map(([name, settings]) => {
    // Composed alone, so that the check is of this one and not of a chain.
    const own = { ...provider, ...settings, kind: 'openai' as const, fallbacks: [] };
    return checkOf({ ...config, provider: own, providers: {} }, machine, name);
  });
  return [first, ...others];
}

const nameOf = (upstream: string): string => `upstream ${upstream}`;

const DEMO = warning(
  nameOf(DEFAULT_UPSTREAM),
  'The demo replies, because there is no API key.',
  'Set OPENAI_API_KEY, and OPENAI_BASE_URL for another upstream than OpenAI.',
);

function checkOf(config: Config, machine: Machine, upstream = DEFAULT_UPSTREAM): Check {
  const name = nameOf(upstream);
  return {
    name,
    async run(signal) {
      const keys = config.provider.apiKey ?? [];
      const [first, ...others] = await Promise.all(keys.map((key) => providerWith(config, key)));
      if (first === undefined) return [fault(name, 'It has no API key.', 'Set OPENAI_API_KEY.')];
      const found = await Promise.all([
        checkAnswer(name, first, signal),
        checkTools(name, { provider: first, config, signal }),
        checkDate(name, { config, machine, signal }),
        ...others.map((one, index) => checkKey(`${name} key ${index + 2}`, one, signal)),
      ]);
      return found.flat();
    },
  };
}

async function providerWith(config: Config, key: string): Promise<Provider> {
  const provider = { ...config.provider, kind: 'openai' as const, apiKey: [key], fallbacks: [] };
  const replies = await composeReplies({ ...config, provider, providers: {} }, silentLogger);
  return replies.provider;
}

const QUESTION = 'Write the numbers from 1 to 40 in digits, separated by spaces, and nothing else.';

async function checkAnswer(name: string, provider: Provider, signal: AbortSignal): Promise<Finding[]> {
  try {
    const answer = await measureAnswer(
      provider.stream({ messages: [{ role: 'user', text: QUESTION }] }, signal),
    );
    return [
      ok(name, `It answers; the first words came after ${Math.round(answer.firstMs)} ms.`),
      ...judgeAnswer(name, answer),
    ];
  } catch (error) {
    return [failureOf(name, error)];
  }
}

/** An answer of fewer characters may come in one piece from any upstream. */
const SHORT_CHARS = 20;
/** What a proxy has held back comes in one read, or in a few that follow one another at once. */
const FEW_PIECES = 3;

const isHeldBack = ({ text, pieces, firstMs, spreadMs }: MeasuredAnswer): boolean =>
  text.length >= SHORT_CHARS && (pieces === 1 || (pieces <= FEW_PIECES && spreadMs < firstMs / 10));

function judgeAnswer(name: string, answer: MeasuredAnswer): Finding[] {
  const { text, pieces, usage, reason, remark } = answer;
  const streaming = `${name} streaming`;
  return [
    isHeldBack(answer)
      ? fault(
          streaming,
          `All ${text.length} characters came at once: visitors see nothing until the answer is complete.`,
          'Switch off the buffering of the proxy before the upstream (nginx: proxy_buffering off), or use a model that streams.',
        )
      : ok(streaming, `${text.length} characters came in ${pieces} pieces.`),
    text === ''
      ? fault(`${name} answer`, 'The answer is empty.', 'Choose another model; see its documentation.')
      : ok(`${name} answer`, `It ended with the reason ${reason}${remark === '' ? '' : `: ${remark}`}.`),
    usage === undefined
      ? warning(
          `${name} usage`,
          'It does not report how many tokens an answer used: budgets count an estimate.',
          'Set RIVULET_USAGE to include, unless the upstream refuses it.',
        )
      : ok(`${name} usage`, 'It reports the tokens of an answer.'),
  ];
}

const TOOL = {
  name: 'report_colour',
  description: 'Reports a colour. Always call it.',
  parameters: { type: 'object', properties: { colour: { type: 'string' } }, required: ['colour'] },
};

interface ToolsOptions {
  provider: Provider;
  config: Config;
  signal: AbortSignal;
}

/** Only for a service that uses tools: of a configuration file, those of the page. */
async function checkTools(name: string, { provider, config, signal }: ToolsOptions): Promise<Finding[]> {
  const check = `${name} tools`;
  if (config.sites?.some(({ allowClientTools }) => allowClientTools === true) !== true)
    return [skipped(check, 'No site allows tools.')];
  const mend = 'Choose a model that calls tools, or set allowClientTools to false.';
  const messages = [{ role: 'user' as const, text: 'Call the tool report_colour with the colour blue.' }];
  try {
    const { calls } = await measureAnswer(provider.stream({ messages, tools: [TOOL] }, signal));
    if (calls === 0) return [fault(check, 'The model answered without calling the tool it was given.', mend)];
    return [ok(check, 'The model calls tools.')];
  } catch (error) {
    const { reason } = causeOf(error) ?? {};
    // Another failure is told by the check of the answer.
    if (reason !== 'tools-refused') return [];
    return [fault(check, 'The upstream refuses tools.', mend)];
  }
}

/** Whether the upstream takes a further key: the answer is cancelled when it begins. */
async function checkKey(check: string, provider: Provider, signal: AbortSignal): Promise<Finding[]> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  try {
    for await (const output of provider.stream({ messages: [{ role: 'user', text: 'Hi' }] }, both))
      if (hasStarted(providerEventsOf(output))) break;
    return [ok(check, 'The upstream takes it.')];
  } catch (error) {
    return [failureOf(check, error)];
  } finally {
    stop.abort();
  }
}

const hasStarted = (events: readonly ProviderEvent[]): boolean =>
  events.some(({ type }) => type === 'response-started');

interface DateOptions {
  config: Config;
  machine: Machine;
  signal: AbortSignal;
}

/** Asks without a key: any response has the time. */
async function checkDate(name: string, { config, machine, signal }: DateOptions): Promise<Finding[]> {
  const check = `clock of ${name}`;
  const { baseUrl = OPENAI_BASE_URL, proxy } = config.provider;
  const { fetch, bodyOf } = createUpstreamFetch(undefined, proxyFor(baseUrl, proxy));
  try {
    const response = await fetch(baseUrl, { signal });
    if (response.ok) bodyOf(response).destroy();
    const finding = judgeDateHeader(check, response.headers.get('date'), machine.now());
    return [finding ?? skipped(check, 'It does not tell the time.')];
  } catch {
    return []; // that it cannot be reached is told by the check of the answer
  }
}

const causeOf = (error: unknown): UpstreamError | undefined =>
  error instanceof ChatError && error.cause instanceof UpstreamError ? error.cause : undefined;

/** What failed calls mean that the table of upstream errors has no advice for. */
const ADVICE: Partial<Record<ChatError['code'], string>> = {
  'upstream-truncated':
    'The answer broke off before its finish reason: raise the time-outs of the proxy before the upstream, and check that it speaks the configured API.',
  'upstream-rate-limited': 'Wait, or raise the limit of the account at the upstream.',
};
const NO_ADVICE = 'Check the base URL, the key and the model, and the log of the upstream.';

function failureOf(check: string, error: unknown): Finding {
  const cause = causeOf(error);
  const advice = error instanceof ChatError ? ADVICE[error.code] : undefined;
  const found = cause === undefined ? describeStartError(error) : sentenceOf(cause);
  return fault(check, found, cause?.advice ?? advice ?? NO_ADVICE);
}

function sentenceOf(cause: UpstreamError): string {
  const words = cause.safeWords();
  return `The ${cause.message}${words === undefined ? '' : `: ${words}`}.`;
}
