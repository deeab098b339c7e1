/** Three tabs with the code, and the button that copies what is shown. */
import type { Choices } from './choices.ts';
import { byId, element } from './element.ts';
import { snippet, SNIPPETS, type SnippetKind } from './snippet.ts';

const KINDS = Object.keys(SNIPPETS) as SnippetKind[]; // Object.keys forgets the key type

export class SnippetPanel {
  readonly #code = byId('code', HTMLElement);
  readonly #panel = byId('code-panel', HTMLElement);
  readonly #tabs: readonly HTMLButtonElement[];
  readonly #say: (text: string) => void;
  #kind: SnippetKind = 'script';
  #choices: Choices = new Map();

  /** @param say tells a screen reader, and whoever looks */
  constructor(say: (text: string) => void) {
    this.#say = say;
    this.#tabs = KINDS.map((kind, index) => this.#createTab(kind, index));
    byId('code-tabs', HTMLElement).append(...this.#tabs);
    byId('copy-code', HTMLButtonElement).addEventListener('click', () => void this.#copy());
    this.#draw();
  }

  show(choices: Choices): void {
    this.#choices = choices;
    this.#draw();
  }

  #createTab(kind: SnippetKind, index: number): HTMLButtonElement {
    const attributes = { type: 'button', role: 'tab', id: `tab-${kind}`, 'aria-controls': 'code-panel' };
    const tab = element('button', attributes, SNIPPETS[kind]);
    tab.addEventListener('click', () => {
      this.#choose(kind);
    });
    tab.addEventListener('keydown', ({ key }) => {
      const steps: Record<string, number> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 };
      const next = steps[key];
      if (next === undefined) return;
      const at = (next + KINDS.length) % KINDS.length;
      this.#choose(KINDS[at] ?? kind);
      this.#tabs[at]?.focus();
    });
    return tab;
  }

  #choose(kind: SnippetKind): void {
    this.#kind = kind;
    this.#draw();
  }

  #draw(): void {
    this.#code.textContent = snippet(this.#kind, this.#choices);
    for (const [index, tab] of this.#tabs.entries()) {
      const isChosen = KINDS[index] === this.#kind;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
    }
    this.#panel.setAttribute('aria-labelledby', `tab-${this.#kind}`);
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(snippet(this.#kind, this.#choices));
      this.#say('Copied');
    } catch {
      // Not allowed here: selected, so that the keyboard can do it.
      getSelection()?.selectAllChildren(this.#code);
      this.#say('Selected: copy it with the keyboard');
    }
  }
}
