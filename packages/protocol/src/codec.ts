/**
 * One frame <-> events or commands. A frame is the text of a WebSocket message, or of an SSE block: one JSON object, or an
 * array of them. What comes in is validated here and trusted after; what is newer than this reader is ignored and counted.
 */
import * as v from 'valibot';
import { CommandSchema, COMMAND_TYPES, type Command } from './commands.ts';
import { ChatError } from './errors.ts';
import { EventSchema, EVENT_TYPES, type ChatEvent } from './events.ts';
import type { CommandId } from './ids.ts';
import { CommandIdSchema } from './ids.ts';
import type { Position } from './position.ts';

/** The largest frame that a gateway takes. A page of a snapshot, the other way, may be four times that. */
export const MAX_COMMAND_FRAME_BYTES = 64 * 1024;

export interface Decoded<Item> {
  items: Item[];
  /** How many items of unknown type were passed over. */
  ignored: number;
}

/** @throws {ChatError} never; a value that JSON cannot hold is a programming error. */
export function encodeFrame(items: ChatEvent | Command | readonly (ChatEvent | Command)[]): string {
  return JSON.stringify(items);
}

/** @throws {ChatError} bad-frame: not JSON, or a known event of the wrong shape. */
export function decodeEvents(text: string): Decoded<ChatEvent> {
  return decodeFrame(text, readEvent);
}

/** @throws {ChatError} too-large, bad-frame: the message names the field; `ref` of the error names nothing: see `commandIdIn`. */
export function decodeCommands(text: string): Decoded<Command> {
  // A UTF-16 unit is at least one byte of UTF-8: a text this long is too large whatever it holds.
  if (text.length > MAX_COMMAND_FRAME_BYTES) throw new ChatError('too-large');
  return decodeFrame(text, readCommand);
}

/** The id of a command that could not be read, so that its rejection can name it. */
export function commandIdIn(text: string): CommandId | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const id = v.safeParse(CommandIdSchema, isObject(value) ? value.id : undefined);
    return id.success ? id.output : undefined;
  } catch {
    return undefined; // not JSON: there is no id to find, and the caller is reporting that already
  }
}

/** A server-sent events block. Its id is what `Last-Event-ID` brings back. */
export function encodeSseBlock(frame: string, position?: Position): string {
  const id = position === undefined ? '' : `id: ${position.epoch}.${position.seq}\n`;
  return `${id}data: ${frame}\n\n`; // JSON text holds no line break
}

/** The position in an SSE id, or undefined when it is not one of ours. */
export function parseSseId(id: string): Position | undefined {
  const match = /^(.{1,64})\.(\d{1,15})$/.exec(id);
  return match?.[1] === undefined ? undefined : { epoch: match[1], seq: Number(match[2]) };
}

/** undefined: an item of a type that this reader does not know. */
type ReadItem<Item> = (value: Record<string, unknown>) => Item | undefined;

function decodeFrame<Item>(text: string, read: ReadItem<Item>): Decoded<Item> {
  const value = parseJson(text);
  const items: Item[] = [];
  let ignored = 0;
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (!isObject(one))
      throw new ChatError('bad-frame', { message: 'A frame is a JSON object or an array of them.' });
    const item = read(one);
    if (item === undefined) ignored += 1;
    else items.push(item);
  }
  return { items, ignored };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ChatError('bad-frame', { message: 'The frame is not JSON.', cause: error });
  }
}

const knownEvents = new Set(EVENT_TYPES);
const knownCommands = new Set<string>(COMMAND_TYPES);

function readEvent(value: Record<string, unknown>): ChatEvent | undefined {
  if (isPlainTextDelta(value)) return value;
  return knownEvents.has(String(value.type)) ? validate(EventSchema, value) : undefined;
}

function readCommand(value: Record<string, unknown>): Command | undefined {
  if (typeof value.type !== 'string')
    throw new ChatError('bad-frame', { message: 'type: a command has one.' });
  return knownCommands.has(value.type) ? validate(CommandSchema, value) : undefined;
}

function validate<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ChatError('bad-frame', { message: `${v.getDotPath(issue) ?? 'frame'}: ${describe(issue)}` });
}

/** Names what was expected, never the value that came: it may be a person's words. */
function describe(issue: v.BaseIssue<unknown>): string {
  return issue.type === 'regex' ? issue.message : `expected ${issue.expected ?? 'another value'}`;
}

/** The one event that comes a hundred times a second: read by hand, everything else by its schema (1 us saved a delta). */
function isPlainTextDelta(
  value: Record<string, unknown>,
): value is Extract<ChatEvent, { type: 'text-delta' }> {
  return (
    value.type === 'text-delta' &&
    typeof value.text === 'string' &&
    typeof value.partId === 'string' &&
    isCount(value.seq) &&
    isCount(value.at) &&
    (value.first === undefined || isCount(value.first))
  );
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
