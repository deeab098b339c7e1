/** Styles of the teaser beside the launcher. */
export const teaserStyles = `
.teaser {
  all: initial; color-scheme: inherit;
  position: fixed; z-index: var(--_z); display: flex; align-items: flex-start; gap: 4px; max-inline-size: min(280px, calc(100vw - 2 * var(--_offset-inline)));
  inset-block-end: calc(var(--_offset) + var(--_launcher) + 12px + env(safe-area-inset-bottom));
  inset-inline-end: calc(var(--_offset-inline) + env(safe-area-inset-right));
  padding: 4px 4px 4px 6px; border-radius: 16px; background: Canvas; color: CanvasText; box-shadow: var(--_shadow), inset 0 0 0 1px rgb(127 127 127 / 0.18);
  font: 400 15px/24px var(--_font); animation: rivulet-teaser var(--_fast);
}
:host([position='start']) .teaser { inset-inline: calc(var(--_offset-inline) + env(safe-area-inset-left)) auto; }
.teaser button { all: unset; box-sizing: border-box; cursor: pointer; border-radius: 12px; }
.teaser button:focus-visible { outline: 2px solid var(--_accent); outline-offset: 1px; }
.teaser .teaser-text { padding: 6px 8px; text-align: start; }
.teaser .icon-button { flex: none; display: grid; place-items: center; inline-size: 28px; block-size: 28px; margin-block-start: 4px; }
.teaser .icon-button svg { inline-size: 16px; block-size: 16px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
@keyframes rivulet-teaser { from { opacity: 0; transform: translateY(4px); } }
@media (prefers-reduced-motion: reduce) { .teaser { animation: none; } }
@media (forced-colors: active) { .teaser { border: 1px solid CanvasText; } }
@media print { .teaser { display: none; } }
`;
