/** Styles of the message editor and of the comment form of a rating. */
export const editStyles = `
.actions:has(.feedback-form) { flex-wrap: wrap; block-size: auto !important; }
.feedback-form { order: 9; opacity: 1 !important; flex: 1 0 calc(100% - 8px); max-inline-size: 440px; margin-block: 4px 8px; margin-inline-start: 8px; }
.feedback-form textarea {
  appearance: none; display: block; box-sizing: border-box; inline-size: 100%; min-block-size: 64px; margin: 0; padding: 8px 12px; border: 1px solid color-mix(in oklab, var(--_muted) 55%, var(--_line));
  border-radius: 10px; background: var(--_raised); color: var(--_text); font: 400 16px/24px var(--_font); resize: vertical; field-sizing: content; max-block-size: 192px;
}
.feedback-form textarea::placeholder { color: var(--_muted); opacity: 1; }
.feedback-form .prompt { font-size: 14px; line-height: 20px; padding: 6px 14px; min-block-size: 36px; border-radius: 10px; }
rivulet-editor { display: block; inline-size: 100%; padding-block-end: 16px; }
.editor-buttons { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; margin-block-start: 8px; }
.prompt.is-first { background: var(--_accent); color: var(--_on-accent); border-color: transparent; }
.prompt[aria-disabled='true'] { opacity: 0.55; cursor: default; }
`;
