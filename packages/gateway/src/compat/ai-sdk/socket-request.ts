/** Reads the frames of the AI SDK's `WebSocketChatTransport`. */
import * as v from 'valibot';

/** What a frame asks for. */
export type SocketRequest =
  | { kind: 'abort'; requestId: string }
  | ({ requestId: string; chatId: string; siteId: string; token: string | undefined } & (
      | { kind: 'resume' }
      /** `frame` is read further by `readChatRequest`. */
      | { kind: 'send'; frame: unknown }
    ));

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const headers = v.optional(v.record(v.string(), v.string()), {});
const body = v.optional(v.looseObject({ site: v.optional(v.pipe(v.string(), v.maxLength(256)), '') }), {});
const asks = { requestId: id, id, headers, body };
const FrameSchema = v.variant('type', [
  v.object({ type: v.literal('abort'), requestId: id }),
  v.object({ type: v.literal('resume'), ...asks }),
  v.looseObject({ type: v.literal('send'), ...asks }),
]);

/** Reads a frame. @param text undefined when it was binary @returns undefined when it is none of the client's */
export function readSocketRequest(text: string | undefined): SocketRequest | undefined {
  const frame = v.safeParse(FrameSchema, parse(text));
  if (!frame.success) return undefined;
  const { output } = frame;
  if (output.type === 'abort') return { kind: 'abort', requestId: output.requestId };
  const { requestId, id: chatId } = output;
  const common = { requestId, chatId, siteId: output.body.site, token: tokenIn(output.headers) };
  if (output.type === 'resume') return { kind: 'resume', ...common };
  return { kind: 'send', ...common, frame: output };
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // what is no JSON is no frame
  }
}

/** The token of `Authorization: Bearer`. A browser cannot send headers with a socket, so they are in the frame. */
function tokenIn(all: Readonly<Record<string, string>>): string | undefined {
  const [, value = ''] = Object.entries(all).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return /^Bearer (\S+)$/i.exec(value)?.[1];
}
