/** The code panel: a tab for each kind of snippet, and a button that copies the snippet. */
import type { Choices } from './choices.ts';
import { byId, element } from './element.ts';
import { snippet, SNIPPETS, type SnippetKind } from './snippet.ts';

const KINDS = Object.keys(SNIPPETS) as SnippetKind[]; // Object.keys returns string[]

/** Shows the snippet for the chosen options. Uses the elements of index.html. */
export class SnippetPanel {
  readonly #code = byId('code', HTMLElement);
  readonly #panel = byId('code-panel', HTMLElement);
  readonly #tabs: readonly HTMLButtonElement[];
  readonly #announce: (text: string) => void;
  #kind: SnippetKind = 'script';
  #choices: Choices = new Map();

  /** @param announce shows a text and announces it to screen readers */
  constructor(announce: (text: string) => void) {
    this.#announce = announce;
    this.#tabs = KINDS.map((kind, index) => this.#createTab(kind, index));
    byId('code-tabs', HTMLElement).append(...this.#tabs);
    byId('copy-code', HTMLButtonElement).addEventListener('click', () => void this.#copy());
    this.#draw();
  }

  /** Shows the snippet for other choices. */
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
      this.#announce('Copied');
    } catch {
      // The page may not write to the clipboard: select the code, so that the user can copy it.
      getSelection()?.selectAllChildren(this.#code);
      this.#announce('Copying failed: the code is selected, copy it with the keyboard');
    }
  }
}
