/** What comes with the message tools: the row under a message, the editor, the days. */
export const toolStyles = `
.actions > :not(.versions) { opacity: 0; transition: opacity var(--_fast); }
:is(.message:hover, .message:focus-within, rivulet-message:last-child > .message) > .actions > * { opacity: 1; }
.actions .icon-button { inline-size: 32px; block-size: 32px; border-radius: 8px; }
.actions .icon { inline-size: 18px; block-size: 18px; }
.actions time { padding-inline: 6px; }
.actions time, .versions { font-size: 13px; line-height: 20px; color: var(--_muted); font-variant-numeric: tabular-nums; }
.versions { display: flex; align-items: center; }
.versions .icon-button { inline-size: 24px; }
.versions .previous:dir(ltr) .icon, .versions .next:dir(rtl) .icon { transform: scaleX(-1); }
.message[data-role='user'] .icon-button { block-size: 28px; }
rivulet-editor { display: block; inline-size: 100%; padding-block-end: 16px; }
.editor-buttons { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; margin-block-start: 8px; }
.prompt.is-first { background: var(--_accent); color: var(--_on-accent); border-color: transparent; }
.prompt[aria-disabled='true'] { opacity: 0.55; cursor: default; }
.icon-button.is-copied { color: var(--_link); animation: rivulet-hold 1.6s; }
@media (hover: none) { .actions > * { opacity: 1 !important; } }
@media (prefers-reduced-motion: reduce) { .actions > * { transition: none !important; } }
.day { display: flex; align-items: center; gap: 12px; margin-block: 10px 18px; font-size: 13px; line-height: 20px; color: var(--_muted); }
.day::before, .day::after { content: ''; flex: 1; border-block-start: 1px solid var(--_line); }
.day time { display: inline-block; }
.day time::first-letter { text-transform: uppercase; }
`;
