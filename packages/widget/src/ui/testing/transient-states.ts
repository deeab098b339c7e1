/**
 * Transient states: opening, unread answers, dragging, limits, scrolled away from the end; and content that a site
 * adds.
 */
import type { ErrorBody, Message } from '@rivulet/protocol';
import { DAY_MS } from '../i18n/day-of.ts';
import { answer, messageId, userMessage } from './fake-chat.ts';
import { mountClosed, mountOpen, type Mounted } from './mount.ts';
import { answers, shows, then, type State, type States } from './states.ts';
import { textsFor, type StateTexts } from './state-texts.ts';
import { vi } from 'vitest';

/** Resolves when an element matches. */
const waitForMatch = (mounted: Mounted, selector: string) =>
  vi.waitFor(() => {
    mounted.find(selector);
  });

/** A state with options of the site. */
const configured =
  (options: (texts: StateTexts) => Parameters<Mounted['element']['configure']>[0], state: State): State =>
  async (attributes) =>
    then(state, ({ element }, texts) => {
      element.configure(options(texts));
    })(attributes);

/** The panel while it opens: its animation is paused in the middle. */
const opening: State = async (attributes) => {
  const mounted = await mountOpen(attributes);
  mounted.element.close();
  await mounted.rendered();
  // A transition that is reversed early has hardly any distance left.
  for (const animation of mounted.find('.panel').getAnimations()) animation.finish();
  mounted.element.open();
  await mounted.rendered();
  for (const animation of mounted.find('.panel').getAnimations()) {
    animation.pause();
    animation.currentTime = 40;
  }
  return mounted;
};

/** @param count number of unread answers */
const unread =
  (count: number): State =>
  async (attributes) => {
    const mounted = mountClosed(attributes);
    await mounted.element.stop();
    mounted.chat.share({ unread: count });
    mounted.chat.emit('shared', { shared: mounted.chat.shared });
    return mounted;
  };

const dragging = then(
  configured(
    () => ({ attachments: { isEnabled: true } }),
    answers(({ short }) => short),
  ),
  async (mounted) => {
    mounted.chat.set({ files: { maxBytes: 10_000_000, mediaTypes: ['image/png', 'application/pdf'] } });
    await waitForMatch(mounted, '.attach');
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'chair.png', { type: 'image/png' }));
    mounted.find('.panel').dispatchEvent(new DragEvent('dragenter', { dataTransfer, bubbles: true }));
    await waitForMatch(mounted, '.drop-zone');
  },
);

const quota: ErrorBody = { code: 'quota-exceeded', retry: 'no', message: 'For developers.', ref: 'e_1' };
const limitReached = shows((texts) => ({
  messages: [userMessage('question', texts.question), answer('answer01', texts.short, { reason: 'stop' })],
  pending: [
    {
      messageId: messageId('pending1'),
      parts: [{ type: 'text', text: texts.next }],
      createdAtMs: 0,
      state: 'failed',
      error: quota,
    },
  ],
}));

/** @param overBy characters beyond the limit; negative for remaining characters */
const characters = (overBy: number): State =>
  then(
    answers(({ short }) => short),
    async (mounted, { next }) => {
      mounted.element.configure({ composer: { maxChars: next.length - overBy } });
      await waitForMatch(mounted, '.count');
      mounted.tag('rivulet-composer').text = next;
    },
  );

/** Two messages that wait, while a third is typed. */
const queued = then(
  answers(({ half }) => half, {}),
  async (mounted, { next, suggestions }) => {
    for (const text of [next, suggestions[1] ?? '']) mounted.chat.queue(text);
    mounted.tag('rivulet-composer').text = suggestions[0] ?? '';
    await waitForMatch(mounted, '.queue');
    await waitForMatch(mounted, '[data-does=queue]');
  },
);

/** Messages of last year, last week, yesterday and today. */
const days = shows((texts) =>
  // The fake clock of these pages starts at the beginning of 1970.
  ({
    messages: [-200, -5, -1, 0].flatMap((day, index): Message[] => {
      const parentId = messageId(`question${index}`);
      const finished = answer(`answer0${index}`, texts.short, { reason: 'stop', parentId });
      const before = index === 0 ? null : messageId(`answer0${index - 1}`);
      const question = userMessage(`question${index}`, [texts.question, texts.next][index % 2] ?? '', before);
      return [question, finished].map((one) => ({ ...one, createdAtMs: day * DAY_MS + 9 * 3_600_000 }));
    }),
  }),
);

/** New answers while the transcript is scrolled away from its end. */
const scrolledAway = then(
  answers((texts) => `${texts.answer}\n\n${texts.answer}`),
  async (mounted, { short }) => {
    mounted.find('.scroller').scrollTop = 0;
    await vi.waitFor(() => {
      if (mounted.find('.latest').hidden) throw new Error('the transcript is still at its end');
    });
    const { messages } = mounted.chat.snapshot.conversation;
    const more = [2, 3, 4].map((number) => answer(`answer0${number}`, short, { reason: 'stop' }));
    mounted.chat.setMessages([...messages, ...more]);
  },
);

function star(): Element {
  const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  icon.setAttribute('viewBox', '0 0 24 24');
  path.setAttribute('d', 'M12 4l2.5 5.2 5.5.8-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.8z');
  for (const [name, value] of Object.entries({
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.75',
  }))
    path.setAttribute(name, value);
  icon.append(path);
  return icon;
}

const customActions = then(
  configured(
    ({ card }) => ({
      messages: {
        customActions: [
          { name: 'star', label: 'Star', icon: star(), onAct: () => undefined },
          { name: 'stock', label: card.ask, onAct: () => undefined },
        ],
      },
    }),
    answers(({ short }) => short),
  ),
  (mounted) => waitForMatch(mounted, '[data-name=stock]'),
);

/** Content that a site puts into the slot `empty`. */
const emptySlot: State = async (attributes) => {
  const mounted = await mountOpen(attributes);
  const { card } = textsFor(attributes.locale);
  const own = document.createElement('div');
  const [title, text] = [document.createElement('h2'), document.createElement('p')];
  own.slot = 'empty';
  [title.textContent, text.textContent] = [card.title, card.text];
  own.append(title, text);
  mounted.element.append(own);
  return mounted;
};

const math = then(
  configured(
    () => ({ messages: { hasMath: true } }),
    answers(
      ({ short }) =>
        `${short} $E = mc^2$\n\n$$\n\\int_0^1 x^2 \\, dx = \\frac{1}{3}\n$$\n\n$$\n${Array.from({ length: 12 }, (_, index) => `\\frac{a_{${index}}}{b_{${index}}}`).join(' + ')}\n$$`,
    ),
  ),
  (mounted) => waitForMatch(mounted, 'math'),
);

/** The transient states, by name. */
export const TRANSIENT_STATES: States = {
  opening,
  unread: unread(3),
  'unread-many': unread(12),
  dragging,
  'limit-reached': limitReached,
  'characters-left': characters(-2),
  'characters-over': characters(8),
  queued,
  days,
  news: scrolledAway,
  'custom-actions': customActions,
  'empty-slot': emptySlot,
  math,
};
