/** Styles of the attached files above the text field. */
export const attachmentStyles = `
.panel[data-mode='inline'], .panel[data-mode='page'] { position: relative; }
.attached { list-style: none; margin: 0 0 8px; padding: 0; display: flex; flex-wrap: wrap; gap: 8px; max-block-size: 180px; overflow-y: auto; }
.attached li { min-inline-size: 0; max-inline-size: 100%; }
.attached-file { display: flex; align-items: center; gap: 8px; padding: 5px 4px 5px 6px; inline-size: 232px; max-inline-size: 100%; border: 1px solid var(--_line); border-radius: 12px; background: var(--_raised); font-size: 13px; line-height: 18px; }
.attached-file > .icon { margin: 8px; color: var(--_muted); }
.attached-file[data-state='failed'] { border-color: color-mix(in oklab, var(--_problem) 50%, var(--_line)); }
.attached-picture { flex: none; inline-size: 36px; block-size: 36px; border-radius: 8px; object-fit: cover; }
.attached-words { flex: 1; min-inline-size: 0; }
.attached-words .chip-text { text-align: -webkit-match-parent; text-align: match-parent; }
.attached-words .link-button { margin-inline: -6px; }
.attached-words progress { appearance: none; display: block; inline-size: 100%; block-size: 4px; margin-block: 7px; border: 0; border-radius: 2px; background: var(--_soft); overflow: hidden; }
.attached-words progress::-webkit-progress-bar { background: var(--_soft); }
.attached-words progress::-webkit-progress-value { background: var(--_accent); }
.attached-words progress::-moz-progress-bar { background: var(--_accent); }
.attached-file .icon-button { inline-size: 28px; block-size: 28px; border-radius: 8px; }
.attached-file .icon-button .icon { inline-size: 16px; block-size: 16px; }
.attach { margin: 4px; margin-inline-end: -10px; border-radius: 50%; }
.drop-zone { position: absolute; z-index: 2; inset: 8px; display: grid; place-content: center; place-items: center; gap: 4px; padding: 16px; text-align: center; border: 2px dashed var(--_link); border-radius: var(--_inner-radius); background: color-mix(in oklab, var(--_background) 92%, transparent); font-weight: 500; pointer-events: none; }
.drop-zone small { font-size: 13px; line-height: 18px; font-weight: 400; color: var(--_muted); }
.count { padding-inline: 12px; font-size: 13px; line-height: 18px; color: var(--_muted); text-align: end; }
.count:not(:empty) { padding-block-start: 4px; }
.count[data-tone='problem'] { color: var(--_problem); }
`;
