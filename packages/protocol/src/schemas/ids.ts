/**
 * Ids: branded strings that are minted at random by whoever creates the thing, so that a resend carries the same id. @see
 * PROTOCOL.md §1
 */
import * as v from 'valibot';

const id = <const Name extends string>(prefix: string, name: Name) =>
  v.pipe(v.string(), v.regex(new RegExp(`^${prefix}_[A-Za-z0-9_-]{8,64}$`)), v.brand(name));

/** `c_…`: a conversation, minted by the client. */
export const ConversationIdSchema = id('c', 'ConversationId');
/**
 * `m_…`: a message, minted by whoever writes it. For a visitor's message it is also the idempotency key. @see PROTOCOL.md §8
 */
export const MessageIdSchema = id('m', 'MessageId');
/** `r_…`: a run, minted by the gateway, or by the client that asks for a regeneration. */
export const RunIdSchema = id('r', 'RunId');
/** `q_…`: a command, minted by the client, unique within its connection. `accepted` and `rejected` name it. */
export const CommandIdSchema = id('q', 'CommandId');

/** Each index has one spelling: `01` would be a second name for part 1. */
const PART_ID_PATTERN = /^m_[A-Za-z0-9_-]{8,64}\.(?:0|[1-9]\d{0,3})$/;
/** Whether `value` is a part id. */
export const isPartId = (value: unknown): value is PartId =>
  typeof value === 'string' && PART_ID_PATTERN.test(value);

/** `<message id>.<index>`: a part of a message, with the index from 0 to 9999. Short, because every delta carries it. */
export const PartIdSchema = v.pipe(v.string(), v.regex(PART_ID_PATTERN), v.brand('PartId'));

/** The id of a conversation: `c_` and 8 to 64 letters, digits, `-` or `_`. */
export type ConversationId = v.InferOutput<typeof ConversationIdSchema>;
/** The id of a message: `m_` and 8 to 64 letters, digits, `-` or `_`. */
export type MessageId = v.InferOutput<typeof MessageIdSchema>;
/** The id of a run: `r_` and 8 to 64 letters, digits, `-` or `_`. */
export type RunId = v.InferOutput<typeof RunIdSchema>;
/** The id of a part: `<message id>.<index>`. */
export type PartId = v.InferOutput<typeof PartIdSchema>;
/** The id of a command: `q_` and 8 to 64 letters, digits, `-` or `_`. */
export type CommandId = v.InferOutput<typeof CommandIdSchema>;

/** Returns `length` random bytes from a cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 14 letters of 62 hold 83 bits: too many to guess, and short, because every delta carries a message's id. */
const ID_LETTERS = 14;
/**
 * The largest multiple of 62 in a byte. Larger bytes are drawn again; otherwise the first letters of the alphabet would be
 * likelier.
 */
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
/** A new conversation id. */
export const mintConversationId = (random: RandomBytes): ConversationId =>
  mint('c', random) as ConversationId;
/** A new message id. */
export const mintMessageId = (random: RandomBytes): MessageId => mint('m', random) as MessageId;
/** A new run id. */
export const mintRunId = (random: RandomBytes): RunId => mint('r', random) as RunId;
/** A new command id. */
export const mintCommandId = (random: RandomBytes): CommandId => mint('q', random) as CommandId;

/**
 * The id of the part at `index` of a message.
 * @throws {RangeError} when the index is not a whole number from 0 to 9999, or `messageId` is not a message id
 */
export function partIdOf(messageId: MessageId, index: number): PartId {
  const partId = `${messageId}.${index}`;
  if (!isPartId(partId)) throw new RangeError(`${partId} must be a PartId: a MessageId, a dot and an index`);
  return partId;
}

/** The message of a part, and the index of the part in it. */
export function splitPartId(partId: PartId): { messageId: MessageId; index: number } {
  const dot = partId.lastIndexOf('.');
  // What stands before the dot of a valid part id is a valid message id; deltas are too many to check it twice.
  return { messageId: partId.slice(0, dot) as MessageId, index: Number(partId.slice(dot + 1)) };
}
