/** Colours derived from the accent, styles of the panel and of its header. */
export const panelStyles = `
rivulet-app {
  /* Of what the page sets on its body, or on every element, only the direction is inherited. */
  all: initial; color-scheme: inherit; -webkit-user-select: text; user-select: text;
  --_ring: 0 0 0 2px Canvas, 0 0 0 4px var(--_accent);
  --_calm: 180ms cubic-bezier(0.2, 0, 0, 1);
  --_background: var(--rivulet-background, light-dark(oklch(from var(--_accent) 0.995 min(c, 0.003) h), oklch(from var(--_accent) 0.212 min(c, 0.006) h)));
  --_raised: var(--rivulet-surface, light-dark(#fff, oklch(from var(--_accent) 0.255 min(c, 0.008) h)));
  --_soft: var(--rivulet-bubble, light-dark(oklch(from var(--_accent) 0.948 min(c, 0.022) h), oklch(from var(--_accent) 0.31 min(c, 0.022) h)));
  --_sunken: light-dark(oklch(from var(--_accent) 0.972 min(c, 0.008) h), oklch(from var(--_accent) 0.18 min(c, 0.006) h));
  --_line: var(--rivulet-border, light-dark(oklch(from var(--_accent) 0.915 min(c, 0.012) h), oklch(from var(--_accent) 0.34 min(c, 0.01) h)));
  --_text: var(--rivulet-text, light-dark(oklch(from var(--_accent) 0.22 min(c, 0.015) h), oklch(from var(--_accent) 0.945 min(c, 0.006) h)));
  --_muted: var(--rivulet-muted, light-dark(oklch(from var(--_accent) 0.48 min(c, 0.02) h), oklch(from var(--_accent) 0.745 min(c, 0.016) h)));
  --_link: light-dark(oklch(from var(--_accent) min(l, 0.46) c h), oklch(from var(--_accent) max(l, 0.8) min(c, 0.12) h));
  --_problem: light-dark(#a52a21, #ff9d92);
  --_problem-soft: light-dark(#fdf0ee, #36201f);
  --_radius: var(--rivulet-radius, 16px);
  --_inner-radius: calc(var(--_radius) * 0.75);
  --_measure: 68ch;
  --_mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  display: contents;
}
/* The panel stands in its place, and closes with the button in its header. */
.launcher[aria-expanded='true']:not([data-loading]) { visibility: hidden; }
/* The scroller and its content keep the pixels of the page, by which the transcript scrolls. */
.header, .line, .content > *, .composer, rivulet-side { zoom: var(--rivulet-text-scale, 1); }
rivulet-app *, rivulet-app *::before, rivulet-app *::after { box-sizing: border-box; }
rivulet-transcript, rivulet-composer, rivulet-message, rivulet-markdown { display: block; min-inline-size: 0; }
.panel {
  display: flex; flex-direction: column; block-size: 100%;
  background: var(--_background); color: var(--_text);
  font: 400 15px/24px var(--_font);
  -webkit-text-size-adjust: 100%;
  overflow: hidden; overflow-wrap: break-word; container: rivulet / inline-size;
}
.panel[data-mode='inline'] { border: 1px solid var(--_line); border-radius: var(--_radius); }
.panel[data-mode='floating'] {
  position: fixed; z-index: var(--_z);
  inset-block-end: calc(var(--_offset) + env(safe-area-inset-bottom));
  right: calc(var(--_offset-inline) + env(safe-area-inset-right));
  inline-size: min(var(--rivulet-width, 408px), calc(100vw - 2 * var(--_offset)));
  block-size: min(var(--rivulet-height, 704px), calc(100dvh - 2 * var(--_offset)));
  border-radius: var(--_radius); box-shadow: 0 0 0 1px var(--_line), var(--_shadow);
  visibility: hidden; opacity: 0; transform: translateY(8px) scale(0.985); transform-origin: 100% 100%;
  transition: opacity var(--_fast), transform var(--_calm), visibility 0s 120ms;
}
.panel[data-mode='floating'][data-large] { inline-size: min(800px, calc(100vw - 2 * var(--_offset))); block-size: calc(100dvh - 2 * var(--_offset)); }
/* On the side of the launcher, which follows the direction of the page; the panel follows that of its locale. */
@media (min-width: 640px) and (min-height: 440px) {
  :host(:dir(rtl):not([position='start'])) .panel[data-mode='floating'], :host(:dir(ltr)[position='start']) .panel[data-mode='floating'] {
    right: auto; left: calc(var(--_offset-inline) + env(safe-area-inset-left)); transform-origin: 0 100%;
  }
}
.panel[data-mode='floating'][data-open] {
  visibility: visible; opacity: 1; transform: none; transition: opacity var(--_fast), transform var(--_calm), visibility 0s;
  @starting-style { opacity: 0; transform: translateY(8px) scale(0.985); }
}
.header {
  flex: none; display: flex; align-items: center; gap: 4px; min-block-size: 64px; padding-block: 10px; padding-inline: 16px 12px;
  border-block-end: 1px solid var(--_line);
}
.mark-image { inline-size: 36px; block-size: 36px; border-radius: inherit; object-fit: cover; }
.mark {
  flex: none; inline-size: 36px; block-size: 36px; border-radius: 12px; display: grid; place-items: center;
  background: var(--_accent); color: var(--_on-accent);
}
.mark .icon { inline-size: 22px; block-size: 22px; stroke-width: 2; }
.titles { flex: 1; min-inline-size: 0; padding-inline: 8px; }
.title, .status { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.title { margin: 0; font: 600 15px/20px var(--_font); }
.status { font-size: 13px; line-height: 18px; color: var(--_muted); }
.status::before { content: ''; display: inline-block; margin-inline-end: 6px; vertical-align: 1px; inline-size: 7px; block-size: 7px; border-radius: 50%; background: light-dark(#2a9461, #4fc48a); }
.status[data-tone='waiting']::before { background: light-dark(#c07a12, #e9b45a); }
.status[data-tone='off']::before { background: light-dark(#8b959b, #7c868c); }
.line {
  flex: none; padding: 6px 16px; font-size: 13px; line-height: 20px; color: var(--_muted); background: var(--_sunken);
  border-block-end: 1px solid var(--_line);
}
.line[data-tone='problem'] { color: var(--_problem); background: var(--_problem-soft); }
.icon { inline-size: 20px; block-size: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.icon .solid { fill: currentColor; stroke: none; }
.icon-button {
  appearance: none; margin: 0; padding: 0; border: 0; background: none; color: var(--_muted); font: inherit; cursor: pointer;
  flex: none; inline-size: 36px; block-size: 36px; border-radius: 10px; display: grid; place-items: center;
  -webkit-tap-highlight-color: transparent;
}
.icon-button:hover { background: var(--_soft); color: var(--_text); }
.icon-button[aria-disabled='true'] { opacity: 0.45; cursor: default; background: none; }
.panel :focus-visible { outline: 2px solid var(--_link); outline-offset: 2px; }
.link-button {
  appearance: none; margin: 0; border: 0; background: none; font: inherit; font-weight: 600; color: inherit; cursor: pointer;
  padding: 4px 6px; margin-block: -4px; border-radius: 6px; text-decoration: underline; text-underline-offset: 3px; text-decoration-thickness: 1px; white-space: nowrap;
}
.link-button:hover { text-decoration-thickness: 2px; }
@media (max-width: 639px), (max-height: 439px) {
  .panel[data-mode='floating'] {
    padding: 0 env(safe-area-inset-right) 0 env(safe-area-inset-left);
    inset: auto 0 auto 0; inset-block-start: var(--_sheet-top, 0px); inline-size: auto; block-size: var(--_sheet-height, 100dvh);
    border-radius: 0; box-shadow: none; transform: translateY(16px);
  }
  .header [data-opens='enlarge'] { display: none; }
  .header { padding-block-start: calc(10px + env(safe-area-inset-top)); }
}
@media (prefers-reduced-motion: reduce) {
  .panel[data-mode='floating'], .panel[data-mode='floating'][data-open] { transition: none; }
}
@media print { .panel[data-mode='floating'] { display: none; } }
@media (forced-colors: active) {
  .panel { border: 1px solid CanvasText; }
  .mark, .send { forced-color-adjust: none; background: Highlight !important; color: HighlightText !important; }
  .status::before { background: CanvasText !important; }
}
`;
