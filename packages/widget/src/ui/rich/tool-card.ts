/** `<rivulet-tool>`: a tool call with its state, input and output, and the decision if it needs approval. */
import { ChatError, type ToolPart } from '@rivulet/protocol';
import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from '../lit/lit.ts';
import type { Chat } from '../../client/chat.ts';
import { chevronIcon } from '../styles/icons.ts';
import { raise } from '../app/intents.ts';
import type { Strings } from '../i18n/core/en.ts';
import type { RichStrings } from '../i18n/rich/rich-en.ts';
import { fill } from '../i18n/rich-strings.ts';
import { jsonText, readJson, wholeJson } from './json-text.ts';
import { toolIcon } from './rich-icons.ts';

const WORDS = {
  input: 'toolRunning',
  called: 'toolRunning',
  'approval-requested': 'toolWaiting',
  approved: 'toolRunning',
  refused: 'toolRefused',
  finished: 'toolFinished',
  failed: 'toolFailed',
} as const satisfies Record<ToolPart['state'], keyof RichStrings>;

type Decision = Parameters<Chat['approve']>[1];

let problemCount = 0;

/** A tool part of a message. */
export class RivuletTool extends LitElement {
  static override readonly properties = {
    call: { attribute: false },
    words: { attribute: false },
    strings: { attribute: false },
    isOver: { attribute: false },
    draft: { state: true },
    problem: { state: true },
    isDeciding: { state: true },
  };
  declare call: ToolPart;
  declare words: Strings;
  declare strings: RichStrings;
  /** Whether the answer has ended, so that no decision is expected any more. */
  declare isOver: boolean;
  /** Input as edited by the visitor; undefined while it is not being edited. */
  declare draft: string | undefined;
  declare problem: string | undefined;
  declare isDeciding: boolean;

  /** Whether a button of the decision had the focus when it was removed. */
  #hadFocus = false;

  override createRenderRoot(): this {
    return this;
  }

  get #isAsking(): boolean {
    return this.call.state === 'approval-requested' && !this.isOver;
  }

  /** Input that has to be approved, complete; undefined if it cannot be formatted. */
  get #wholeInput(): string | undefined {
    return wholeJson(this.call.input ?? {});
  }

  get #name(): string {
    return this.call.name.replaceAll(/[_-]+/g, ' ');
  }

  /** Unique, because several calls in one tree may show an error. */
  readonly #problemId = `tool-problem-${++problemCount}`;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('call') && !changed.has('isOver')) return;
    const before = changed.get('call');
    this.#hadFocus =
      before?.state === 'approval-requested' && this.querySelector('.tool-decision :focus') !== null;
    if (this.#isAsking) {
      // Announced once, when the call begins to wait, or when its conversation is opened again.
      if (before?.state !== 'approval-requested')
        raise(this, { type: 'announce', text: fill(this.strings.toolAsks, { tool: this.#name }) });
      return;
    }
    this.draft = undefined;
    this.problem = undefined;
    this.isDeciding = false;
  }

  override updated(): void {
    if (!this.#hadFocus) return;
    this.#hadFocus = false;
    this.querySelector('summary')?.focus({ preventScroll: true });
  }

  override render(): TemplateResult {
    const { call: part, strings } = this;
    const isAsking = this.#isAsking;
    const isUndecided = part.state === 'approval-requested' && !isAsking;
    const isRunning = !this.isOver && strings[WORDS[part.state]] === strings.toolRunning;
    return html`<div class="tool" part="tool" data-state=${isUndecided ? 'failed' : part.state}>
      <details ?open=${isAsking}>
        <summary>
          <span class="tool-icon" ?data-running=${isRunning}>${toolIcon}</span
          ><span class="tool-name" dir="auto">${this.#name}</span
          ><span class="tool-state">${isUndecided ? strings.toolUndecided : strings[WORDS[part.state]]}</span
          >${chevronIcon}
        </summary>
        ${this.draft === undefined ? this.#renderInput() : nothing}
        ${part.output === undefined ? nothing : renderJson(strings.toolOutput, jsonText(part.output))}
        ${part.error === undefined ? nothing : renderJson(strings.toolError, part.error.message)}
      </details>
      ${isAsking ? this.#renderDecision() : nothing}
    </div>`;
  }

  #renderInput() {
    const { input, inputText } = this.call;
    const text = this.#isAsking
      ? (this.#wholeInput ?? '…')
      : input === undefined
        ? inputText
        : jsonText(input);
    return text === '' ? nothing : renderJson(this.strings.toolInput, text);
  }

  #renderDecision(): TemplateResult {
    const { strings, draft } = this;
    // Nobody can approve an input that is not shown.
    const isShown = this.#wholeInput !== undefined;
    return html`<div class="tool-decision" role="group" aria-label=${this.strings.toolWaiting}>
      ${draft === undefined ? nothing : this.#renderEditor(draft)}
      ${
        this.problem === undefined
          ? nothing
          : html`<div class="tool-problem" id=${this.#problemId} role="alert">${this.problem}</div>`
      }
      <div class="tool-buttons">
        ${
          draft === undefined
            ? html`${
                isShown
                  ? html`${this.#renderButton(strings.approve, this.#approve, 'prompt is-primary')}
                    ${this.#renderButton(strings.editInput, this.#edit)}`
                  : nothing
              }
              ${this.#renderButton(strings.refuse, this.#refuse)}`
            : html`${this.#renderButton(strings.approveEdited, this.#approveDraft, 'prompt is-primary')}
              ${this.#renderButton(strings.cancelEdit, this.#endEdit)}`
        }
      </div>
    </div>`;
  }

  #renderEditor(draft: string): TemplateResult {
    return html`<textarea
      class="tool-editor"
      dir="ltr"
      rows="6"
      spellcheck="false"
      autocapitalize="off"
      aria-label=${this.strings.inputField}
      aria-invalid=${this.problem !== undefined}
      aria-describedby=${this.problem === undefined ? nothing : this.#problemId}
      .value=${draft}
      @input=${this.#onInput}
      @keydown=${this.#onKeydown}
    ></textarea>`;
  }

  #renderButton(label: string, press: () => unknown, look = 'prompt'): TemplateResult {
    return html`<button type="button" class=${look} aria-disabled=${this.isDeciding} @click=${press}>
      ${label}
    </button>`;
  }

  readonly #approve = (): void => {
    this.#decide('approve');
  };

  readonly #refuse = (): void => {
    this.#decide('refuse');
  };

  readonly #edit = async (): Promise<void> => {
    if (this.isDeciding) return;
    this.draft = this.#wholeInput;
    await this.updateComplete;
    this.querySelector('textarea')?.focus({ preventScroll: true });
  };

  readonly #endEdit = async (): Promise<void> => {
    this.draft = undefined;
    this.problem = undefined;
    await this.updateComplete;
    this.querySelectorAll<HTMLElement>('.tool-buttons button')[1]?.focus({ preventScroll: true });
  };

  readonly #onInput = (event: InputEvent): void => {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    this.draft = event.target.value;
    // A shown error disappears once the input is valid; none appears while typing.
    if (this.problem !== undefined && readJson(this.draft).isJson) this.problem = undefined;
  };

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing) return;
    // Escape cancels the edit and must not close the panel.
    event.preventDefault();
    event.stopPropagation();
    void this.#endEdit();
  };

  readonly #approveDraft = (): void => {
    const read = readJson(this.draft ?? '');
    if (read.isJson) this.#decide('approve', read.value);
    else {
      this.problem = this.strings.inputIsNoJson;
      this.querySelector('textarea')?.focus({ preventScroll: true });
    }
  };

  #decide(decision: Decision, input?: unknown): void {
    if (this.isDeciding) return;
    this.isDeciding = true;
    this.problem = undefined;
    const { callId } = this.call;
    const { announceApproved, announceRefused } = this.strings;
    raise(this, {
      type: 'ask',
      ask: async (chat) => {
        try {
          await chat.approve(callId, decision, input);
          raise(this, {
            type: 'announce',
            text: decision === 'approve' ? announceApproved : announceRefused,
          });
        } catch (error) {
          this.isDeciding = false;
          this.problem = this.#explain(error);
        }
      },
    });
  }

  #explain(error: unknown): string {
    const code = error instanceof ChatError ? error.code : 'internal';
    if (code === 'bad-frame') return this.strings.inputDoesNotFit;
    return code === 'conflict' ? this.strings.alreadyDecided : (this.words.errors[code] ?? this.words.error);
  }
}

const renderJson = (label: string, text: string): TemplateResult =>
  html`<div class="tool-label">${label}</div>
    <pre class="tool-json" dir="ltr" tabindex="0" role="group" aria-label=${label}>${text}</pre>`;

/** Defines the element. May be called twice, also by a second copy of the widget. */
export function defineToolCard(): void {
  if (customElements.get('rivulet-tool') === undefined) customElements.define('rivulet-tool', RivuletTool);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-tool': RivuletTool;
  }
}
