/** Puts a `<rivulet-chat>` with a fake chat and a fake clock on the test's page. */
import axe from 'axe-core';
import type { Clock, Timer } from '../../client/environment/clock.ts';
import { defineChat } from '../../shell/define-chat.ts';
import { RivuletChat } from '../../shell/rivulet-chat.ts';
import type { AppParts } from '../app/app-parts.ts';
import { mountAppWith } from '../app/mount-app.ts';
import { FakeChat } from './fake-chat.ts';

/** A clock turned by hand. */
export class HandClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const timer of [...this.#timers])
      if (timer.atMs <= this.#nowMs && this.#timers.delete(timer)) timer.callback();
  }
}

export interface Mounted {
  element: RivuletChat;
  chat: FakeChat;
  clock: HandClock;
  /** The first node in the shadow root that matches. @throws when there is none */
  find: (selector: string) => HTMLElement;
  /** The first element of this tag. @throws when there is none */
  tag: <Name extends keyof HTMLElementTagNameMap>(name: Name) => HTMLElementTagNameMap[Name];
  has: (selector: string) => boolean;
  /** After this, what the snapshot says is on the screen. */
  rendered: () => Promise<void>;
  /** The focused node inside the shadow root. */
  focused: () => Element | null;
}

/** An element that is not open yet and has not loaded its application. */
export function mountClosed(
  attributes: Readonly<Record<string, string>> = {},
  createChat?: AppParts['createChat'],
): Mounted {
  const chat = new FakeChat();
  const clock = new HandClock();
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
  if (root === null) throw new Error('no shadow root');
  const find = (selector: string): HTMLElement => there(root.querySelector<HTMLElement>(selector));
  return {
    element,
    chat,
    clock,
    find,
    tag: (name) => there(root.querySelector(name)),
    has: (selector) => root.querySelector(selector) !== null,
    rendered: () => settle(root),
    focused: () => root.activeElement,
  };
}

function there<Found>(found: Found | null): Found {
  if (found === null) throw new Error('nothing matches');
  return found;
}

/** An element whose panel is open and drawn. */
export async function mountOpen(attributes: Readonly<Record<string, string>> = {}): Promise<Mounted> {
  const mounted = mountClosed(attributes);
  mounted.element.open();
  await mounted.element.stop();
  mounted.chat.asked.length = 0;
  await mounted.rendered();
  // Tests begin with a panel that has come to rest.
  for (const animation of mounted.find('.panel').getAnimations()) animation.finish();
  return mounted;
}

/** Every element's update, from the outside in, each of which may bring forth others; then the scroll after it. */
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
    'rivulet-markdown, rivulet-editor, rivulet-tool, rivulet-form, rivulet-custom, rivulet-sources, rivulet-file',
  ])
    for (const element of root.querySelectorAll(name))
      if ('updateComplete' in element) await element.updateComplete;
}

/** Takes every widget off the page. */
export function unmountAll(): void {
  for (const element of document.querySelectorAll('rivulet-chat')) element.remove();
}

/** The names of the accessibility rules that are broken, with the places. */
export async function audit(element: Element): Promise<string[]> {
  // What is half faded in has half its contrast.
  for (const animation of element.shadowRoot?.getAnimations() ?? [])
    if (Number.isFinite(animation.effect?.getComputedTiming().endTime)) animation.finish();
  const { violations } = await axe.run(element, {
    // Rules about whole pages: the test's page has no landmarks of its own.
    rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** Presses a key where the focus is. @returns false when it was taken */
export function press(target: Element, key: string, options: KeyboardEventInit = {}): boolean {
  return target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...options }),
  );
}
