/** The preview: a page with the widget in a frame. A floating panel is placed relative to a window, so it needs a frame. */
import type { HookTypes, Mode, RivuletEventMap } from '@rivulet/widget';
import { toChange, type Choices } from './choices.ts';
import { GATEWAY } from './fields.ts';
import { directionOf } from './locales.ts';

const inCapitals: HookTypes['before-send'] = ({ parts }) =>
  parts.map((part) => (part.type === 'text' ? { ...part, text: part.text.toUpperCase() } : part));

/** Callbacks of a preview. */
export interface PreviewListener {
  /** Called with the title of the preview page, which may have a badge. */
  onTitle: (title: string) => void;
  /** Called with a description of the measured times of an answer. */
  onTiming: (text: string) => void;
  /** Called when the chat has been opened or closed. */
  onOpen: (isOpen: boolean) => void;
}

/** The preview page and its widget. */
export class Preview {
  readonly #chat: HTMLElementTagNameMap['rivulet-chat'];
  readonly #page: Document;
  #removeHook: (() => void) | undefined;
  #shownMode: Mode = 'floating';

  private constructor(page: Document, listener: PreviewListener) {
    this.#page = page;
    this.#chat = page.createElement('rivulet-chat');
    this.#listen(listener);
  }

  /** Loads the preview page and adds the widget with the chosen options. @throws {Error} when the page has another origin */
  static async load(frame: HTMLIFrameElement, choices: Choices, listener: PreviewListener): Promise<Preview> {
    const loaded = new Promise((resolve) => {
      frame.addEventListener('load', resolve, { once: true });
    });
    frame.src = './preview.html';
    await loaded;
    if (frame.contentDocument === null)
      throw new Error('the preview page is not accessible: it must have the origin of the playground');
    const preview = new Preview(frame.contentDocument, listener);
    preview.show(choices);
    frame.contentDocument.querySelector('.chat-place')?.append(preview.#chat);
    preview.#showPlace(preview.#chat.mode);
    return preview;
  }

  /** Applies the chosen options without reloading the page. */
  show(choices: Choices): void {
    const change = toChange(choices);
    this.#chat.configure({ ...change, connection: { gateway: GATEWAY, ...definedOf(change.connection) } });
    const root = this.#page.documentElement;
    const isDirected = choices.get('preview.isDirected') !== false;
    root.dir = isDirected ? directionOf(String(choices.get('locale') ?? 'en')) : 'ltr';
    root.style.colorScheme = this.#chat.theme === 'auto' ? '' : this.#chat.theme;
    this.#setHook(choices.has('preview.hasHook'));
    this.#showPlace(this.#chat.mode);
  }

  #setHook(isWanted: boolean): void {
    if (isWanted) this.#removeHook ??= this.#chat.hook('before-send', inCapitals);
    else {
      this.#removeHook?.();
      this.#removeHook = undefined;
    }
  }

  /** Scrolls the chat into view when the mode has changed: an inline chat may be outside the visible part of the page. */
  #showPlace(mode: Mode): void {
    if (mode === this.#shownMode || !this.#chat.isConnected) return;
    if (mode === 'inline') this.#chat.parentElement?.scrollIntoView();
    else this.#page.documentElement.scrollIntoView();
    this.#shownMode = mode;
  }

  /** Opens or closes the chat. */
  toggle(): void {
    this.#chat.toggle();
  }

  /** Opens a floating panel and gives the focus back to the playground. */
  openQuietly(frame: HTMLIFrameElement): void {
    // By frame: the widget keeps the events of what is focused within it from the page.
    const giveBack = (framesLeft: number): void => {
      if (document.activeElement === frame) frame.blur();
      else if (framesLeft > 0)
        requestAnimationFrame(() => {
          giveBack(framesLeft - 1);
        });
    };
    giveBack(120);
    this.#chat.open();
  }

  #listen({ onTitle, onTiming, onOpen }: PreviewListener): void {
    const chat = this.#chat;
    chat.addEventListener('rivulet-open', () => {
      onOpen(true);
    });
    chat.addEventListener('rivulet-close', () => {
      onOpen(false);
    });
    chat.addEventListener('rivulet-first-delta', ({ detail }) => {
      onTiming(`First words after ${Math.round(detail.elapsedMs)} ms …`);
    });
    chat.addEventListener('rivulet-timing', (event) => {
      onTiming(describe(event));
    });
    onTitle(this.#page.title);
    new MutationObserver(() => {
      onTitle(this.#page.title);
    }).observe(this.#page.head, { childList: true, subtree: true, characterData: true });
  }
}

function describe({ detail }: RivuletEventMap['rivulet-timing']): string {
  const { firstDeltaMs, deltas, paintMs } = detail;
  const [p50, p95] = [paintMs.p50, paintMs.p95].map((timeMs) => timeMs.toFixed(1));
  return `First words after ${Math.round(firstDeltaMs)} ms · then on screen within ${p50} ms, 95 of 100 within ${p95} ms · ${deltas} frames`;
}

const definedOf = <Group extends object>(group: Group | undefined): Group | undefined =>
  group && (Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined)) as Group); // fewer keys, the same types
