/**
 * One frame <-> events or commands. A frame is the text of a WebSocket message, or of an SSE block: one JSON object, or an
 * array of them. What comes in is validated here and trusted after; what is newer than this reader is ignored and counted.
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
import type { CommandId } from '../schemas/ids.ts';
import { CommandIdSchema } from '../schemas/ids.ts';
import type { Position } from '../schemas/position.ts';

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
  const result = v.safeParse(SendMessageSchema, value);
  return result.success ? result.output : undefined;
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
