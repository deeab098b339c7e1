/** The transports over HTTP, for servers that offer them: the same frames with the same meaning. @see PROTOCOL.md §14 */
import {
  decodeEvents,
  mintCommandId,
  PROTOCOL_VERSION,
  type ChatEvent,
  type ConversationId,
  type EventOf,
  type Position,
} from '../../index.ts';
import { askAndWait, askUntilText, textOf, untilOver } from '../answers.ts';
import { BrokenPromise, expectEqual, expectThat, Undecided } from '../broken-promise.ts';
import type { Check } from '../check.ts';
import { Recording } from '../recording.ts';
import type { Server } from '../server.ts';
import { newConversationId, newMessageId } from '../visitor.ts';

const randomBytes = (length: number) => crypto.getRandomValues(new Uint8Array(length));

function helloTo(
  server: Server,
  subscriptions: { conversationId: ConversationId; cursor?: Position }[] = [],
) {
  return {
    ...{ type: 'hello', id: mintCommandId(randomBytes), protocol: PROTOCOL_VERSION, site: server.site },
    ...{ client: { name: 'rivulet-conformance', version: '1' }, capabilities: [], subscriptions },
    token: server.token,
  };
}

/** @throws {Undecided} when the server does not offer the route */
async function post(
  server: Server,
  path: string,
  { body, headers: more = {} }: { body: unknown; headers?: Record<string, string> },
): Promise<Response> {
  const headers = { ...(server.origin === undefined ? {} : { origin: server.origin }), ...more };
  const signal = AbortSignal.timeout(server.timeoutMs);
  const init = { method: 'POST', body: JSON.stringify(body), signal, headers };
  const response = await fetch(server.url + path, init).catch((error: unknown) => {
    throw new BrokenPromise(`POST ${path}: ${String(error)}`);
  });
  if (response.status === 404) throw new Undecided(`the server does not offer POST ${path}`);
  return response;
}

function expectUncached(response: Response): void {
  const { headers } = response;
  expectEqual(
    [headers.get('cache-control'), headers.get('x-accel-buffering')],
    ['no-store, no-transform', 'no'],
    'Cache-Control and X-Accel-Buffering',
  );
}

const eventsIn = (text: string): ChatEvent[] => decodeEvents(text).items;

interface Block {
  id: string | undefined;
  events: ChatEvent[];
}

/** The blocks of a stream until the condition holds. @throws {BrokenPromise} when the stream ends before */
async function readBlocks(response: Response, isEnough: (blocks: Block[]) => boolean): Promise<Block[]> {
  expectThat(response.ok && response.body !== null, `the stream was answered with ${response.status}`);
  const blocks: Block[] = [];
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const texts = (rest + chunk).split('\n\n');
    rest = texts.pop() ?? '';
    for (const text of texts) {
      const field = (name: string) =>
        text
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const data = field('data');
      if (data !== undefined) blocks.push({ id: field('id'), events: eventsIn(data) });
    }
    if (isEnough(blocks)) return blocks; // leaving the loop closes the stream
  }
  throw new BrokenPromise('the stream ended before the answer');
}

const hasEnd = (blocks: Block[]) =>
  blocks.some(({ events }) => events.some(({ type }) => type === 'run-finished'));

/** The promises of §14. */
export const FALLBACKS: readonly Check[] = [
  {
    id: 'sse',
    section: '§14.1, §14.2',
    promise: 'A stream of server-sent events has the same events, and names its position in each block.',
    async try(server) {
      const asked = await askUntilText(server);
      const { conversationId } = asked;
      const response = await post(server, '/v1/sse', { body: helloTo(server, [{ conversationId }]) });
      expectUncached(response);
      const blocks = await readBlocks(response, hasEnd);
      const recording = new Recording(server.timeoutMs);
      for (const { events } of blocks) recording.record(() => ({ items: events, ignored: 0 }));
      expectEqual(
        recording.answerTo(conversationId, asked.messageId),
        await untilOver(asked.visitor, asked),
        'the answer',
      );
      const { epoch, seq } = recording.viewOf(conversationId).position;
      expectEqual(blocks.at(-1)?.id, `${epoch}.${seq}`, 'the id of the last block');
    },
  },
  {
    id: 'sse-resume',
    section: '§14.2',
    promise: '`Last-Event-ID` is the cursor of a stream.',
    async try(server) {
      const { conversationId, visitor } = await askAndWait(server);
      const { epoch, seq } = visitor.recording.viewOf(conversationId).position;
      const headers = { 'last-event-id': `${epoch}.${seq}` };
      const response = await post(server, '/v1/sse', {
        body: helloTo(server, [{ conversationId }]),
        headers,
      });
      const isSynced = ({ type }: ChatEvent) => type === 'synced';
      const blocks = await readBlocks(response, (all) => all.some(({ events }) => events.some(isSynced)));
      const events = blocks.flatMap((block) => block.events);
      const subscribed = events.find(({ type }) => type === 'subscribed') as EventOf<'subscribed'>;
      expectEqual(subscribed.mode, 'replay', 'the mode');
      expectEqual((events.find(isSynced) as EventOf<'synced'>).seq, seq, 'the position of `synced`');
    },
  },
  {
    id: 'poll',
    section: '§14.3',
    promise: 'A poll is answered with everything up to `synced`.',
    async try(server) {
      const { conversationId, messageId, answer } = await askAndWait(server);
      const response = await post(server, '/v1/poll?wait=0', { body: helloTo(server, [{ conversationId }]) });
      expectUncached(response);
      const recording = new Recording(server.timeoutMs);
      const text = await response.text();
      recording.record(() => decodeEvents(text));
      expectThat(
        recording.events.some(({ type }) => type === 'synced'),
        'a poll has to contain `synced`',
      );
      expectEqual(recording.answerTo(conversationId, messageId), answer, 'the answer');
    },
  },
  {
    id: 'commands',
    section: '§14',
    promise: 'A list of commands is answered with `welcome`, and then with the answer to each.',
    async try(server) {
      const { conversationId } = await askAndWait(server);
      const ids = [mintCommandId(randomBytes), mintCommandId(randomBytes)];
      const commands = ids.map((id) => ({ type: 'abort-run', id, conversationId }));
      const response = await post(server, '/v1/commands', { body: [helloTo(server), ...commands] });
      const events = eventsIn(await response.text());
      expectEqual(
        events.map((event) => ('commandId' in event ? event.commandId : event.type)),
        ['welcome', ...ids],
        'the answers',
      );
    },
  },
  {
    id: 'message-by-post',
    section: '§14.7',
    promise: 'The POST of a message is answered with the complete reply, and its repeat with the same.',
    async try(server) {
      await server.connect();
      const path = `/v1/conversations/${newConversationId()}/messages`;
      const body = { text: server.question, messageId: newMessageId(), site: server.site };
      const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
      const replies: { status: number; message: Parameters<typeof textOf>[0] }[] = [];
      for (let round = 0; round < 2; round += 1) {
        const response = await post(server, path, { body, headers });
        const { message } = (await response.json()) as { message?: Parameters<typeof textOf>[0] };
        replies.push({ status: response.status, message });
      }
      const [first, again] = replies;
      expectEqual(first?.status, 200, 'the status');
      expectThat(textOf(first?.message) !== '', 'the reply has no text');
      expectEqual(again, first, 'the reply to the repeat');
    },
  },
];
