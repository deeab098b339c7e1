import type { ConversationOwner, Message } from '@rivulet/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { answer, messageId, userMessage } from '../testing/fake-chat.ts';
import { audit, mountOpen, unmountAll, type Mounted } from '../testing/mount.ts';
import { initialsOf } from './face.ts';

afterEach(unmountAll);

const PERSON = { id: 'p_ada', name: 'Ada Lovelace' };
const ADA: ConversationOwner = { kind: 'person', number: 2, sinceMs: 5, person: PERSON };
const QUEUE: ConversationOwner = { kind: 'queue', number: 1, sinceMs: 5 };
const AI: ConversationOwner = { kind: 'ai', number: 3, sinceMs: 20 };
const written = (name: string, text: string): Message => ({
  ...userMessage(name, text),
  ...{ role: 'agent', author: PERSON, createdAtMs: 10 },
});

/** A conversation that the model has answered once. */
async function mountAnswered(): Promise<Mounted> {
  const mounted = await mountOpen();
  mounted.chat.setMessages([userMessage('question', 'Why?'), answer('answer01', 'So.', { reason: 'stop' })]);
  await mounted.rendered();
  return mounted;
}
async function give(mounted: Mounted, owner: ConversationOwner): Promise<void> {
  const { chat, find, rendered } = mounted;
  chat.set({ conversation: { ...chat.snapshot.conversation, owner } });
  await vi.waitFor(() => find('.owner-change'));
  await rendered();
}
const changes = ({ element }: Mounted) =>
  [...(element.shadowRoot?.querySelectorAll('.owner-change') ?? [])].map(({ textContent }) =>
    textContent.trim(),
  );
/** What screen readers were told. */
function spoken({ clock, element }: Mounted): string {
  clock.advance(250);
  return element.parentElement?.querySelector('[aria-live=polite]')?.textContent ?? '';
}

test('when a person takes over, the visitor sees and hears it, and the header and the notice name them', async () => {
  const mounted = await mountAnswered();
  await give(mounted, ADA);
  expect(changes(mounted)).toEqual(['Ada Lovelace has joined the conversation.']);
  expect(spoken(mounted)).toBe('Ada Lovelace has joined the conversation.');
  expect(mounted.find('#rivulet-title').textContent).toContain('Ada Lovelace');
  expect(mounted.find('.mark .face').textContent.trim()).toBe('AL');
  expect(mounted.find('[part=ai-notice] span span').textContent).toBe('You are chatting with Ada Lovelace.');
  expect(await audit(mounted.element)).toEqual([]);
});

test('nothing moves when a person takes over', async () => {
  const mounted = await mountAnswered();
  const places = () =>
    ['.header', '.title', 'rivulet-message', 'rivulet-composer'].map((name) => {
      const { x, y, width, height } = mounted.find(name).getBoundingClientRect();
      return { name, x, y, width, height };
    });
  const before = places();
  await give(mounted, ADA);
  expect(places()).toEqual(before);
});

test('in the queue the visitor is told so, and the AI notice stays until a person answers', async () => {
  const mounted = await mountAnswered();
  await give(mounted, QUEUE);
  expect(changes(mounted)).toEqual(['You are waiting for a person. You can keep writing.']);
  expect(spoken(mounted)).toBe('You are waiting for a person. You can keep writing.');
  expect(mounted.find('.status').textContent).toContain('Waiting for a person…');
  expect(mounted.find('[part=ai-notice]').textContent).toContain('AI assistant');
});

test('when the conversation goes back to the AI, the visitor is told so, and where the person was stays visible', async () => {
  const mounted = await mountAnswered();
  await give(mounted, ADA);
  const { chat } = mounted;
  chat.setMessages([...chat.snapshot.conversation.messages, written('person01', 'Hi.')]);
  await mounted.rendered();
  spoken(mounted);
  chat.set({ conversation: { ...chat.snapshot.conversation, owner: AI } });
  await mounted.rendered();
  expect(changes(mounted)).toEqual([
    'Ada Lovelace has joined the conversation.',
    'The AI assistant answers again.',
  ]);
  expect(spoken(mounted)).toBe('The AI assistant answers again.');
  expect(mounted.find('#rivulet-title').textContent).not.toContain('Ada');
  expect(mounted.find('[part=ai-notice]').textContent).toContain('AI assistant');
});

test('a message of the person has their name and picture, is read out with the name, and counts as unread', async () => {
  const mounted = await mountAnswered();
  await give(mounted, ADA);
  spoken(mounted);
  const { chat, clock } = mounted;
  clock.advance(1_000);
  const message = written('person01', 'I can help.');
  chat.setMessages([...chat.snapshot.conversation.messages, message]);
  chat.emit('message', { message });
  await mounted.rendered();
  expect(mounted.find('[data-role=agent]').getAttribute('aria-label')).toBe('Ada Lovelace');
  expect(mounted.find('.message-face .face').textContent.trim()).toBe('AL');
  expect(spoken(mounted)).toBe('Ada Lovelace: I can help.');
  mounted.element.close();
  chat.emit('message', { message: written('person02', 'Anything else?') });
  expect(chat.shared.unread).toBe(1);
});

test('the picture of a person is loaded only from the origins that the site allows', async () => {
  const mounted = await mountAnswered();
  const pictureUrl = 'https://pictures.test/ada.png';
  await give(mounted, { ...ADA, person: { ...PERSON, pictureUrl } });
  expect(mounted.has('.face img')).toBe(false);
  mounted.element.configure({ messages: { imageOrigins: ['https://pictures.test'] } });
  await mounted.rendered();
  expect(mounted.find('.face img').getAttribute('src')).toBe(pictureUrl);
});

test('a message on its way stands below the notice from the beginning', async () => {
  const mounted = await mountAnswered();
  await give(mounted, ADA);
  const pending = {
    ...{ messageId: messageId('sending1'), createdAtMs: mounted.clock.now() },
    state: 'sending',
  } as const;
  mounted.chat.set({ pending: [{ ...pending, parts: [{ type: 'text', text: 'Hello?' }] }] });
  await mounted.rendered();
  const order = mounted.find('.owner-change').compareDocumentPosition(mounted.find('[data-pending]'));
  expect(order & Node.DOCUMENT_POSITION_FOLLOWING).not.toBe(0);
  expect(mounted.has('[data-does=stop]')).toBe(false);
});

test('the typing of the person who answers is shown in the header, and ends by itself', async () => {
  const mounted = await mountAnswered();
  await give(mounted, ADA);
  const { chat, clock, find, rendered } = mounted;
  const { id: conversationId } = chat.snapshot.conversation;
  chat.emit('typing', { conversationId, participantId: 'v_visitor', isTyping: true });
  await rendered();
  expect(find('.status').textContent).not.toContain('Typing…');
  chat.emit('typing', { conversationId, participantId: 'p_ada', isTyping: true });
  await rendered();
  expect(find('.status').textContent).toContain('Typing…');
  clock.advance(6_000);
  await rendered();
  expect(find('.status').textContent).not.toContain('Typing…');
});

test('the visitor’s typing is told while a person answers, and not while the model does', async () => {
  const mounted = await mountAnswered();
  await give(mounted, QUEUE);
  const { chat, find } = mounted;
  const type = (text: string) => {
    const field = find('textarea') as HTMLTextAreaElement; // the only one
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  };
  type('H');
  await give(mounted, ADA);
  type('He');
  await vi.waitFor(() => {
    expect(chat.calls.filter((call) => call.startsWith('typing'))).toEqual(['typing true']);
  });
  type('');
  await vi.waitFor(() => {
    expect(chat.calls.filter((call) => call.startsWith('typing'))).toEqual(['typing true', 'typing false']);
  });
});

test('with a person nothing is generated again or edited, and the reason is said', async () => {
  const mounted = await mountAnswered();
  expect(mounted.has('.again')).toBe(true);
  await give(mounted, ADA);
  expect(mounted.has('.again')).toBe(false);
  spoken(mounted);
  mounted.clock.advance(1_000);
  mounted.find('.edit').click();
  await mounted.rendered();
  expect(spoken(mounted)).toBe('You can edit as soon as the AI answers again.');
  expect(mounted.has('rivulet-editor')).toBe(false);
});

test('initials are the first characters of the first and the last word', () => {
  expect(['Ada', 'ada king lovelace', '  ', '👩‍🚀 Ada', '李 小龙'].map(initialsOf)).toEqual([
    'A',
    'AL',
    '',
    '👩‍🚀A',
    '李小',
  ]);
});
