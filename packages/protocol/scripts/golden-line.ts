/** Builds the lines of golden conversations, before each event has its place in the log. */

export type Json = Record<string, unknown>;
/** One line of a golden conversation. `merge`: it is recorded with its deltas merged, as a slow viewer gets them. */
export type Line = { command: Json } | { event: Json & { type: string }; merge?: true };

export const CONVERSATION_ID = 'c_golden000001';
const MODEL_PAUSE_MS = 1500;
const startedAtMs = 1_760_000_000_000;

export const atMs = (seconds: number): number => startedAtMs + seconds * 1000;

export const command = (type: string, fields: Json = {}): Line => ({
  command: { type, id: '', ...(type === 'hello' ? {} : { conversationId: CONVERSATION_ID }), ...fields },
});

export const event = (type: string, fields: Json): Line => ({ event: { type, ...fields } });

export const hello = (version = '1.0'): Line =>
  command('hello', {
    protocol: version,
    site: 'demo',
    client: { name: 'rivulet-widget', version: '0.1.0' },
    capabilities: [],
    subscriptions: [{ conversationId: CONVERSATION_ID }],
  });

/** The visitor's message and the start of its run, which are logged together. */
export function ask(question: {
  id: string;
  text: string;
  parentId?: string | null;
  seconds: number;
}): Line[] {
  const { id, text, parentId = null, seconds } = question;
  const parts = [{ type: 'text', text }];
  return [
    command('send-message', { messageId: `m_question${id}`, parentId, parts }),
    added(question),
    started({ id, parentId: `m_question${id}`, seconds }),
  ];
}

export function added(question: {
  id: string;
  text: string;
  parentId?: string | null;
  seconds: number;
}): Line {
  const { id, text, parentId = null, seconds } = question;
  const message = {
    id: `m_question${id}`,
    role: 'user',
    parentId,
    parts: [{ type: 'text', text }],
    createdAtMs: atMs(seconds),
  };
  return event('message-added', { message });
}

export const started = (run: { id: string; parentId: string; seconds: number }): Line =>
  event('run-started', {
    runId: `r_running${run.id}`,
    messageId: `m_answer${run.id}`,
    parentId: run.parentId,
    startedAtMs: atMs(run.seconds),
  });

export const finished = (id: string, reason: string, fields: Json & { seconds: number }): Line => {
  const { seconds, ...rest } = fields;
  return event('run-finished', {
    runId: `r_running${id}`,
    reason,
    finishedAtMs: atMs(seconds) + MODEL_PAUSE_MS,
    ...rest,
  });
};

export const part = (id: string, index: number, value: Json): Line =>
  event('part-started', { partId: `m_answer${id}.${index}`, value });
export const partEnd = (id: string, index: number): Line =>
  event('part-finished', { partId: `m_answer${id}.${index}` });

/** Deltas of one part, whose offsets follow each other. */
export function deltas(
  type: string,
  where: { id: string; index: number; at?: number },
  texts: string[],
): Line[] {
  let at = where.at ?? 0;
  return texts.map((text) => {
    const line = event(type, { partId: `m_answer${where.id}.${where.index}`, at, text });
    at += text.length;
    return line;
  });
}

/** A text part that streams in, whole. */
export const says = (id: string, texts: string[], index = 0): Line[] => [
  part(id, index, { type: 'text', text: '' }),
  ...deltas('text-delta', { id, index }, texts),
  partEnd(id, index),
];
