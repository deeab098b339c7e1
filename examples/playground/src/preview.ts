/** The page in the frame, with the widget on it. A frame, because a floating panel belongs to the edges of a window. */
import type { HookTypes, Mode, RivuletEventMap } from '@rivulet/widget';
import { toChange, type Choices } from './choices.ts';
import { GATEWAY } from './fields.ts';
import { directionOf } from './locales.ts';

const inCapitals: HookTypes['before-send'] = ({ parts }) =>
  parts.map((part) => (part.type === 'text' ? { ...part, text: part.text.toUpperCase() } : part));

export interface PreviewListener {
  /** The title of the page in the frame, which may have a badge. */
  onTitle: (title: string) => void;
  onTiming: (text: string) => void;
  onOpen: (isOpen: boolean) => void;
}

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

  /** Resolves when the page in the frame is there. It shows what is chosen from its first moment on. */
  static async load(frame: HTMLIFrameElement, choices: Choices, listener: PreviewListener): Promise<Preview> {
    const loaded = new Promise((resolve) => {
      frame.addEventListener('load', resolve, { once: true });
    });
    frame.src = './preview.html';
    await loaded;
    if (frame.contentDocument === null) throw new Error('The preview is of another origin');
    const preview = new Preview(frame.contentDocument, listener);
    preview.show(choices);
    frame.contentDocument.querySelector('.chat-place')?.append(preview.#chat);
    preview.#showPlace(preview.#chat.mode);
    return preview;
  }

  /** Applies what was chosen at once; nothing is loaded anew. */
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

  /** A box in the page may be below what can be seen of it. */
  #showPlace(mode: Mode): void {
    if (mode === this.#shownMode || !this.#chat.isConnected) return;
    if (mode === 'inline') this.#chat.parentElement?.scrollIntoView();
    else this.#page.documentElement.scrollIntoView();
    this.#shownMode = mode;
  }

  toggle(): void {
    this.#chat.toggle();
  }

  /** Opens a floating panel without taking the focus out of the controls. */
  openQuietly(frame: HTMLIFrameElement): void {
    this.#page.addEventListener(
      'focusin',
      () => {
        frame.blur();
      },
      { once: true },
    );
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
