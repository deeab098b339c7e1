/** Reads a stored message of which a part is damaged, so that one bad value does not take a whole conversation down. Pure. */
import {
  MessageIdSchema,
  MessageSchema,
  PartSchema,
  RunIdSchema,
  RunSchema,
  type Message,
  type Part,
} from '@rivulet/protocol';
import * as v from 'valibot';

/** A stored message, with what was wrong with it. */
export interface ReadMessage {
  message: Message;
  /** The place of the first bad value, such as `run.usage.inputTokens`; undefined when the message is as it was written. */
  damage: string | undefined;
}

/**
 * Reads the JSON of a message. What cannot be read is replaced: a part by one of an unknown type, because the parts after it are found
 * by their number; any other value by its absence.
 * @returns undefined when it is not JSON or has no id
 */
export function readMessage(body: string): ReadMessage | undefined {
  const value = parsed(body);
  const result = v.safeParse(MessageSchema, value);
  if (result.success) return { message: result.output, damage: undefined };
  const [issue] = result.issues;
  const message = repaired(value);
  return message && { message, damage: v.getDotPath(issue) ?? 'message' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller reports it
  }
}

const { role, parentId, createdAtMs, feedback } = MessageSchema.entries;
/** Each field by itself. The time of a message is shown and orders nothing. */
const LenientSchema = v.object({
  id: MessageIdSchema,
  role: v.fallback(role, 'assistant'),
  parentId: v.fallback(parentId, null),
  parts: v.fallback(v.array(v.unknown()), []),
  createdAtMs: v.fallback(createdAtMs, 0),
  run: v.fallback(v.unknown(), undefined),
  feedback: v.fallback(feedback, undefined),
});
const { state, startedAtMs, finishedAtMs, reason, usage, error } = RunSchema.entries;
const LenientRunSchema = v.object({
  id: RunIdSchema,
  state: v.fallback(state, 'finished'),
  startedAtMs: v.fallback(startedAtMs, 0),
  finishedAtMs: v.fallback(finishedAtMs, undefined),
  reason: v.fallback(reason, undefined),
  usage: v.fallback(usage, undefined),
  error: v.fallback(error, undefined),
});

function repaired(value: unknown): Message | undefined {
  const result = v.safeParse(LenientSchema, value);
  if (!result.success) return undefined;
  const { run: givenRun, feedback: given, parts, ...fields } = result.output;
  const ofRun = v.safeParse(LenientRunSchema, givenRun);
  const message: Message = { ...fields, parts: parts.map(repairedPart) };
  if (ofRun.success) message.run = ofRun.output;
  if (given !== undefined) message.feedback = given;
  return message;
}

function repairedPart(value: unknown): Part {
  const result = v.safeParse(PartSchema, value);
  return result.success ? result.output : { type: 'unknown' };
}
