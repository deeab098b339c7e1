/** Styles of forms: in answers, in requests for approval, and for the address of a visitor. */
export const formStyles = `
.prompt.is-primary { background: var(--_accent); color: var(--_on-accent); border-color: transparent; }
.prompt[aria-disabled='true'] { opacity: 0.55; cursor: default; }
.form .prompt { font-weight: 500; font-size: 14px; line-height: 20px; padding: 7px 14px; min-block-size: 36px; border-radius: 10px; }
.tool-problem, .form-problem { color: var(--_problem); font-size: 13px; line-height: 18px; }
.form { border: 1px solid var(--_line); border-radius: var(--_inner-radius); background: var(--_raised); padding: 14px; max-inline-size: 440px; display: flex; flex-direction: column; gap: 14px; overflow: hidden; }
.form > .card-title + .card-text { margin-block-start: -10px; }
.form-field { display: flex; flex-direction: column; gap: 5px; }
.form-field > label { font-size: 14px; line-height: 20px; font-weight: 500; }
.form-field output { white-space: pre-wrap; overflow-wrap: anywhere; color: var(--_muted); }
.form-hint { font-size: 13px; line-height: 18px; color: var(--_muted); }
.form-optional { font-weight: 400; color: var(--_muted); }
.form-field :is(input, textarea, select) {
  appearance: none; box-sizing: border-box; inline-size: 100%; min-block-size: 40px; margin: 0; padding: 7px 12px; border: 1px solid var(--_field-line, color-mix(in oklab, var(--_muted) 55%, var(--_line))); border-radius: 10px;
  background: var(--_background); color: var(--_text); font: 400 16px/24px var(--_font); caret-color: var(--_link);
}
.form-field select { padding-inline-end: 34px; background-image: linear-gradient(45deg, transparent 50%, currentColor 50%), linear-gradient(-45deg, transparent 50%, currentColor 50%); background-size: 5px 5px; background-repeat: no-repeat; background-position: right 18px center, right 13px center; }
.form-field select:dir(rtl) { background-position: left 13px center, left 18px center; }
.form-field textarea { min-block-size: 76px; resize: vertical; }
.form-field ::placeholder { color: var(--_muted); opacity: 1; }
.form-field [aria-invalid='true'] { border-color: var(--_problem); }
.form-field[data-kind='checkbox'] { flex-direction: row-reverse; flex-wrap: wrap; justify-content: flex-end; align-items: center; gap: 4px 10px; }
.form-field[data-kind='checkbox'] input { appearance: auto; inline-size: 20px; block-size: 20px; min-block-size: 0; accent-color: var(--_accent); }
.form-field[data-kind='checkbox'] label { flex: 1; }
.form-field[data-kind='checkbox'] .form-problem { inline-size: 100%; order: -1; }
.form > .prompt { align-self: flex-start; }
.form-sent { display: flex; align-items: center; gap: 6px; font-size: 14px; line-height: 20px; color: var(--_muted); margin-block-start: -6px; }
.form-sent .icon { inline-size: 18px; block-size: 18px; color: var(--_link); }
@media (forced-colors: active) { .prompt.is-primary { border-color: CanvasText; } }
`;
