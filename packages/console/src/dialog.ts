/** A modal question: a confirmation, or one line of text. The browser keeps the focus in it and gives it back. */
import { html, nothing, render, type TemplateResult } from '../../widget/src/reading.ts';
import { TEXTS } from './texts.ts';

/** A question. `field` is the label of a line that must be filled in. */
export interface DialogQuestion {
  title: string;
  text: string;
  submit: string;
  field?: string;
  tone?: 'danger';
}

/** Asks in a dialog. @returns the line, or an empty text without a field; undefined when it was cancelled */
export function askInDialog(question: DialogQuestion): Promise<string | undefined> {
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-labelledby', 'dialog-title');
  return new Promise((resolve) => {
    let answer: string | undefined;
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      answer = dialog.querySelector('input')?.value.trim() ?? '';
      dialog.close();
    };
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(answer);
    });
    const cancel = () => {
      dialog.close();
    };
    render(renderQuestion(question, { submit, cancel }), dialog);
    document.body.append(dialog);
    dialog.showModal();
  });
}

function renderQuestion(
  { title, text, submit, field, tone }: DialogQuestion,
  on: { submit: (event: SubmitEvent) => void; cancel: () => void },
): TemplateResult {
  return html`<form @submit=${on.submit}>
    <h2 id="dialog-title">${title}</h2>
    <p>${text}</p>
    ${
      field === undefined
        ? nothing
        : html`<label class="field"
            ><span>${field}</span><input name="answer" required maxlength="200" autocomplete="off" dir="auto"
          /></label>`
    }
    <div class="actions">
      <button type="button" class="button" @click=${on.cancel}>${TEXTS.conversation.cancel}</button>
      <button type="submit" class="button ${tone === 'danger' ? 'is-danger' : 'is-main'}">${submit}</button>
    </div>
  </form>`;
}
