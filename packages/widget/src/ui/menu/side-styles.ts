/** Styles of the menu and of the views that replace the conversation. */
export const sideStyles = `
rivulet-side { display: contents; }
rivulet-menu { position: absolute; z-index: 3; inset-block-start: 56px; inset-inline-end: 12px; }
.menu {
  display: flex; flex-direction: column; min-inline-size: 208px; padding: 6px; border-radius: var(--_inner-radius); background: var(--_raised);
  box-shadow: 0 0 0 1px var(--_line), var(--_shadow); animation: rivulet-menu var(--_fast);
}
@keyframes rivulet-menu { from { opacity: 0; transform: translateY(-4px); } }
.menu-item, .side-row > button, .side-action {
  all: unset; box-sizing: border-box; cursor: pointer; border-radius: 8px; min-block-size: 36px; padding: 6px 10px; font: inherit; color: inherit; text-align: start;
}
.menu-item:hover, .menu-item:focus-visible, .side-row > button:hover { background: var(--_soft); }
.menu-item:focus-visible, .side-row > button:focus-visible, .side-action:focus-visible, .side-input:focus-visible { outline: 2px solid var(--_accent); outline-offset: -2px; }
.side { flex: 1; min-block-size: 0; display: flex; flex-direction: column; overflow: auto; overscroll-behavior: contain; padding: 8px 16px 20px; }
.side-head { display: flex; align-items: center; gap: 4px; margin-inline-start: -8px; }
.is-back .icon { transform: rotate(180deg); }
[dir='rtl'] .is-back .icon { transform: none; }
.side h2 { font: 600 16px/24px var(--_font); margin: 0; white-space: normal; }
.side > h2 { margin-block: 12px 0; }
/* The question of consent stands where the greeting stands. */
.side[part='consent']::before, .side[part='consent']::after { content: ''; flex: 1; }
.side[part='consent'] { padding-inline: 20px; }
.side[part='consent'] h2 { font-size: 20px; line-height: 28px; }
.side-input {
  box-sizing: border-box; inline-size: 100%; min-block-size: 44px; margin-block: 8px; padding: 8px 14px; border: 1px solid var(--_line); border-radius: 12px; background: var(--_raised);
  color: inherit; font: 400 16px/24px var(--_font);
}
.side-input::placeholder { color: var(--_muted); opacity: 1; }
.side-day { margin: 16px 0 4px; color: var(--_muted); font: 500 13px/20px var(--_font); }
.side-day::first-letter { text-transform: uppercase; }
.side-rows { list-style: none; margin: 0; padding: 0; }
.side-row { display: flex; align-items: center; gap: 4px; margin-inline: -8px; border-radius: 10px; }
.side-row .side-open { flex: 1; min-inline-size: 0; display: block; padding: 8px; text-align: -webkit-match-parent; text-align: match-parent; }
.side-row[data-current] { background: var(--_soft); }
.side-row > :is([role='group'], .side-input) { flex: 1; min-inline-size: 0; margin-inline: 8px; }
.side-title, .side-preview { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.side-title { font-weight: 500; }
.side-preview { color: var(--_muted); font-size: 13px; line-height: 20px; }
.side-row .icon-button { flex: none; display: grid; place-items: center; inline-size: 36px; padding: 0; color: var(--_muted); }
.side-note { color: var(--_muted); margin: 16px 0; }
.side-buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-block: 8px; }
.side-action { padding: 8px 16px; min-block-size: 40px; border-radius: var(--_inner-radius); border: 1px solid var(--_line); text-align: center; font-weight: 500; }
.side-action.is-main { background: var(--_accent); color: var(--_on-accent); border-color: transparent; }
.side-action.is-main[data-tone='problem'] { background: var(--_problem); color: var(--_background); }
.side-text { margin: 8px 0; max-inline-size: 68ch; overflow-wrap: anywhere; }
.side-text a { color: var(--_link); }
@media (prefers-reduced-motion: reduce) { .menu { animation: none; } }
@media (forced-colors: active) { .menu, .side-action { border: 1px solid CanvasText; } .side-action.is-main { forced-color-adjust: none; background: Highlight !important; color: HighlightText !important; } }
`;
