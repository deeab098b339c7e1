/** Named states of a conversation. Each has a screenshot and passes the accessibility audit. */
import type { ConversationOwner, ErrorBody, Message, Part } from '@rivulet/protocol';
import { vi } from 'vitest';
import type { ChatSnapshot, PendingMessage } from '../../client/chat.ts';
import { answer, messageId, userMessage } from './fake-chat.ts';
import { mountClosed, mountOpen, type Mounted } from './mount.ts';
import { call, data, source } from './rich-scenes.ts';
import { textsFor, type StateTexts } from './state-texts.ts';

/** Attributes of the host element. */
export type Attributes = Readonly<Record<string, string>>;
/** Mounts a widget in the state; resolves once it is rendered. */
export type State = (attributes: Attributes) => Promise<Mounted>;
/** States by name. */
export type States = Readonly<Record<string, State>>;

/** Builds the messages, and other parts of the snapshot, in one language. */
type Scene = (texts: StateTexts) => { messages: Message[] } & Partial<ChatSnapshot>;

/** An answer that is wider than any panel: a long link, a wide table, a long line of code, a long word. */
const WIDE = `See https://example.com/${'a-very-long-path/'.repeat(12)}

| ${'Column | '.repeat(9)}
| ${'--- | '.repeat(9)}
| ${'some words | '.repeat(9)}

\`\`\`sh
curl --silent --show-error --fail https://example.com/${'x'.repeat(80)} | sort --unique
\`\`\`

${'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(3)}`;

const questionMessage = ({ question }: StateTexts) => userMessage('question', question);
const followUp = ({ next }: StateTexts) => userMessage('question2', next, messageId('answer01'));
const finishedAnswer = (content: string | Part[]) => answer('answer01', content, { reason: 'stop' });
const version = (number: number, text: string) =>
  answer(`version${number}`, `${text} (${number})`, { reason: 'stop', parentId: messageId('question') });
const chatError = (code: ErrorBody['code'], retry: ErrorBody['retry']): ErrorBody => ({
  ...{ code, retry, message: 'For developers.', ref: 'e_1' },
});
const waiting = (name: string, text: string): PendingMessage => ({
  messageId: messageId(name),
  parts: [{ type: 'text', text }],
  createdAtMs: 0,
  state: 'waiting',
});

/** Creates a state that shows the messages of a scene in an open panel. */
export const shows =
  (scene: Scene): State =>
  async (attributes) => {
    const mounted = await mountOpen(attributes);
    const { messages, ...change } = scene(textsFor(attributes.locale));
    mounted.chat.setMessages(messages);
    mounted.chat.set(change);
    await mounted.rendered();
    return mounted;
  };
/** Creates a state with a question and one answer. @param options as of `answer`; by default the answer is finished */
export const answers = (
  content: (texts: StateTexts) => string | Part[],
  options: Parameters<typeof answer>[2] = { reason: 'stop' },
): State =>
  shows((texts) => ({
    messages: [questionMessage(texts), answer('answer01', content(texts), options)],
    isAnswering: options.reason === undefined,
  }));
/** Creates a state that performs an action after another state. */
export const then =
  (state: State, act: (mounted: Mounted, texts: StateTexts) => void | Promise<void>): State =>
  async (attributes) => {
    const mounted = await state(attributes);
    await act(mounted, textsFor(attributes.locale));
    await mounted.rendered();
    return mounted;
  };
const clicked = (state: State, selector: string): State =>
  then(state, ({ find }) => {
    find(selector).click();
  });

const ADA = { id: 'p_ada', name: 'Ada Lovelace' };
const personMessage = (texts: StateTexts): Message => ({
  ...followUp(texts),
  ...{ id: messageId('person01'), role: 'agent', author: ADA, createdAtMs: 2 },
  parts: [{ type: 'text', text: texts.operatorMessage }],
});
/** A conversation that the model has answered, and that a person answers, or should. */
const desk = (
  owner: Partial<ConversationOwner> & Pick<ConversationOwner, 'kind'>,
  more: (texts: StateTexts) => Message[],
): State =>
  then(
    shows((texts) => ({ messages: [questionMessage(texts), finishedAnswer(texts.short), ...more(texts)] })),
    async (mounted) => {
      const { conversation } = mounted.chat.snapshot;
      const whole = { number: 1, sinceMs: 1, ...owner };
      mounted.chat.set({ conversation: { ...conversation, owner: whole } });
      await vi.waitFor(() => mounted.find('.owner-change'));
    },
  );

const GOOD: States = {
  closed: (attributes) => Promise.resolve(mountClosed(attributes)),
  empty: shows(() => ({ messages: [] })),
  inline: (attributes) => shows(() => ({ messages: [] }))({ ...attributes, mode: 'inline' }),
  loading: shows(() => ({ messages: [], isLoading: true })),
  waiting: answers(() => '', {}),
  streaming: answers(({ half }) => half, {}),
  answered: answers((texts) => texts.answer),
  wide: answers(() => WIDE),
  operatorMessage: desk({ kind: 'person', person: ADA }, (texts) => [personMessage(texts)]),
  inQueue: desk({ kind: 'queue' }, () => []),
  nobodyThere: then(
    desk({ kind: 'queue', isAway: true }, () => []),
    async (mounted) => {
      await vi.waitFor(() => mounted.find('rivulet-address form'));
      mounted.find('rivulet-address [type=submit]').click(); // with what is wrong
    },
  ),
  addressLeft: desk({ kind: 'queue', isAway: true, hasAddress: true }, () => []),
  personOffered: then(
    answers(({ cut }) => cut, { reason: 'error', error: chatError('upstream-truncated', 'new') }),
    async (mounted) => {
      mounted.chat.set({ status: 'online', capabilities: ['request-person'] });
      await vi.waitFor(() => mounted.find('.person-offer'));
    },
  ),
  returned: desk({ kind: 'ai', sinceMs: 2 }, (texts) => [personMessage(texts)]),
  long: shows((texts) => ({
    messages: [
      { ...questionMessage(texts), createdAtMs: -86_400_000 },
      finishedAnswer(texts.answer),
      followUp(texts),
      answer('answer02', texts.short, { reason: 'stop', parentId: followUp(texts).id }),
    ],
  })),
  'versions-and-editor': clicked(
    shows((texts) => ({
      messages: [questionMessage(texts), version(1, texts.short), version(2, texts.short)],
    })),
    '.edit',
  ),
  feedback: clicked(
    answers(({ short }) => short),
    '.thumb[data-value=down]',
  ),
};

const BAD: States = {
  failed: answers(({ cut }) => cut, {
    reason: 'error',
    error: chatError('upstream-truncated', 'new'),
  }),
  blocked: answers(() => '', { reason: 'blocked' }),
  stopped: answers(({ cut }) => cut, { reason: 'aborted' }),
  offline: shows((texts) => ({
    messages: [questionMessage(texts), finishedAnswer(texts.short)],
    status: 'offline',
    pending: [waiting('pending1', texts.next), waiting('pending2', texts.suggestions[0] ?? '')],
  })),
  reconnecting: shows((texts) => ({
    messages: [questionMessage(texts), answer('answer01', texts.half)],
    status: 'reconnecting',
    isAnswering: true,
  })),
  refused: shows((texts) => ({
    messages: [questionMessage(texts), finishedAnswer(texts.short)],
    pending: [
      { ...waiting('pending1', texts.next), state: 'failed', error: chatError('rate-limited', 'after') },
    ],
  })),
  'not-available': shows(() => ({
    messages: [],
    status: 'offline',
    closedBecause: chatError('origin-denied', 'no'),
  })),
};

const RICH: States = {
  'reasoning-and-sources': clicked(
    answers(({ thought, short }) => [
      { type: 'reasoning', text: thought },
      { type: 'text', text: short },
      source(1, 'https://example.com/returns'),
      source(2, 'https://example.org/a-much-longer-path/to/the/terms'),
      source(3),
    ]),
    '.reasoning summary',
  ),
  'tool-running': answers(() => [call({ state: 'called' })], {}),
  'tool-approval': answers(
    () => [
      call({
        input: { name: 'Ada', day: '2026-12-01', seats: 2, quiet: true, meal: 'soup' },
        inputSchema: {
          required: ['name', 'day', 'seats'],
          properties: {
            name: { type: 'string', title: 'Name' },
            day: { type: 'string', format: 'date', title: 'Day' },
            seats: { type: 'integer', minimum: 1, title: 'Seats', description: 'At most eight.' },
            meal: { enum: ['soup', 'salad'], title: 'Meal' },
            quiet: { type: 'boolean', title: 'A quiet table' },
          },
        },
      }),
    ],
    {},
  ),
  'tool-done': clicked(
    answers(() => [call({ state: 'finished', output: { reference: 'CB-1' } })]),
    '.tool summary',
  ),
  form: answers(({ callBack, form }) => [{ type: 'text', text: callBack }, data('form', form)]),
  card: answers(({ short, card }) => [
    { type: 'text', text: short },
    data('card', {
      title: card.title,
      text: card.text,
      actions: [
        { label: card.ask, message: card.ask },
        { label: card.open, url: 'https://example.com/chair' },
      ],
    }),
  ]),
  suggestions: answers((texts) => [
    { type: 'text', text: texts.short },
    data('suggestions', [...texts.suggestions]),
  ]),
  file: shows((texts) => ({
    messages: [
      {
        ...questionMessage(texts),
        parts: [
          ...questionMessage(texts).parts,
          {
            type: 'file',
            fileId: 'f1',
            name: 'receipt.pdf',
            mediaType: 'application/pdf',
            sizeBytes: 48_300,
          },
        ],
      },
      finishedAnswer(texts.short),
    ],
  })),
};

/** The states of a conversation, by name. */
export const CONVERSATION_STATES: States = { ...GOOD, ...BAD, ...RICH };
