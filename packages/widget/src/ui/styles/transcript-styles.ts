/** Styles of the scrolling list and of the empty state. */
export const transcriptStyles = `
rivulet-transcript { flex: 1; min-block-size: 0; position: relative; }
.scroller { block-size: 100%; overflow-y: auto; overflow-x: hidden; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--_line) transparent; outline-offset: -3px !important; }
.content { padding: 12px 20px; display: flow-root; max-inline-size: calc(var(--_measure) + 40px); margin-inline: auto; }
.content.is-empty { min-block-size: 100%; display: flex; flex-direction: column; }
.notice { margin: 0 0 12px; font-size: 13px; line-height: 20px; color: var(--_muted); text-align: center; text-wrap: balance; }
.spacer { block-size: 0; pointer-events: none; }
/* A settled group out of view costs nothing. The browser remembers its last size, also from before it was settled, so the end stays in place. */
.group { contain-intrinsic-size: auto 4000px; }
.group[data-settled] { content-visibility: auto; }
.group[data-later] { block-size: 4000px; content-visibility: visible; }
.loading { color: var(--_muted); font-size: 14px; animation: rivulet-appear 1ms 300ms backwards; }
.empty { flex: 1; display: flex; flex-direction: column; padding-block: 8px 4px; }
.greeting { margin-block-start: auto !important; }
.greeting-detail { margin-block-end: auto !important; }
.greeting { margin: 0 0 4px; font: 600 24px/32px var(--_font); letter-spacing: -0.015em; text-wrap: balance; }
.greeting-detail { margin: 0; color: var(--_muted); }
.prompts { list-style: none; margin: 20px 0 0; padding: 0; display: flex; flex-direction: column; gap: 8px; }
.prompt {
  appearance: none; margin: 0; font: inherit; color: var(--_text); text-align: start; cursor: pointer; background: var(--_raised);
  border: 1px solid var(--_line); border-radius: var(--_inner-radius); padding: 8px 14px; min-block-size: 42px;
}
.prompts .prompt { inline-size: 100%; }
.prompt:hover { background: var(--_soft); border-color: transparent; }
/* A strip of its own, so that the button covers no words; in front of the list, so that nothing moves when it appears. */
.latest { position: absolute; inset-block-end: 0; inset-inline: 0; display: flex; padding-block: 6px; background: var(--_background); }
.latest::before { content: ''; position: absolute; inset: -16px 0 100%; background: linear-gradient(transparent, var(--_background)); pointer-events: none; }
.scroller:has(+ .latest:not([hidden])) { scroll-padding-block-end: 60px; }
.to-latest {
  appearance: none; margin: 0 auto; min-inline-size: 40px; block-size: 40px; padding: 0 9px;
  border: 1px solid var(--_line); border-radius: 20px; font: inherit; font-size: 14px; background: var(--_raised); color: var(--_text); cursor: pointer;
  display: flex; align-items: center; gap: 6px; box-shadow: 0 2px 10px rgb(8 24 32 / 0.12);
}
.to-latest:hover { background: var(--_soft); }
`;
