/** Styles of message actions, message ends, date separators and author names. */
export const messageActionStyles = `
.actions > :not(.versions) { opacity: 0; transition: opacity var(--_fast); }
:is(.message:hover, .message:focus-within, rivulet-message:last-child > .message) > .actions > * { opacity: 1; }
.actions .icon-button { inline-size: 32px; block-size: 32px; border-radius: 8px; }
.actions .icon, .end .icon { inline-size: 18px; block-size: 18px; }
.actions time { padding-inline: 6px; }
.actions time, .versions { font-size: 13px; line-height: 20px; color: var(--_muted); font-variant-numeric: tabular-nums; }
.versions { min-inline-size: 67px; }
.message[data-role='user'] .icon-button { block-size: 28px; }
.end[data-tone='problem'] {
  color: var(--_problem); background: var(--_problem-soft); padding: 8px 12px; border-radius: var(--_inner-radius); inline-size: fit-content; max-inline-size: 100%;
}
.end-text { flex: 0 1 auto; min-inline-size: 0; }
.end[data-tone='problem'] .end-text { flex: 1 1 26ch; }
/* One action stands at the end of its line; two get a line of their own. */
.end .link-button:first-of-type { margin-inline-start: auto; }
.end:has(.link-button + .link-button) .end-text { flex-basis: calc(100% - 26px) !important; }
/* Tells an operator from the assistant. The article is labelled already, so the generated text is hidden from screen readers. */
.message[data-role='agent']::before { content: attr(aria-label) / ''; display: block; margin-block-end: 2px; font-weight: 600; font-size: 13px; line-height: 20px; color: var(--_link); }
.to-latest span { padding-inline-end: 5px; }
.actions > .thumb[aria-pressed='true'] { opacity: 1; }
.thumb[data-value='down'] .icon { transform: rotate(180deg); }
.thumb[aria-pressed='true'] { color: var(--_link); }
.thumb[aria-pressed='true'] path { fill: color-mix(in oklab, currentColor 22%, transparent); }
.icon-button.is-copied { color: var(--_link); animation: rivulet-hold 1.6s; }
@media (forced-colors: active) { .end[data-tone='problem'] { border: 1px solid CanvasText; } }
@media (hover: none) { .actions > * { opacity: 1 !important; } }
@media (prefers-reduced-motion: reduce) { .actions > * { transition: none !important; } }
.day { display: flex; align-items: center; gap: 12px; margin-block: 10px 18px; font-size: 13px; line-height: 20px; color: var(--_muted); }
.day::before, .day::after { content: ''; flex: 1; border-block-start: 1px solid var(--_line); }
.day time { display: inline-block; }
.day time::first-letter { text-transform: uppercase; }
`;
