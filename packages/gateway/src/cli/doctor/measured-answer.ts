/** Reads an answer of an upstream, and how it arrived. */
import { providerEventsOf, type ProviderEvent, type ProviderOutput } from '../../providers/provider.ts';

/** What is known of one answer at its end. */
export interface MeasuredAnswer {
  /** Text and reasoning. */
  text: string;
  /** In how many reads from the network the text came. */
  pieces: number;
  /** How many tools it calls. */
  calls: number;
  /** From the request to the first text or call, in milliseconds. */
  firstMs: number;
  /** From the first text to the last one, in milliseconds. */
  spreadMs: number;
  reason: string;
  usage: object | undefined;
  /** What was unusual about its end; empty when nothing was. */
  remark: string;
}

/** @throws {ChatError} as the provider */
export async function measureAnswer(answer: AsyncIterable<ProviderOutput>): Promise<MeasuredAnswer> {
  const startedAtMs = performance.now();
  const measured: MeasuredAnswer = {
    ...{ text: '', pieces: 0, calls: 0, firstMs: 0, spreadMs: 0 },
    ...{ reason: 'stop', usage: undefined, remark: '' },
  };
  for await (const output of answer) {
    const events = providerEventsOf(output);
    const text = events.map(textOf).join('');
    if (text !== '') measured.pieces += 1;
    measured.text += text;
    measured.calls += events.filter(({ type }) => type === 'tool-call-started').length;
    if (measured.firstMs === 0 && (text !== '' || measured.calls > 0))
      measured.firstMs = performance.now() - startedAtMs;
    if (text !== '') measured.spreadMs = performance.now() - startedAtMs - measured.firstMs;
    const end = events.at(-1);
    if (end?.type === 'finished')
      Object.assign(measured, { reason: end.reason, usage: end.usage, remark: end.remark ?? '' });
  }
  return measured;
}

const textOf = (event: ProviderEvent): string =>
  event.type === 'text-delta' || event.type === 'reasoning-delta' ? event.text : '';
