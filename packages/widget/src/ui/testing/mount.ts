/** Mounts a `<rivulet-chat>` with a fake chat and a fake clock on the page of the test. */
import axe from 'axe-core';
import type { Clock, Timer } from '@rivulet/protocol';
import { defineChat } from '../../shell/define-chat.ts';
import { RivuletChat } from '../../shell/rivulet-chat.ts';
import type { AppParts } from '../app/app-parts.ts';
import { mountAppWith } from '../app/mount-app.ts';
import { en } from '../i18n/core/en.ts';
import { loadErrorTexts } from '../i18n/error-texts.ts';
import { FakeChat } from './fake-chat.ts';

// As on a page that has had its first answer.
await loadErrorTexts(en);

/** A clock that stands still until `advance`. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();

  /** The current time in milliseconds; 0 at the beginning. */
  now(): number {
    return this.#nowMs;
  }

  /** Calls `callback` once when the time has moved by `delayMs`. */
  after(delayMs: number, callback: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Moves the time forward and fires the timers that are due, each once. Timers that they start fire in a later call. */
  advance(ms: number): void {
    this.#nowMs += ms;
    for (const timer of [...this.#timers])
      if (timer.atMs <= this.#nowMs && this.#timers.delete(timer)) timer.callback();
  }
}

/** A mounted widget with access to its parts. */
export interface Mounted {
  /** The host element, which is attached to the page. */
  element: RivuletChat;
  /** Its fake chat. */
  chat: FakeChat;
  /** Its clock, which only the test moves. */
  clock: ManualClock;
  /**
   * Returns the first match in the shadow root.
   * @throws {Error} if there is none
   */
  find: (selector: string) => HTMLElement;
  /**
   * Returns the first element with a tag name.
   * @throws {Error} if there is none
   */
  tag: <Name extends keyof HTMLElementTagNameMap>(name: Name) => HTMLElementTagNameMap[Name];
  /** Whether an element in the shadow root matches. */
  has: (selector: string) => boolean;
  /** Resolves once the current snapshot is rendered. */
  rendered: () => Promise<void>;
  /** The focused element inside the shadow root. */
  focused: () => Element | null;
}

/**
 * Mounts an element that is closed and has not loaded its application.
 * @param attributes of the host element
 * @param createChat creates the chat instead of the fake one
 */
export function mountClosed(
  attributes: Readonly<Record<string, string>> = {},
  createChat?: AppParts['createChat'],
): Mounted {
  const chat = new FakeChat();
  const clock = new ManualClock();
  const loadApp = () =>
    Promise.resolve({
      mountApp: (host: Parameters<typeof mountAppWith>[0]) =>
        mountAppWith(host, { createChat: createChat ?? (() => chat), clock }),
    });
  defineChat(loadApp);
  RivuletChat.loadApp = loadApp;
  const element = document.createElement('rivulet-chat');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.body.append(element);
  const root = element.shadowRoot;
  if (root === null) throw new Error('the element has no shadow root');
  const find = (selector: string): HTMLElement =>
    required(root.querySelector<HTMLElement>(selector), selector);
  return {
    element,
    chat,
    clock,
    find,
    tag: (name) => required(root.querySelector(name), name),
    has: (selector) => root.querySelector(selector) !== null,
    rendered: () => settle(root),
    focused: () => root.activeElement,
  };
}

function required<Found>(found: Found | null, selector: string): Found {
  if (found === null) throw new Error(`no element matches ${selector}`);
  return found;
}

/** Mounts an element and opens its panel; resolves once it is rendered and the opening animation has ended. */
export async function mountOpen(attributes: Readonly<Record<string, string>> = {}): Promise<Mounted> {
  const mounted = mountClosed(attributes);
  mounted.element.open();
  await mounted.element.stop();
  mounted.chat.calls.length = 0;
  await mounted.rendered();
  // Tests begin after the opening animation.
  for (const animation of mounted.find('.panel').getAnimations()) animation.finish();
  return mounted;
}

/**
 * Waits for the updates of all elements from the outside in, as each may create others, and for the scrolling
 * afterwards.
 */
async function settle(root: ShadowRoot): Promise<void> {
  await settleElements(root);
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const transcript = root.querySelector('rivulet-transcript');
  const isFetching = () =>
    (transcript?.rich === undefined && transcript?.wantsRich === true) ||
    [...root.querySelectorAll('rivulet-message')].some((message) => message.isFetching);
  while (isFetching()) await frame();
  await settleElements(root);
  await frame();
}

async function settleElements(root: ShadowRoot): Promise<void> {
  for (const name of [
    'rivulet-app',
    'rivulet-transcript, rivulet-composer',
    'rivulet-message',
    'rivulet-markdown, rivulet-editor, rivulet-tool, rivulet-form, rivulet-custom, rivulet-sources, rivulet-file, rivulet-address',
  ])
    for (const element of root.querySelectorAll(name))
      if ('updateComplete' in element) await element.updateComplete;
}

/** Removes every widget from the page. */
export function unmountAll(): void {
  for (const element of document.querySelectorAll('rivulet-chat')) element.remove();
}

/** Returns the violated accessibility rules, each with the HTML of the element; empty when there are none. */
export async function audit(element: Element): Promise<string[]> {
  // Elements that are fading in have not reached their contrast yet.
  for (const animation of element.shadowRoot?.getAnimations() ?? [])
    if (Number.isFinite(animation.effect?.getComputedTiming().endTime)) animation.finish();
  const { violations } = await axe.run(element, {
    // Rules about whole pages do not apply: the test page has no landmarks of its own.
    rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/**
 * Dispatches a key press at the focused element.
 * @returns false if its default action was prevented
 */
export function press(target: Element, key: string, options: KeyboardEventInit = {}): boolean {
  return target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...options }),
  );
}
