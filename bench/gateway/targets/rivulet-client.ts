/** A client of the gateway's protocol, as far as the benchmark needs it. */
import type { AnswerPlan } from '../stamp.ts';
import { Frames } from './frames.ts';
import { ReceivedText } from './received-text.ts';

/** The last event of an answer. */
const END = '"type":"run-finished"';

let minted = 0;
/** Creates an id that the protocol accepts: a prefix and at least eight characters. */
export const mintId = (prefix: 'c' | 'm' | 'q'): string => `${prefix}_bench-${process.pid}-${(minted += 1)}`;

/** A conversation to follow, as the protocol has it. */
export interface Subscription {
  conversationId: string;
  cursor?: { epoch: string; seq: number };
}

/** A visitor with an open connection. */
export interface Greeted {
  frames: Frames;
  token: string;
  /** What the connection has received of conversations. */
  received: ReceivedText;
}

/**
 * Opens a connection. Resolves when the gateway has welcomed it and has sent the conversation, if there is a subscription.
 * @param token that of a known visitor; undefined: a new visitor
 */
export async function greet(url: string, token?: string, subscription?: Subscription): Promise<Greeted> {
  const frames = await Frames.open(`${url}/v1/ws`, 'rivulet.v1');
  frames.send({
    type: 'hello',
    id: mintId('q'),
    protocol: '1.0',
    site: 'demo',
    client: { name: 'bench', version: '1' },
    capabilities: [],
    subscriptions: subscription === undefined ? [] : [subscription],
    ...(token === undefined ? {} : { token }),
  });
  const received = new ReceivedText();
  const mark = subscription === undefined ? '"type":"welcome"' : '"type":"synced"';
  const welcome = await frames.until(mark, (frame) => {
    received.read(frame);
  });
  return { frames, received, token: token ?? /"token":"([^"]+)"/.exec(welcome)?.[1] ?? '' };
}

/** Sends a question, whose text is the plan of its answer. */
export function sendMessage(frames: Frames, conversationId: string, plan: AnswerPlan): void {
  frames.send({
    type: 'send-message',
    id: mintId('q'),
    conversationId,
    messageId: mintId('m'),
    parts: [{ type: 'text', text: JSON.stringify(plan) }],
  });
}

/** Whether this is the end of an answer. A viewer that is too slow for the log of the gateway receives it in a snapshot. */
export function isEnd(frame: string): boolean {
  if (frame.includes(END)) return true;
  return (
    frame.includes('"type":"snapshot"') &&
    frame.includes('"isLast":true') &&
    !frame.includes('"state":"running"')
  );
}
