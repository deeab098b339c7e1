/** Ids: branded strings, minted at random by whoever creates the thing, so that a resend can carry the same one. */
import * as v from 'valibot';

const id = <const Name extends string>(prefix: string, name: Name) =>
  v.pipe(v.string(), v.regex(new RegExp(`^${prefix}_[A-Za-z0-9_-]{8,64}$`)), v.brand(name));

/** `c_…`, minted by the client. */
export const ConversationIdSchema = id('c', 'ConversationId');
/** `m_…`, minted by whoever writes the message; for a visitor's message it is the idempotency key. */
export const MessageIdSchema = id('m', 'MessageId');
/** `r_…`, minted by the gateway, or by the client that asks for a regeneration. */
export const RunIdSchema = id('r', 'RunId');
/** `q_…`, minted by the client, unique within its connection; `accepted` and `rejected` name it. */
export const CommandIdSchema = id('q', 'CommandId');

/** One index has one spelling: `01` would be a second name for part 1. */
const PART_ID_PATTERN = /^m_[A-Za-z0-9_-]{8,64}\.(?:0|[1-9]\d{0,3})$/;
/** Whether `value` is a part id. */
export const isPartId = (value: unknown): value is PartId =>
  typeof value === 'string' && PART_ID_PATTERN.test(value);

/** `<message id>.<index>`: a part of a message. Short, because it rides on every delta. */
export const PartIdSchema = v.pipe(v.string(), v.regex(PART_ID_PATTERN), v.brand('PartId'));

export type ConversationId = v.InferOutput<typeof ConversationIdSchema>;
export type MessageId = v.InferOutput<typeof MessageIdSchema>;
export type RunId = v.InferOutput<typeof RunIdSchema>;
export type PartId = v.InferOutput<typeof PartIdSchema>;
export type CommandId = v.InferOutput<typeof CommandIdSchema>;

/** Gives `length` random bytes from a cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 14 letters of 62 are 83 bits: short, because a message's id rides on every delta, and beyond guessing. */
const ID_LETTERS = 14;
/** The largest multiple of 62 in a byte: bytes from here on are drawn again, or low letters would come up more. */
const UNBIASED_BELOW = 248;

function mint(prefix: string, random: RandomBytes): string {
  let letters = '';
  while (letters.length < ID_LETTERS) {
    for (const byte of random(ID_LETTERS)) {
      if (byte < UNBIASED_BELOW && letters.length < ID_LETTERS)
        letters += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return `${prefix}_${letters}`;
}

// What `mint` makes is an id by its alphabet and length: the casts check nothing that could be otherwise.
export const mintConversationId = (random: RandomBytes): ConversationId =>
  mint('c', random) as ConversationId;
export const mintMessageId = (random: RandomBytes): MessageId => mint('m', random) as MessageId;
export const mintRunId = (random: RandomBytes): RunId => mint('r', random) as RunId;
export const mintCommandId = (random: RandomBytes): CommandId => mint('q', random) as CommandId;

/** @throws {RangeError} when the index is not one of 0 to 9999, or the id none. */
export function partIdOf(messageId: MessageId, index: number): PartId {
  const partId = `${messageId}.${index}`;
  if (!isPartId(partId)) throw new RangeError(`${partId} must be a PartId: a MessageId, a dot and an index`);
  return partId;
}

/** The message of a part, and the part's index in it. */
export function splitPartId(partId: PartId): { messageId: MessageId; index: number } {
  const dot = partId.lastIndexOf('.');
  // What stands before the dot of a valid part id is a valid message id; deltas are too many to check it twice.
  return { messageId: partId.slice(0, dot) as MessageId, index: Number(partId.slice(dot + 1)) };
}
