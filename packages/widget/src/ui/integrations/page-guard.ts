/**
 * Keeps the page's own listeners out of what a visitor does in the widget: shortcuts on single keys, a modal that pulls the focus
 * back, a smooth-scroll library that takes the wheel. Events that leave the shadow root have the element as their target, so a page
 * cannot see that they come from a text field.
 *
 * Capturing listeners on `window` run first, and in the order in which they were added. Of the page's listeners, only capturing ones on
 * `window` that are older than the guard still see the events.
 */
import type { AppHost } from '../../shell/app-contract.ts';
import { keepInViewport } from './top-layer.ts';

/** Stopped at the window and delivered inside the widget as a copy, so that capturing listeners of the document see nothing. */
const DELIVERED = ['keydown', 'keypress', 'keyup', 'focusin', 'focusout', 'focus', 'blur'];
/** Stopped at the window. The browser scrolls nevertheless, and the widget has no listener of its own for them. */
const STOPPED = ['wheel', 'mousewheel', 'touchmove'];
/** Stopped at the shadow root, because they cannot be copied in every browser. Capturing listeners of the page still see them. */
const ENCLOSED = [
  ...['beforeinput', 'input', 'paste'],
  ...['compositionstart', 'compositionupdate', 'compositionend'],
];
/** Stopped at the shadow root when the widget has taken them. Otherwise the page may still keep a file from being opened. */
const ENCLOSED_WHEN_TAKEN = ['dragenter', 'dragover', 'drop'];
const FOCUSABLE = 'textarea, input, select, button, summary, a[href], [tabindex]';
const PAGE_DIALOG = 'dialog, [role=dialog], [role=alertdialog], [aria-modal=true]';

/** The copies that were made: those that leave pass the window, and must not be copied again. */
const copies = new WeakSet<Event>();

/** Starts to guard one widget. @returns a function that removes every listener */
export function guardPage({ element, root, launcher }: AppHost): () => void {
  const listeners = new AbortController();
  const { signal } = listeners;
  const onWindow = (types: readonly string[], listener: (event: Event) => void): void => {
    const options = { signal, capture: true, passive: types === STOPPED };
    const receive = (event: Event): void => {
      if (!copies.has(event) && isInside(event, root)) listener(event);
    };
    for (const type of types) addEventListener(type, receive, options);
  };
  onWindow(DELIVERED, (event) => {
    deliver(event, element);
  });
  onWindow(STOPPED, (event) => {
    event.stopImmediatePropagation();
  });
  onWindow(['mousedown'], (event) => {
    takeFocus(event, element);
  });
  onWindow(['click'], (event) => {
    ensureArrival(event, root);
  });
  const enclose = (event: Event): void => {
    if (event.defaultPrevented || !ENCLOSED_WHEN_TAKEN.includes(event.type)) event.stopPropagation();
  };
  for (const type of [...ENCLOSED, ...ENCLOSED_WHEN_TAKEN]) root.addEventListener(type, enclose, { signal });
  keepInViewport({ element, root, launcher }, signal);
  return () => {
    listeners.abort();
  };
}

/** Slotted elements and those in shadow roots of their own belong to the page. */
function isInside(event: Event, root: ShadowRoot): boolean {
  const [target] = event.composedPath();
  return target instanceof Node && target.getRootNode() === root;
}

/** Delivers the event inside. The page gets Escape if the widget has no use for it, and Tab if a dialog of the page is around it. */
function deliver(event: Event, element: HTMLElement): void {
  const [target] = event.composedPath();
  event.stopImmediatePropagation();
  let copy = copyOf(event, 'stays inside');
  target?.dispatchEvent(copy);
  const isForPage =
    event instanceof KeyboardEvent &&
    (event.key === 'Escape' || (event.key === 'Tab' && element.closest(PAGE_DIALOG) !== null));
  if (isForPage && !copy.defaultPrevented) {
    copy = copyOf(event, 'leaves');
    element.dispatchEvent(copy);
  }
  if (copy.defaultPrevented) event.preventDefault();
}

function copyOf(event: Event, how: 'stays inside' | 'leaves'): Event {
  const init: Record<string, unknown> = {};
  // The properties are getters of the prototypes, which only this loop visits.
  for (const name in event) init[name] = Reflect.get(event, name);
  const EventClass = event.constructor as typeof Event; // the class of a trusted event
  const full = new EventClass(event.type, { ...init, composed: how === 'leaves' });
  const copy = full.composed && how === 'stays inside' ? enclosedCopyOf(event, init) : full;
  copies.add(copy);
  return copy;
}

/** Firefox lets every event of these classes leave a shadow root. A plain event stays inside; it gets the fields of the class. */
function enclosedCopyOf(event: Event, init: Readonly<Record<string, unknown>>): Event {
  const copy = new Event(event.type, { ...init, composed: false });
  for (const [name, value] of Object.entries(init))
    if (!(name in copy))
      Object.defineProperty(copy, name, {
        value: typeof value === 'function' ? (value.bind(event) as unknown) : value,
      });
  return copy;
}

/**
 * Takes the focus from the page first, so that its `focusout` does not name the widget: a focus trap would pull the focus back. If a
 * listener of the page prevents the default, the focus is moved here.
 */
function takeFocus(event: Event, element: HTMLElement): void {
  const [target] = event.composedPath();
  const { activeElement } = document;
  if (activeElement !== element && activeElement instanceof HTMLElement) activeElement.blur();
  setTimeout(() => {
    if (event.defaultPrevented && target instanceof Element)
      target.closest<HTMLElement>(FOCUSABLE)?.focus({ preventScroll: true });
  });
}

/** A focus trap also stops clicks outside of it: then the click is repeated inside the widget. */
function ensureArrival(event: Event, root: ShadowRoot): void {
  const [target] = event.composedPath();
  let hasArrived = false;
  const arrive = (): void => {
    hasArrived = true;
  };
  root.addEventListener('click', arrive, { capture: true, once: true });
  setTimeout(() => {
    root.removeEventListener('click', arrive, { capture: true });
    if (!hasArrived) target?.dispatchEvent(copyOf(event, 'stays inside'));
  });
}
