/** Reads the configuration file: JSON, with comments and trailing commas. What cannot be read is refused with its line and column. */
import { readFileSync } from 'node:fs';
import {
  evaluate,
  parse,
  type DocumentNode,
  type MemberNode,
  type ObjectNode,
  type ValueNode,
} from '@humanwhocodes/momoa';
import * as v from 'valibot';
import { describeFileFailure } from '../base/index.ts';
import { ConfigError, type InvalidValue } from './config-error.ts';

/** A configuration file that was read. */
export interface ConfigFile {
  /** The path as it was given, for errors. */
  name: string;
  /** The parsed content. */
  value: unknown;
  /** The line of a value, from 1; of the object around it when it is missing. */
  lineOf?: (path: readonly (string | number)[]) => number;
}

/** Reads a file. @throws {ConfigError} when it cannot be read or is not JSON, or has a key twice */
export function readConfigFile(name: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const failure = code === 'ENOENT' ? `there is no such file (${code})` : describeFileFailure(error);
    throw new ConfigError([{ place: name, problem: `cannot be read: ${failure ?? code}` }]);
  }
  return parseConfigFile(name, text);
}

/** Parses the text of a file. @throws {ConfigError} as `readConfigFile` */
export function parseConfigFile(name: string, text: string): ConfigFile {
  // Some editors on Windows write a byte order mark.
  const content = text.replace(/^\uFEFF/, '');
  const root = parseJson(name, content).body;
  const repeated = repeatedKeysIn(root, name);
  if (repeated.length > 0) throw new ConfigError(repeated);
  return { name, value: evaluate(root), lineOf: (path) => lineOf(root, path) };
}

/** The errors of momoa say where they are. */
const PlacedErrorSchema = v.object({
  line: v.number(),
  column: v.number(),
  offset: v.number(),
  message: v.string(),
});

function parseJson(name: string, text: string): DocumentNode {
  try {
    return parse(text, { mode: 'jsonc', allowTrailingCommas: true });
  } catch (error) {
    const { line, column, offset, message } = v.parse(PlacedErrorSchema, error);
    // Where nothing follows, the token before the end is reported.
    const isAtEnd = message.startsWith('Unexpected end') || /^[{[,:]\s*$/.test(text.slice(offset));
    const what = isAtEnd ? 'it ends too early' : 'unexpected text here';
    const shown = shownLine(text.split(/\r?\n/)[line - 1] ?? '', column);
    throw new ConfigError([
      { place: `${name}:${line}:${column}`, problem: `is not JSON: ${what}\n${shown}` },
    ]);
  }
}

/** The shown part of a line is at most so long, so that a file in one line does not fill the terminal. */
const SHOWN_CHARS = 100;

/** The line with a mark below the column. Values are masked: they may be keys, and errors are logged. */
function shownLine(line: string, column: number): string {
  const from = Math.max(0, column - SHOWN_CHARS / 2);
  const shown = maskValues(line).slice(from, from + SHOWN_CHARS);
  return `    ${shown}\n    ${' '.repeat(column - 1 - from)}^`;
}

/** Replaces every letter and digit that is not part of a name before a colon; marks of JSON and columns stay. */
const maskValues = (line: string): string =>
  line
    .split(/("(?:[^"\\]|\\.)*"\s*:)/)
    .map((piece) => (/^".*:$/s.test(piece) ? piece : piece.replace(/[^\s"'{}[\],:/*]/g, '·')))
    .join('')
    .replaceAll('\t', ' ');

/** Of two values with one name JSON takes the last, silently. */
function repeatedKeysIn(node: ValueNode, name: string): InvalidValue[] {
  if (node.type === 'Array') return node.elements.flatMap(({ value }) => repeatedKeysIn(value, name));
  if (node.type !== 'Object') return [];
  const lines = new Map<string, number>();
  return node.members.flatMap((member) => {
    const key = keyOf(member);
    const { line, column } = member.loc.start;
    const first = lines.get(key);
    lines.set(key, first ?? line);
    const inside = repeatedKeysIn(member.value, name);
    if (first === undefined) return inside;
    const problem = `"${key}" is given twice; the first is in line ${first}`;
    return [{ place: `${name}:${line}:${column}`, problem }, ...inside];
  });
}

function lineOf(node: ValueNode, [key, ...rest]: readonly (string | number)[]): number {
  const child = key === undefined ? undefined : childOf(node, key);
  return child === undefined ? node.loc.start.line : lineOf(child, rest);
}

function childOf(node: ValueNode, key: string | number): ValueNode | undefined {
  if (node.type === 'Array') return node.elements[Number(key)]?.value;
  return node.type === 'Object' ? memberOf(node, String(key))?.value : undefined;
}

const memberOf = (node: ObjectNode, key: string): MemberNode | undefined =>
  node.members.find((member) => keyOf(member) === key);

const keyOf = ({ name }: MemberNode): string => (name.type === 'String' ? name.value : name.name);
