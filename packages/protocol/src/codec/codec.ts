/**
 * Converts frames to events or commands and back. A frame is the text of a WebSocket message or of an SSE block: one JSON
 * object, or an array of them. Frames are validated here and trusted afterwards; what is newer than this reader is ignored
 * and counted. @see PROTOCOL.md §3
 */
import * as v from 'valibot';
import {
  CommandSchema,
  COMMAND_TYPES,
  SendMessageSchema,
  type Command,
  type CommandOf,
} from '../schemas/commands.ts';
import { describeIssue } from '../schemas/describe-issue.ts';
import { ChatError } from '../schemas/errors.ts';
import { eventSchemaOf, type ChatEvent } from '../schemas/events.ts';
import { UnknownEventSchema, type UnknownEvent } from '../schemas/logged-events.ts';
import { CommandIdSchema, type CommandId } from '../schemas/ids.ts';
import type { Position } from '../schemas/position.ts';
import { jsonText } from './json-text.ts';

/**
 * The largest frame that a gateway accepts, in bytes of UTF-8. A page of a snapshot, the other way, may be four times as
 * large.
 */
export const MAX_COMMAND_FRAME_BYTES = 64 * 1024;
/**
 * The deepest nesting that a gateway accepts. A deeper value could be read and not be written again: JSON.stringify recurses
 * until its stack ends.
 */
export const MAX_COMMAND_DEPTH = 64;

/** What a frame held. */
export interface Decoded<Item> {
  /** The items in the order of the frame. */
  items: Item[];
  /**
   * How many items were of unknown type. A logged event of unknown type is also in `items`, as `unknown`, for its place in
   * the log.
   */
  ignored: number;
}

/** The text of one frame. An array of one item is equivalent to the item. */
export function encodeFrame(items: ChatEvent | Command | readonly (ChatEvent | Command)[]): string {
  return jsonText(items);
}

/**
 * Reads a frame of the gateway.
 * @throws {ChatError} bad-frame: not JSON, or a known event with a wrong field; the message names the field, never its value
 */
export function decodeEvents(text: string): Decoded<ChatEvent> {
  return decodeFrame(text, readEvent);
}

/**
 * Reads a frame of a client.
 * @throws {ChatError} too-large: more than MAX_COMMAND_FRAME_BYTES
 * @throws {ChatError} bad-frame: not JSON, too deep, or a known command with a wrong field; the message names the field,
 * never its value
 * @see commandIdIn
 */
export function decodeCommands(text: string): Decoded<Command> {
  if (isLongerThan(text, MAX_COMMAND_FRAME_BYTES)) throw new ChatError('too-large');
  return decodeFrame(text, readCommand);
}

/**
 * Reads a message that a client stored to send later; undefined when it is damaged. A client needs no other schema of a
 * command.
 */
export function readSendMessage(value: unknown): CommandOf<'send-message'> | undefined {
  const result = v.safeParse(SendMessageSchema, value);
  return result.success ? result.output : undefined;
}

/** The id of a command that could not be read, so that `rejected` can name it; undefined when the text has none. */
export function commandIdIn(text: string): CommandId | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const id = v.safeParse(CommandIdSchema, isObject(value) ? value.id : undefined);
    return id.success ? id.output : undefined;
  } catch {
    return undefined; // not JSON: there is no id to find, and the caller reports the frame itself
  }
}

/** The text of a server-sent events block. A browser sends its id back as `Last-Event-ID`. @see PROTOCOL.md §14 */
export function encodeSseBlock(frame: string, position?: Position): string {
  const id = position === undefined ? '' : `id: ${position.epoch}.${position.seq}\n`;
  return `${id}data: ${frame}\n\n`; // JSON text holds no line break
}

/** The position in the id of an SSE block, or undefined when this protocol did not write the id. */
export function parseSseId(id: string): Position | undefined {
  const match = /^(.{1,64})\.(\d{1,15})$/.exec(id);
  return match?.[1] === undefined ? undefined : { epoch: match[1], seq: Number(match[2]) };
}

/** Returns undefined for an item of a type that this reader does not know. */
type ReadItem<Item> = (value: Record<string, unknown>) => Item | undefined;

function decodeFrame<Item extends { type: string }>(text: string, read: ReadItem<Item>): Decoded<Item> {
  const value = parseJson(text);
  const items: Item[] = [];
  let ignored = 0;
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (!isObject(one))
      throw new ChatError('bad-frame', { message: 'A frame is an object or an array of them.' });
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
    throw new ChatError('bad-frame', { message: 'A frame is JSON.', cause: error });
  }
}

// Pure, here and where COMMAND_TYPES is made, so that a bundle which reads no commands leaves their schemas out.
const knownCommands = /* @__PURE__ */ new Set<string>(COMMAND_TYPES);

function readEvent(value: Record<string, unknown>): ChatEvent | undefined {
  if (typeof value.type !== 'string')
    throw new ChatError('bad-frame', { message: 'type: an event has one.' });
  const schema = eventSchemaOf(value.type);
  return schema === undefined ? readUnknownEvent(value) : validate(schema, value);
}

/** A logged event of an unknown type keeps its place in the log. An event with an epoch tells about a position and has no place. */
function readUnknownEvent(value: Record<string, unknown>): UnknownEvent | undefined {
  if (value.epoch !== undefined) return undefined;
  const result = v.safeParse(UnknownEventSchema, { ...value, type: 'unknown' });
  return result.success ? result.output : undefined;
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
  throw new ChatError('bad-frame', { message: describeIssue(result.issues[0]) });
}

/** Counts bytes of UTF-8 only when the number of UTF-16 units (1 to 3 bytes each) does not tell. */
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

/** Whether objects and arrays are nested in more than `levels` levels. It looks no deeper than that. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
