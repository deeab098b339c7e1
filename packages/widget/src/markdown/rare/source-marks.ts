/**
 * Marks that models leave for the sources of a search: `【4:0†doc.pdf】`, `【turn0search0】`, `[citation:1]`, and names
 * between characters for private use. They are hidden; the list of sources turns those that it knows into citations.
 */
import type { InlineHost } from '../inline/rare-contract.ts';
import { addSpecial } from './special.ts';

/** What a mark says about its source. */
export interface SourceMark {
  /** Number of the source, counted from 1. */
  number?: number;
  /** Name of the file. */
  name?: string;
}

const BRACKETS = /【(?:(\d{1,4})(?::(\d{1,4}))?†([^】\n]{0,200})|(?:,?turn\d+[a-z]+\d+)+)】/y;
const PRIVATE =
  /(?:\ue200)?(?:cite|filecite|navlist|image_group)?(?:[\ue202]?turn\d+[a-z]+\d+|[\ue202-\ue206][^\ue201\n]{0,200})*\ue201?/y;
const NUMBERED = /\[citation:(\d{1,3})\]|\[oaicite:(\d{1,3})\](?:\{index=\d{1,3}\})?/y;
const UNFINISHED =
  /(?:【\d{0,4}(?::\d{0,4})?(?:†[^】\n]{0,200})?|【t[a-z\d,]{0,40}|\[(?:citation|oaicite):\d{0,3}|\ue200[^\ue201\n]{0,200}|citeturn[a-z\d]{0,40})$/y;

/** Reads a mark at `host.at`. */
export function readSourceMark(host: InlineHost): boolean {
  if (host.isGrowing && matchAt(UNFINISHED, host)) {
    host.at = host.text.length;
    return true;
  }
  return readBrackets(host) || readNumbered(host) || readPrivate(host);
}

/** Adds a mark, whose end is at `host.at`. */
export function addSourceMark(host: InlineHost, { number, name }: SourceMark): void {
  const { last } = host.root;
  // “According to 【…】.” leaves no space before the full stop.
  if (last?.kind === 'text' && /^(?:[\s.,;:!?)]|$)/.test(host.text.charAt(host.at)))
    last.text = last.text.trimEnd();
  addSpecial(host, `source ${number ?? ''} ${name ?? ''}`, () => {
    const mark = document.createElement('span');
    mark.className = 'source-mark';
    mark.hidden = true;
    if (number !== undefined) mark.dataset.number = String(number);
    if (name !== undefined) mark.dataset.name = name;
    return mark;
  });
}

function readBrackets(host: InlineHost): boolean {
  const match = matchAt(BRACKETS, host);
  if (!match) return false;
  const [, first, second, words = ''] = match;
  host.at += match[0].length;
  const isNamed = /\.\w+$/.test(words);
  if (isNamed) addSourceMark(host, { name: words });
  else if (first === undefined) addSourceMark(host, {});
  else addSourceMark(host, { number: second === undefined ? Number(first) : Number(second) + 1 });
  return true;
}

function readNumbered(host: InlineHost): boolean {
  const match = matchAt(NUMBERED, host);
  if (!match) return false;
  const { last } = host.root;
  if (last?.kind === 'text') last.text = last.text.replace(/:contentReference$/, '');
  host.at += match[0].length;
  addSourceMark(host, { number: match[1] === undefined ? Number(match[2]) + 1 : Number(match[1]) });
  return true;
}

function readPrivate(host: InlineHost): boolean {
  const match = matchAt(PRIVATE, host);
  if (!match || match[0] === '') return false;
  host.at += match[0].length;
  addSourceMark(host, {});
  return true;
}

function matchAt(pattern: RegExp, { text, at }: InlineHost): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
