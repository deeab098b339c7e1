/** Reads the requests of the AI SDK's chat transports: what the visitor wants, of all that the client sends. */
import { ChatError, type UserPart } from '@rivulet/protocol';
import * as v from 'valibot';
import { checkSchema } from '../../http/body.ts';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
/** Only the message that is asked about is read further. */
const MessageSchema = v.object({
  id: v.optional(v.pipe(v.string(), v.maxLength(256)), ''),
  role: v.pipe(v.string(), v.maxLength(32)),
  parts: v.array(v.unknown()),
});
type UiMessage = v.InferOutput<typeof MessageSchema>;

const BodySchema = v.object({
  /** The id of the chat. */
  id,
  trigger: v.optional(v.picklist(['submit-message', 'regenerate-message']), 'submit-message'),
  messageId: v.optional(v.nullable(id)),
  messages: v.optional(v.pipe(v.array(MessageSchema), v.maxLength(10_000))),
  /** In place of `messages`: the last one, as pages send it that prepare their requests. */
  message: v.optional(MessageSchema),
  /** The id of the site, when the address does not name it. An empty one means the gateway's first site. */
  site: v.optional(v.pipe(v.string(), v.maxLength(256)), ''),
});

const TextSchema = v.object({ type: v.literal('text'), text: v.string() });
const DataSchema = v.object({
  type: v.pipe(v.string(), v.startsWith('data-'), v.maxLength(256)),
  data: v.unknown(),
});
const ApprovalSchema = v.object({
  toolCallId: id,
  state: v.literal('approval-responded'),
  approval: v.object({ approved: v.boolean() }),
});

/** What is asked of a chat. */
export type ChatRequest = { chatId: string; siteId: string } & (
  | {
      kind: 'ask';
      parts: UserPart[];
      /** The id that the client gave the message. */
      messageId: string;
      /** The client's id of the message before; null: there is none. Undefined: the message follows the newest one. */
      followsId?: string | null;
    }
  /** Another answer to the question of `answerId`; without one, to the newest question. */
  | { kind: 'regenerate'; answerId: string | undefined }
  /** The visitor has decided about calls of the answer `answerId`, which goes on. */
  | { kind: 'decide'; answerId: string; decisions: { callId: string; decision: 'approve' | 'refuse' }[] }
);

/**
 * Reads a request.
 * @param body the parsed body of the POST, or the frame of the WebSocket
 * @throws {ChatError} `bad-frame`, which names the field and never its value; `unsupported` for a file in a message
 */
export function readChatRequest(body: unknown): ChatRequest {
  const {
    id: chatId,
    site: siteId,
    trigger,
    messages: all,
    message,
    ...rest
  } = checkSchema(BodySchema, body, 'body');
  const messages = all ?? (message === undefined ? [] : [message]);
  const messageId = rest.messageId ?? undefined;
  const common = { chatId, siteId };
  if (trigger === 'regenerate-message') return { ...common, kind: 'regenerate', answerId: messageId };
  const asked = messages.findLast((one) => one.id === messageId) ?? messages.at(-1);
  if (asked?.role === 'assistant')
    return { ...common, kind: 'decide', answerId: asked.id, decisions: decisionsIn(asked) };
  if (asked?.role !== 'user')
    throw new ChatError('bad-frame', { message: 'messages: the last message must be one of the user.' });
  const question = { ...common, kind: 'ask', parts: partsOf(asked), messageId: asked.id } as const;
  // A message that is named replaces an earlier one with this id; a new one is not.
  return messageId === undefined || all === undefined
    ? question
    : { ...question, followsId: all[all.lastIndexOf(asked) - 1]?.id ?? null };
}

function decisionsIn({ parts }: UiMessage) {
  const decisions = parts.flatMap((part) => {
    const read = v.safeParse(ApprovalSchema, part);
    if (!read.success) return [];
    const { toolCallId: callId, approval } = read.output;
    return [{ callId, decision: approval.approved ? ('approve' as const) : ('refuse' as const) }];
  });
  if (decisions.length > 0) return decisions;
  throw new ChatError('bad-frame', {
    message: 'messages: the last message has no decision about a tool call.',
  });
}

/** What the user says: texts, and data parts. What the client adds for itself is left out. */
function partsOf({ parts }: UiMessage): UserPart[] {
  return parts.flatMap((part): UserPart[] => {
    if (v.is(TextSchema, part)) return [{ type: 'text', text: part.text }];
    if (v.is(DataSchema, part))
      return [{ type: 'data', name: part.type.slice('data-'.length), value: part.data }];
    if (v.is(v.object({ type: v.literal('file') }), part))
      throw new ChatError('unsupported', { message: 'Files cannot be sent in a message here.' });
    return [];
  });
}
