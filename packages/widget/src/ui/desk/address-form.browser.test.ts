import { ChatError, type ConversationOwner } from '@rivulet/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { askInMenu, give, isAsked, linesIn, mountAnswered, spokenIn } from '../testing/asking-visitor.ts';
import { messageId, userMessage } from '../testing/fake-chat.ts';
import { audit, press, unmountAll, type Mounted } from '../testing/mount.ts';

afterEach(unmountAll);

const AWAY: ConversationOwner = { kind: 'queue', number: 1, sinceMs: 5, isAway: true };

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

test('when nobody is there, that is said once, with a form that has labels and takes no focus', async () => {
  const mounted = await mountAnswered();
  await askInMenu(mounted);
  await isAsked(mounted);
  await give(mounted, AWAY, 'rivulet-address form');
  expect(spokenIn(mounted)).toContain('Nobody is here right now.');
  expect(mounted.focused()?.localName).toBe('textarea');
  expect(mounted.find('rivulet-address form').getAttribute('aria-labelledby')).toBe('rivulet-queue-notice');
  expect(await audit(mounted.element)).toEqual([]);
});

test('what is missing is said beside the field, which has the focus; a valid value takes the words away', async () => {
  const mounted = await mountAnswered();
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
  const mounted = await mountAnswered();
  await give(mounted, AWAY, 'rivulet-address form');
  spokenIn(mounted);
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
    expect(linesIn(mounted)).toEqual(['Thank you. We will write to you by e-mail.']);
  });
  expect(mounted.has('rivulet-address')).toBe(false);
  expect(spokenIn(mounted)).toBe('Thank you. We will write to you by e-mail.');
  expect(mounted.focused()?.localName).toBe('textarea');
});

test('a message written meanwhile keeps the form, what was entered in it, and the focus', async () => {
  const mounted = await mountAnswered();
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
  const mounted = await mountAnswered();
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
  const mounted = await mountAnswered();
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
