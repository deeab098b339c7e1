/** `<rivulet-tool>`: a tool call with its state, input and output, and the decision if it needs approval. */
import { ChatError, type ToolPart } from '@rivulet/protocol';
import { html, nothing, type TemplateResult } from '../lit/lit.ts';
import { ReactiveElement, type PropertyValues } from '../lit/reactive-element.ts';
import type { Chat } from '../../client/chat.ts';
import { chevronIcon } from '../styles/icons.ts';
import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';
import { raise } from '../app/intents.ts';
import { errorText } from '../i18n/error-texts.ts';
import type { Strings } from '../i18n/core/en.ts';
import type { RichStrings } from '../i18n/rich/rich-en.ts';
import { fill } from '../i18n/rich-strings.ts';
import { approvalFields } from './approval-fields.ts';
import { readApprovalForm, renderApprovalForm, type ApprovalForm } from './approval-form.ts';
import { jsonText, wholeJson } from './json-text.ts';
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

let count = 0;
const NO_PROBLEMS: ReadonlyMap<number, string> = new Map();

/** A tool part of a message. */
export class RivuletTool extends ReactiveElement {
  static override readonly properties = [
    'call',
    'words',
    'strings',
    'isOver',
    'problem',
    'problems',
    'isDeciding',
  ];
  declare call: ToolPart;
  declare words: Strings;
  declare strings: RichStrings;
  /** Whether the answer has ended, so that no decision is expected any more. */
  declare isOver: boolean;
  /** Why the last decision was not taken. */
  declare problem: string | undefined;
  /** What is wrong with the fields, by index. */
  declare problems: ReadonlyMap<number, string>;
  declare isDeciding: boolean;

  /** Whether a button of the decision had the focus when it was removed. */
  #hadFocus = false;

  get #isAsking(): boolean {
    return this.call.state === 'approval-requested' && !this.isOver;
  }

  /** The fields of the input that has to be approved; undefined if it cannot be shown as a whole. */
  get #form(): ApprovalForm | undefined {
    const { input = {}, inputSchema } = this.call;
    const fields = wholeJson(input) === undefined ? undefined : approvalFields(inputSchema, input);
    return fields && { fields, strings: this.strings, id: this.#id, problems: this.problems };
  }

  get #name(): string {
    return SHOWN_TEXTS.name(this.call.name.replaceAll(/[_-]+/g, ' '));
  }

  /** Unique, because several calls in one tree may have fields and errors. */
  readonly #id = `tool-${++count}`;

  constructor() {
    super();
    this.problems = NO_PROBLEMS;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('call') && !changed.has('isOver')) return;
    const before: ToolPart | undefined = changed.get('call');
    this.#hadFocus =
      before?.state === 'approval-requested' && this.querySelector('.tool-decision :focus') !== null;
    if (this.#isAsking) {
      // Announced once, when the call begins to wait, or when its conversation is opened again.
      if (before?.state !== 'approval-requested')
        raise(this, { type: 'announce', text: fill(this.strings.toolAsks, { tool: this.#name }) });
      return;
    }
    this.problem = undefined;
    this.problems = NO_PROBLEMS;
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
        ${isAsking ? nothing : this.#renderInput()}
        ${part.output === undefined ? nothing : renderJson(strings.toolOutput, jsonText(part.output))}
        ${part.error === undefined ? nothing : renderJson(strings.toolError, part.error.message)}
      </details>
      ${isAsking ? this.#renderDecision() : nothing}
    </div>`;
  }

  #renderInput() {
    const { input, inputText } = this.call;
    const text = input === undefined ? inputText : jsonText(input);
    return text === '' ? nothing : renderJson(this.strings.toolInput, text);
  }

  #renderDecision(): TemplateResult {
    const { strings } = this;
    const form = this.#form;
    return html`<form novalidate @submit=${this.#approve}>
      <div class="tool-decision" role="group" aria-label=${strings.toolWaiting}>
        ${form === undefined ? html`<div class="tool-problem">${strings.toolInputHidden}</div>` : renderApprovalForm(form)}
        ${
          this.problem === undefined
            ? nothing
            : html`<div class="tool-problem" id="${this.#id}-problem" role="alert">${this.problem}</div>`
        }
        <div class="tool-buttons">
          ${
            // Nobody can approve an input that is not shown.
            form === undefined
              ? nothing
              : html`<button type="submit" class="prompt is-primary" aria-disabled=${this.isDeciding}>
                  ${strings.approve}
                </button>`
          }
          <button type="button" class="prompt" aria-disabled=${this.isDeciding} @click=${this.#refuse}>
            ${strings.refuse}
          </button>
        </div>
      </div>
    </form>`;
  }

  readonly #approve = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = this.#form;
    if (form === undefined) return;
    const reading = readApprovalForm(this, form, this.call.input);
    if (reading.kind === 'valid') {
      this.problems = NO_PROBLEMS;
      this.#decide('approve', reading.input);
      return;
    }
    this.problems = reading.problems;
    await this.updateComplete;
    this.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  };

  readonly #refuse = (): void => {
    this.#decide('refuse');
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
          this.#explain(error);
        }
      },
    });
  }

  #explain(error: unknown): void {
    const code = error instanceof ChatError ? error.code : 'internal';
    const changed = (): void => {
      this.#explain(error);
    };
    if (code === 'bad-frame') this.problem = this.strings.inputDoesNotFit;
    else if (code === 'conflict') this.problem = this.strings.alreadyDecided;
    else this.problem = errorText(code, this.words, changed);
  }
}

function renderJson(label: string, text: string): TemplateResult {
  const shown = SHOWN_TEXTS.code(text);
  return html`<div class="tool-label">${label}</div>
    <pre class="tool-json" dir="ltr" tabindex="0" role="group" aria-label=${label}>${shown}</pre>`;
}

/** Defines the element. May be called twice, also by a second copy of the widget. */
export function defineToolCard(): void {
  if (customElements.get('rivulet-tool') === undefined) customElements.define('rivulet-tool', RivuletTool);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-tool': RivuletTool;
  }
}
