/** Fixtures and helpers for tests of rich parts. */
import type { Message, Part, ToolPart } from '@rivulet/protocol';
import type { OptionsChange } from '../../shell/options.ts';
import { answer, userMessage } from './fake-chat.ts';
import { mountOpen, type Mounted } from './mount.ts';

/** The visitor's message before the answers. */
export const QUESTION = userMessage('question', 'Show me');
/** Creates a tool part that waits for approval, with some fields changed. */
export const call = (change: Partial<ToolPart> = {}): ToolPart => ({
  type: 'tool',
  callId: 'call1',
  name: 'book_callback',
  state: 'approval-requested',
  inputText: '{"name":"Ada"}',
  input: { name: 'Ada' },
  ...change,
});
/** Creates a data part. */
export const data = (name: string, value: unknown): Part => ({ type: 'data', name, value });
/** Creates a source part. */
export const source = (number: number, url?: string): Part => ({
  type: 'source',
  sourceId: `s${number}`,
  title: `Title ${number}`,
  excerpt: 'What it says.',
  ...(url === undefined ? {} : { url }),
});
/** A form with a field of every kind. */
export const FORM = {
  formId: 'contact',
  title: 'How can we reach you?',
  fields: [
    { name: 'name', label: 'Your name', kind: 'text', isRequired: true },
    { name: 'email', label: 'E-mail', kind: 'email', isRequired: true },
    { name: 'people', label: 'How many', kind: 'number' },
    { name: 'topic', label: 'Topic', kind: 'select', options: [{ value: 'o', label: 'An order' }] },
    { name: 'more', label: 'Anything else?', kind: 'multiline' },
    { name: 'copy', label: 'Send me a copy', kind: 'checkbox' },
  ],
};

/** Options and attributes of a widget. */
export interface Scene extends OptionsChange {
  /** Attributes of the host element. */
  attributes?: Record<string, string>;
}
/** Mounts an open widget with messages. */
export async function show(
  messages: Message[],
  { attributes = {}, ...options }: Scene = {},
): Promise<Mounted> {
  const mounted = await mountOpen(attributes);
  mounted.element.configure(options);
  mounted.chat.setMessages(messages);
  await mounted.rendered();
  return mounted;
}
/** Shows a finished answer with the parts. */
export const showParts = (parts: Part[], scene?: Scene) =>
  show([QUESTION, answer('answer01', parts, { reason: 'stop' })], scene);
/** Shows a streaming answer with one tool call. */
export const showCall = (change: Partial<ToolPart> = {}, scene?: Scene) =>
  show([QUESTION, answer('answer01', [call(change)])], scene);
/**
 * Returns the button with an accessible name in a message.
 * @throws {Error} if there is none
 */
export const button = ({ element }: Mounted, name: string): HTMLElement => {
  const all = [
    ...(element.shadowRoot?.querySelectorAll<HTMLElement>('.message :not(.actions) > button') ?? []),
  ];
  const found = all.find(({ textContent, ariaLabel }) => (ariaLabel ?? textContent).trim() === name);
  if (found === undefined) throw new Error(`no button has the name ${name}`);
  return found;
};
/** Returns the text that is announced to screen readers, after the delay of the announcer. */
export const announced = ({ clock }: Mounted): string => {
  clock.advance(250);
  return document.querySelector('[aria-live=polite]')?.textContent ?? '';
};
/** The entry of `FakeChat.calls` for submitted values. */
export const send = (values: object) =>
  `send [${JSON.stringify(data('form-answer', { formId: 'contact', values }))}]`;
