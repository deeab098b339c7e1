/** Styles of what is shown of the people behind the chat. */
export const deskStyles = `
.face {
  position: relative; display: grid; place-items: center; overflow: hidden; border-radius: 50%; inline-size: 20px; block-size: 20px;
  background: var(--_soft); color: var(--_text); font: 600 9px/1 var(--_font); letter-spacing: 0.02em;
}
.face img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover; }
.mark:has(> .face) { background: none; }
.mark .face { inline-size: 36px; block-size: 36px; font-size: 14px; }
/* In the line of the name, which is there without it: nothing moves when it appears. */
.message-face { position: relative; block-size: 0; }
.message-face .face { position: absolute; inset-block-start: 0; inset-inline-start: 0; }
.message-face + rivulet-message > .message[data-role='agent']::before { padding-inline-start: 28px; }
.owner-change { display: flex; align-items: center; gap: 12px; margin: 6px 0 18px; font-size: 13px; line-height: 20px; color: var(--_muted); }
.owner-change::before, .owner-change::after { content: ''; flex: 1; min-inline-size: 12px; border-block-start: 1px solid var(--_line); }
.owner-change span { text-align: center; text-wrap: balance; }
.owner-change + rivulet-address { display: block; margin: -6px 0 18px; }
.owner-change .link-button { white-space: nowrap; }
.person-offer { margin: 2px 0 18px; }
.person-offer .prompt { font-size: 14px; line-height: 20px; padding: 7px 14px; min-block-size: 36px; border-radius: 18px; color: var(--_muted); }
.person-offer .prompt:hover { color: var(--_text); }
/* Both notices have the same place, whichever takes more lines. */
.notice-place { display: grid; }
.notice-place > * { grid-area: 1 / 1; }
.notice-place > [aria-hidden] { visibility: hidden; }
@media (forced-colors: active) { .face { border: 1px solid CanvasText; } }
`;
