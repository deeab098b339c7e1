/** The sources that an answer cites, of those that its tools have returned. */
import type { Part } from '@rivulet/protocol';
import type { ProviderEvent } from '../../providers/provider.ts';
import type { CitableSource, Tool } from '../../tools/tool.ts';
import type { RunWriter } from './round.ts';

/** What is added to an answer. */
export interface Cited {
  /** In the order in which the text cites them first. */
  sources: Extract<ProviderEvent, { type: 'source' }>[];
  /** The parts with the numbers of the sources that are shown; undefined when they are right as they are. */
  parts: Part[] | undefined;
}

/** `[1]`, `[1, 3]` and `【1】`, as models write citations; not the text of a link. */
const CITATION = /\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?!\()|【(\d{1,3})[^】]*】/g;
/** Fenced and inline code, in which a number in brackets is an index. */
const CODE = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)/;

/**
 * Reads the citations of an answer. In a message `[n]` is its nth source, so that the numbers are counted anew: only what is cited is shown.
 * @param citable by the numbers that the tools have given
 */
export function citedIn(parts: readonly Part[], citable: readonly CitableSource[]): Cited {
  const known = new Map(citable.map((source) => [source.number, source]));
  const shown = new Map<number, number>();
  const before = parts.filter(({ type }) => type === 'source').length;
  const renumber = (text: string) =>
    text.replace(CITATION, (written, plain?: string, lenticular?: string) => {
      const numbers = (plain ?? lenticular ?? '').split(',').map(Number);
      if (!numbers.every((number) => known.has(number))) return written;
      for (const number of numbers) if (!shown.has(number)) shown.set(number, before + shown.size + 1);
      return numbers.map((number) => `[${shown.get(number) ?? number}]`).join('');
    });
  const cited = parts.map((part): Part => {
    if (part.type !== 'text') return part;
    const text = part.text
      .split(CODE)
      .map((piece, index) => (index % 2 === 0 ? renumber(piece) : piece))
      .join('');
    return text === part.text ? part : { ...part, text };
  });
  const isChanged = cited.some((part, index) => part !== parts[index]);
  return {
    sources: [...shown.keys()].flatMap((number) => toContent(known.get(number))),
    parts: isChanged ? cited : undefined,
  };
}

function toContent(source: CitableSource | undefined): Cited['sources'] {
  if (source === undefined) return [];
  const { number, ...shown } = source;
  return [{ type: 'source', sourceId: `document-${number}`, ...shown }];
}

/** What an answer may cite so far, of the outputs of the tools of its site. */
export function citableIn(parts: readonly Part[], tools: readonly Tool[] = []): CitableSource[] {
  return parts.flatMap((part) => {
    if (part.type !== 'tool' || part.state !== 'finished') return [];
    return [...(tools.find(({ name }) => name === part.name)?.sources?.(part.output) ?? [])];
  });
}

/** Gives numbers for what may be cited. @param citable what has numbers already */
export function createNumbers(citable: readonly CitableSource[]): (count: number) => number {
  let next = 1 + Math.max(0, ...citable.map(({ number }) => number));
  return (count) => {
    next += count;
    return next - count;
  };
}

/** Adds what a complete answer cites, as its last parts. */
export function citeSources(
  writer: Pick<RunWriter, 'read' | 'write' | 'log'>,
  tools: readonly Tool[] | undefined,
): void {
  const { id: messageId, parts } = writer.read();
  const cited = citedIn(parts, citableIn(parts, tools));
  if (cited.parts !== undefined) writer.log([{ type: 'message-updated', messageId, parts: cited.parts }]);
  if (cited.sources.length > 0) writer.write(cited.sources);
}
