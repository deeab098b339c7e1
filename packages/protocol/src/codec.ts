/**
 * One frame <-> events or commands. A frame is the text of a WebSocket message, or of an SSE block: one JSON object, or an
 * array of them. What comes in is validated here and trusted after; what is newer than this reader is ignored and counted.
 */
import * as v from 'valibot';
import { CommandSchema, COMMAND_TYPES, type Command, type CommandOf } from './commands.ts';
import { ChatError } from './errors.ts';
import type { ChatEvent, EventOf } from './events.ts';
import type { CommandId } from './ids.ts';
import { CommandIdSchema, isPartId } from './ids.ts';
import type { Position } from './position.ts';
import { Mismatch, readShape } from './read-shape.ts';
import type { Shape } from './shape.ts';
import {
  LIVE_SHAPES,
  LOGGED_SHAPES,
  SEND_MESSAGE_SHAPE,
  UNKNOWN_EVENT_SHAPE,
  USER_PART_TYPES,
} from './shapes.ts';

/** The largest frame that a gateway takes. A page of a snapshot, the other way, may be four times that. */
export const MAX_COMMAND_FRAME_BYTES = 64 * 1024;
/** Deeper values could be read and then not be written again: JSON.stringify recurses, and its stack ends. */
export const MAX_COMMAND_DEPTH = 64;

export interface Decoded<Item> {
  items: Item[];
  /** How many items were of unknown type; a logged one of them is in `items` as `unknown`, for its place in the log. */
  ignored: number;
}

/** The text of one frame; an array of one item is as good as the item. */
export function encodeFrame(items: ChatEvent | Command | readonly (ChatEvent | Command)[]): string {
  return JSON.stringify(items);
}

/** Reads a gateway's frame. @throws {ChatError} bad-frame: not JSON, or a known event of the wrong shape. */
export function decodeEvents(text: string): Decoded<ChatEvent> {
  return decodeFrame(text, readEvent);
}

/** Reads a client's frame. @throws {ChatError} too-large, bad-frame: the message names the field, never its value. @see commandIdIn */
export function decodeCommands(text: string): Decoded<Command> {
  if (isLongerThan(text, MAX_COMMAND_FRAME_BYTES)) throw new ChatError('too-large');
  return decodeFrame(text, readCommand);
}

/** A message that was kept to be sent later, or undefined when it is none: so that a client needs no other command's schema. */
export function readSendMessage(value: unknown): CommandOf<'send-message'> | undefined {
  // The shape is that of the schema whose type this is; only which parts may be sent is not in it.
  const command = readOrNot(SEND_MESSAGE_SHAPE, value) as CommandOf<'send-message'> | undefined;
  return command?.parts.every(({ type }) => USER_PART_TYPES.includes(type)) === true ? command : undefined;
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

function decodeFrame<Item extends { type: string }>(text: string, read: ReadItem<Item>): Decoded<Item> {
  const value = parseJson(text);
  const items: Item[] = [];
  let ignored = 0;
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (!isObject(one))
      throw new ChatError('bad-frame', { message: 'A frame is a JSON object or an array of them.' });
    const item = read(one);
    if (item === undefined || item.type === 'unknown') ignored += 1;
    if (item !== undefined) items.push(item);
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

// Marked as pure, here and where it comes from, so that a bundle which reads no commands leaves their schemas out.
const knownCommands = /* @__PURE__ */ new Set<string>(COMMAND_TYPES);

function readEvent(value: Record<string, unknown>): ChatEvent | undefined {
  if (isPlainTextDelta(value)) return copyTextDelta(value);
  if (typeof value.type !== 'string')
    throw new ChatError('bad-frame', { message: 'type: an event has one.' });
  const shape = shapeOf(LOGGED_SHAPES, value.type) ?? shapeOf(LIVE_SHAPES, value.type);
  return shape === undefined ? readUnknownEvent(value) : (readKnown(shape, value) as ChatEvent); // the shape is its schema's
}

const shapeOf = (shapes: Readonly<Record<string, Shape>>, type: string): Shape | undefined =>
  Object.hasOwn(shapes, type) ? shapes[type] : undefined;

function readKnown(shape: Shape, value: unknown): unknown {
  try {
    return readShape(shape, value);
  } catch (error) {
    if (error instanceof Mismatch) throw new ChatError('bad-frame', { message: error.message });
    throw error;
  }
}

function readOrNot(shape: Shape, value: unknown): unknown {
  try {
    return readShape(shape, value);
  } catch (error) {
    if (error instanceof Mismatch) return undefined;
    throw error;
  }
}

/** What has a place in the log keeps it. With an epoch it is not an event of the log but tells about one. */
function readUnknownEvent(value: Record<string, unknown>): EventOf<'unknown'> | undefined {
  if (value.epoch !== undefined) return undefined;
  return readOrNot(UNKNOWN_EVENT_SHAPE, { ...value, type: 'unknown' }) as EventOf<'unknown'> | undefined;
}

function readCommand(value: Record<string, unknown>): Command | undefined {
  if (typeof value.type !== 'string')
    throw new ChatError('bad-frame', { message: 'type: a command has one.' });
  if (!knownCommands.has(value.type)) return undefined;
  if (isDeeperThan(value, MAX_COMMAND_DEPTH))
    throw new ChatError('bad-frame', { message: `frame: expected at most ${MAX_COMMAND_DEPTH} levels` });
  return validate(CommandSchema, value);
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
function isPlainTextDelta(value: Record<string, unknown>): value is EventOf<'text-delta'> {
  return (
    value.type === 'text-delta' &&
    typeof value.text === 'string' &&
    isPartId(value.partId) &&
    isIntegerFrom(1, value.seq) &&
    isIntegerFrom(0, value.at) &&
    (value.first === undefined || isIntegerFrom(1, value.first))
  );
}

/** Without the fields that this reader does not know. */
function copyTextDelta({ type, seq, first, partId, at, text }: EventOf<'text-delta'>): EventOf<'text-delta'> {
  return first === undefined ? { type, seq, partId, at, text } : { type, seq, first, partId, at, text };
}

const isIntegerFrom = (least: number, value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least;

/** Bytes of UTF-8, counted only when the number of UTF-16 units (1 to 3 bytes each) does not tell. */
function isLongerThan(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return false;
  let bytes = 0;
  for (let index = 0; index < text.length && bytes <= maxBytes; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800 || (unit >= 0xd800 && unit < 0xe000))
      bytes += 2; // half of a pair, which is 4 bytes
    else bytes += 3;
  }
  return bytes > maxBytes;
}

/** Whether objects and arrays are nested in more than so many levels; looks no deeper than that. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
