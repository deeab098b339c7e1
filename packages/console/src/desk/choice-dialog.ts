/** A modal list to choose from, with a field to search it. The browser keeps the focus in it and gives it back. */
import { html, nothing, render, type TemplateResult } from '../../../widget/src/reading.ts';
import { TEXTS } from '../texts.ts';
import { matching } from './matching.ts';

/** Something to choose. */
export interface Choice<Value> {
  value: Value;
  label: string;
  /** More about it, such as a time. */
  hint?: string;
}
/** A question. `search` is the label of the field; absent: there is none. `none` is shown when nothing can be chosen. */
export interface ChoiceQuestion<Value> {
  title: string;
  choices: readonly Choice<Value>[];
  search?: string;
  none: string;
}

/** Asks in a dialog. @returns the choice; undefined when it was cancelled */
export function chooseInDialog<Value>(question: ChoiceQuestion<Value>): Promise<Choice<Value> | undefined> {
  const dialog = document.createElement('dialog');
  dialog.className = 'choice-dialog';
  dialog.setAttribute('aria-labelledby', 'choice-title');
  return new Promise((resolve) => {
    let chosen: Choice<Value> | undefined;
    const choose = (choice: Choice<Value> | undefined) => {
      chosen = choice;
      dialog.close();
    };
    const show = (search: string) => {
      render(
        renderChoices({ ...question, choices: matching(question.choices, search) }, { show, choose }),
        dialog,
      );
    };
    dialog.addEventListener('keydown', onArrows);
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(chosen);
    });
    show('');
    document.body.append(dialog);
    dialog.showModal();
  });
}

function renderChoices<Value>(
  { title, search, none, choices }: ChoiceQuestion<Value>,
  on: { show: (search: string) => void; choose: (choice: Choice<Value> | undefined) => void },
): TemplateResult {
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (choices[0] !== undefined) on.choose(choices[0]);
  };
  const onInput = ({ currentTarget }: Event) => {
    if (currentTarget instanceof HTMLInputElement) on.show(currentTarget.value);
  };
  return html`<form @submit=${onSubmit}>
    <h2 id="choice-title">${title}</h2>
    ${
      search === undefined
        ? nothing
        : html`<label class="field"
            ><span>${search}</span
            ><input type="search" name="search" autocomplete="off" dir="auto" @input=${onInput}
          /></label>`
    }
    <ul class="choices">
      ${choices.map((choice) => renderChoice(choice, on.choose))}
    </ul>
    <p class="status" role="status">${choices.length === 0 ? none : nothing}</p>
    <div class="actions">
      <button
        type="button"
        class="button"
        @click=${() => {
          on.choose(undefined);
        }}
      >
        ${TEXTS.conversation.cancel}
      </button>
    </div>
  </form>`;
}

const renderChoice = <Value>(
  choice: Choice<Value>,
  choose: (choice: Choice<Value>) => void,
): TemplateResult =>
  html`<li>
    <button
      type="button"
      class="choice"
      @click=${() => {
        choose(choice);
      }}
    >
      <span dir="auto">${choice.label}</span>
      ${choice.hint === undefined ? nothing : html`<span class="hint" dir="auto">${choice.hint}</span>`}
    </button>
  </li>`;

/** Up and down go through the field and the choices. */
function onArrows(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, .choice')];
  const index = stops.findIndex((stop) => stop === document.activeElement);
  event.preventDefault();
  stops[Math.min(stops.length - 1, Math.max(0, index + step))]?.focus();
}
