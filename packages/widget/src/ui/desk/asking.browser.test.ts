import { ChatError, type ConversationOwner } from '@rivulet/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { answer, messageId, userMessage } from '../testing/fake-chat.ts';
import { audit, mountOpen, press, unmountAll, type Mounted } from '../testing/mount.ts';

afterEach(unmountAll);

const QUEUE: ConversationOwner = { kind: 'queue', number: 1, sinceMs: 5 };
const AWAY: ConversationOwner = { ...QUEUE, isAway: true };

/** A conversation at a site with people; the newest answer has ended for the reason. */
async function mountAsked(reason: 'stop' | 'error' = 'stop'): Promise<Mounted> {
  const mounted = await mountOpen();
  mounted.chat.set({ status: 'online', capabilities: ['request-person', 'leave-address'] });
  mounted.chat.setMessages([userMessage('question', 'Why?'), answer('answer01', 'So.', { reason })]);
  await mounted.rendered();
  return mounted;
}
async function give({ chat, find, rendered }: Mounted, owner: ConversationOwner, selector: string) {
  chat.set({ conversation: { ...chat.snapshot.conversation, owner } });
  await vi.waitFor(() => find(selector));
  await rendered();
}
const lines = ({ element }: Mounted) =>
  [...(element.shadowRoot?.querySelectorAll('.owner-change') ?? [])].map(({ textContent }) =>
    textContent.trim().replace(/\s+/g, ' '),
  );
/** What screen readers were told. */
function spoken({ clock, element }: Mounted): string {
  clock.advance(250);
  return element.parentElement?.querySelector('[aria-live=polite]')?.textContent ?? '';
}
/** Opens the menu and chooses the entry with the keyboard. */
async function askInMenu({ find, rendered, focused }: Mounted): Promise<void> {
  find('[data-opens=side]').click();
  await vi.waitFor(() => find('[role=menuitem]'));
  await rendered();
  expect(focused()?.textContent.trim()).toBe('Talk to a person');
  find('[role=menuitem]').click();
}
const isAsked = ({ chat }: Mounted) =>
  vi.waitFor(() => {
    expect(chat.calls).toEqual(['requestPerson']);
  });
const field = ({ find }: Mounted, name: string) => find(`rivulet-address [name=${name}]`) as HTMLInputElement; // only inputs have a name
function enter(mounted: Mounted, email: string): void {
  const input = field(mounted, 'email');
  input.value = email;
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
async function submit(mounted: Mounted): Promise<void> {
  mounted.find('rivulet-address [type=submit]').click();
  await mounted.rendered();
}
const problems = ({ element }: Mounted) =>
  [...(element.shadowRoot?.querySelectorAll('.form-problem') ?? [])].map(({ textContent }) =>
    textContent.trim(),
  );

test('the menu asks for a person; the state is shown, said once, and the composer has the focus', async () => {
  const mounted = await mountAsked();
  await askInMenu(mounted);
  await isAsked(mounted);
  await vi.waitFor(() => {
    expect(lines(mounted)).toEqual(['Asking for a person…']);
  });
  expect(mounted.focused()?.localName).toBe('textarea');
  await give(mounted, QUEUE, '#rivulet-queue-notice');
  expect(lines(mounted)).toEqual(['You are waiting for a person. You can keep writing.']);
  expect(spoken(mounted)).toBe('You are waiting for a person. You can keep writing.');
  expect(mounted.find('.status').textContent).toContain('Waiting for a person…');
});

test('the menu has the entry only where the site has people, and while the model answers', async () => {
  const mounted = await mountAsked();
  const entries = async () => {
    mounted.find('[data-opens=side]').click();
    await vi.waitFor(() => mounted.find('[role=menuitem]'));
    await mounted.rendered();
    const first = mounted.find('[role=menuitem]').textContent.trim();
    mounted.find('[data-opens=side]').click();
    await mounted.rendered();
    return first;
  };
  expect(await entries()).toBe('Talk to a person');
  await give(mounted, QUEUE, '.owner-change');
  expect(await entries()).toBe('Conversations');
  await give(mounted, { kind: 'ai', number: 2, sinceMs: 6 }, '.owner-change');
  expect(await entries()).toBe('Talk to a person');
  mounted.chat.set({ capabilities: [] });
  expect(await entries()).toBe('Conversations');
});

test('the page without history, download and erasure still has a menu for it', async () => {
  const mounted = await mountAsked();
  mounted.element.configure({
    history: { isEnabled: false },
    privacy: { canExport: false, canErase: false },
  });
  await mounted.rendered();
  expect(mounted.has('[data-opens=side]')).toBe(true);
});

test('a request that fails says so in words, and can be repeated', async () => {
  const mounted = await mountAsked();
  mounted.chat.rejection = new ChatError('internal');
  await askInMenu(mounted);
  await vi.waitFor(() => {
    expect(lines(mounted)).toEqual(['That did not work. Please try again. Try again']);
  });
  expect(spoken(mounted)).toBe('That did not work. Please try again.');
  expect(await audit(mounted.element)).toEqual([]);
  mounted.chat.rejection = undefined;
  mounted.find('.owner-change button').click();
  await vi.waitFor(() => {
    expect(lines(mounted)).toEqual(['Asking for a person…']);
  });
  expect(mounted.chat.calls).toEqual(['requestPerson', 'requestPerson']);
  expect(mounted.focused()?.localName).toBe('textarea');
});

test('without a connection the request waits, and that is said', async () => {
  const mounted = await mountAsked();
  mounted.chat.set({ status: 'offline' });
  await askInMenu(mounted);
  await vi.waitFor(() => {
    expect(lines(mounted)).toEqual(['Waiting for the connection']);
  });
  mounted.chat.set({ status: 'online' });
  await mounted.rendered();
  expect(lines(mounted)).toEqual(['Asking for a person…']);
});

test('in an empty conversation the visitor is told to write first, until they do', async () => {
  const mounted = await mountAsked();
  mounted.chat.setMessages([]);
  await mounted.rendered();
  await askInMenu(mounted);
  const first = 'Write what it is about first. Then you can ask for a person.';
  await vi.waitFor(() => {
    expect(lines(mounted)).toEqual([first]);
  });
  expect(spoken(mounted)).toBe(first);
  expect(mounted.chat.calls).toEqual([]);
  mounted.chat.setMessages([userMessage('question', 'Why?')]);
  await mounted.rendered();
  expect(lines(mounted)).toEqual([]);
});

test('a failed answer ends with the offer, which nothing above makes room for', async () => {
  const mounted = await mountAsked();
  const top = () => mounted.find('rivulet-message:last-of-type').getBoundingClientRect().top;
  const before = top();
  mounted.chat.setMessages([userMessage('question', 'Why?'), answer('answer01', 'So.', { reason: 'error' })]);
  await vi.waitFor(() => mounted.find('.person-offer button'));
  expect(top()).toBe(before);
  expect(await audit(mounted.element)).toEqual([]);
  mounted.find('.person-offer button').click();
  await isAsked(mounted);
  await vi.waitFor(() => {
    expect(lines(mounted)).toEqual(['Asking for a person…']);
  });
  expect(mounted.has('.person-offer')).toBe(false);
  expect(mounted.focused()?.localName).toBe('textarea');
});

test('when nobody is there, that is said once, with a form that has labels and takes no focus', async () => {
  const mounted = await mountAsked();
  await askInMenu(mounted);
  await isAsked(mounted);
  await give(mounted, AWAY, 'rivulet-address form');
  expect(spoken(mounted)).toContain('Nobody is here right now.');
  expect(mounted.focused()?.localName).toBe('textarea');
  expect(mounted.find('rivulet-address form').getAttribute('aria-labelledby')).toBe('rivulet-queue-notice');
  expect(await audit(mounted.element)).toEqual([]);
});

test('what is missing is said beside the field, which has the focus; a valid value takes the words away', async () => {
  const mounted = await mountAsked();
  await give(mounted, AWAY, 'rivulet-address form');
  enter(mounted, 'vi@example');
  await submit(mounted);
  expect(problems(mounted)).toEqual([
    'Please enter a valid e-mail address.',
    'Please agree, so that we can write to you.',
  ]);
  const email = field(mounted, 'email');
  expect(mounted.focused()).toBe(email);
  expect(mounted.find(`#${email.getAttribute('aria-describedby')}`).textContent).toContain('valid e-mail');
  expect(await audit(mounted.element)).toEqual([]);
  enter(mounted, 'vi@example.com');
  await mounted.rendered();
  expect(problems(mounted)).toEqual(['Please agree, so that we can write to you.']);
  field(mounted, 'hasConsented').click();
  await mounted.rendered();
  expect(problems(mounted)).toEqual([]);
  expect(mounted.chat.calls).toEqual([]);
});

test('an address that could not be sent keeps its values, and is sent again; then the form is gone for every tab', async () => {
  const mounted = await mountAsked();
  await give(mounted, AWAY, 'rivulet-address form');
  spoken(mounted);
  mounted.clock.advance(1_000);
  enter(mounted, 'vi@example.com');
  field(mounted, 'hasConsented').click();
  mounted.chat.rejection = new ChatError('internal');
  await submit(mounted);
  await vi.waitFor(() => {
    expect(problems(mounted)).toEqual(['That did not work. Please try again.']);
  });
  expect(field(mounted, 'email').value).toBe('vi@example.com');
  mounted.chat.rejection = undefined;
  mounted.find('rivulet-address [type=submit]').focus();
  await submit(mounted);
  expect(mounted.chat.calls.at(-1)).toBe('leaveAddress  vi@example.com true');
  await give(mounted, { ...AWAY, number: 2, hasAddress: true }, '#rivulet-queue-notice');
  await vi.waitFor(() => {
    expect(lines(mounted)).toEqual(['Thank you. We will write to you by e-mail.']);
  });
  expect(mounted.has('rivulet-address')).toBe(false);
  expect(spoken(mounted)).toBe('Thank you. We will write to you by e-mail.');
  expect(mounted.focused()?.localName).toBe('textarea');
});

test('a message written meanwhile keeps the form, what was entered in it, and the focus', async () => {
  const mounted = await mountAsked();
  await give(mounted, AWAY, 'rivulet-address form');
  enter(mounted, 'vi@exa');
  field(mounted, 'email').focus();
  const { messages } = mounted.chat.snapshot.conversation;
  mounted.chat.setMessages([
    ...messages,
    { ...userMessage('question2', 'Hello?', messageId('answer01')), createdAtMs: 9 },
  ]);
  await mounted.rendered();
  await vi.waitFor(() => {
    expect(mounted.focused()).toBe(field(mounted, 'email'));
  });
  expect(field(mounted, 'email').value).toBe('vi@exa');
  const [, question] = mounted.element.shadowRoot!.querySelectorAll('[data-role=user]');
  const order = mounted.find('rivulet-address').compareDocumentPosition(question!);
  expect(order & Node.DOCUMENT_POSITION_FOLLOWING).not.toBe(0);
});

test('when somebody comes while the form has the focus, the composer has it', async () => {
  const mounted = await mountAsked();
  await give(mounted, AWAY, 'rivulet-address form');
  field(mounted, 'email').focus();
  const person = { id: 'p_ada', name: 'Ada' };
  await give(mounted, { kind: 'person', number: 2, sinceMs: 9, person }, '.mark .face');
  await vi.waitFor(() => {
    expect(mounted.focused()?.localName).toBe('textarea');
  });
  expect(mounted.has('rivulet-address')).toBe(false);
});

test('the form is filled in and sent with the keyboard; Enter sends it', async () => {
  const mounted = await mountAsked();
  await give(mounted, AWAY, 'rivulet-address form');
  enter(mounted, 'vi@example.com');
  field(mounted, 'hasConsented').click();
  field(mounted, 'email').focus();
  expect(press(field(mounted, 'email'), 'Enter')).toBe(true); // not taken by the panel: the browser submits the form
  field(mounted, 'email').form?.requestSubmit();
  await vi.waitFor(() => {
    expect(mounted.chat.calls).toEqual(['leaveAddress  vi@example.com true']);
  });
});

test('when the file about the desk cannot be loaded, that is said in place of the conversation, and can be repeated', async () => {
  const mounted = await mountAsked();
  const panel = mounted.tag('rivulet-app');
  const load = vi.spyOn(panel, 'loadDesk').mockRejectedValue(new TypeError('offline'));
  await askInMenu(mounted);
  await vi.waitFor(() => mounted.find('.side [role=alert]'));
  await mounted.rendered();
  expect(mounted.focused()?.textContent.trim()).toBe('Try again');
  expect(await audit(mounted.element)).toEqual([]);
  load.mockRestore();
  mounted.find('.side-action').click();
  await isAsked(mounted);
  expect(mounted.has('.side')).toBe(false);
});
