/** Styles of the composer. */
export const composerStyles = `
.composer { flex: none; margin: 0 auto; inline-size: 100%; max-inline-size: calc(var(--_measure) + 40px); padding: 8px 16px calc(16px + env(safe-area-inset-bottom)); }
.field {
  position: relative; display: flex; align-items: flex-end; background: var(--_raised); border: 1px solid var(--_field-line, var(--_line)); border-radius: calc(var(--_radius) + 7px);
  box-shadow: 0 1px 2px rgb(8 24 32 / 0.04); cursor: text;
  transition: border-color var(--_fast), box-shadow var(--_fast);
}
.field:has(textarea:focus) { border-color: var(--_link); box-shadow: 0 0 0 3px color-mix(in oklab, var(--_link) 16%, transparent); }
.field textarea {
  appearance: none; display: block; flex: 1; min-inline-size: 0; margin: 0; border: 0; background: none; resize: none; outline: none !important;
  color: var(--_text); caret-color: var(--_link); font: 400 16px/24px var(--_font); letter-spacing: inherit;
  padding: 10px 0; padding-inline: 16px 4px; min-block-size: 44px; max-block-size: 192px; field-sizing: content; overflow-y: auto; scrollbar-width: thin;
}
.field:has([readonly]) { background: var(--_sunken); box-shadow: none; }
.field textarea::placeholder { color: var(--_muted); opacity: 1; }
.send {
  appearance: none; flex: none; margin: 4px; padding: 0; border: 0; inline-size: 36px; block-size: 36px; border-radius: 50%; display: grid; place-items: center; cursor: pointer;
  background: var(--_accent); color: var(--_on-accent); transition: transform var(--_fast), opacity var(--_fast); -webkit-tap-highlight-color: transparent;
}
.send .icon { inline-size: 20px; block-size: 20px; stroke-width: 2; }
.send:active { transform: scale(0.94); }
.send[aria-disabled='true'] { background: var(--_soft); color: var(--_muted); cursor: default; transform: none; }
@media (prefers-reduced-motion: reduce) { .send, .field { transition: none; } }
@media (forced-colors: active) { .send[aria-disabled='true'] { background: Canvas !important; color: GrayText !important; } .field { border-color: CanvasText; } .field:has(textarea:focus) { outline: 2px solid Highlight; } }
`;
