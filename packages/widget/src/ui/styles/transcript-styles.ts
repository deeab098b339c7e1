/** Styles of the scrolling list and of the empty state. */
export const transcriptStyles = `
rivulet-transcript { flex: 1; min-block-size: 0; position: relative; }
.scroller { block-size: 100%; overflow-y: auto; overflow-x: hidden; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--_line) transparent; outline-offset: -3px !important; }
.content { padding: 20px 20px 12px; display: flow-root; max-inline-size: 800px; margin-inline: auto; }
.content.is-empty { min-block-size: 100%; display: flex; flex-direction: column; justify-content: flex-end; }
.spacer { block-size: 0; pointer-events: none; }
/* A settled group out of view costs nothing. The browser remembers its last size, also from before it was settled, so the end stays in place. */
.group { contain-intrinsic-size: auto 4000px; }
.group[data-settled] { content-visibility: auto; }
.group[data-later] { block-size: 4000px; content-visibility: visible; }
.loading { color: var(--_muted); font-size: 14px; animation: rivulet-appear 1ms 300ms backwards; }
.empty { padding-block: 8px 4px; }
.mark.is-large { inline-size: 44px; block-size: 44px; border-radius: 14px; margin-block-end: 16px; }
.mark.is-large .icon { inline-size: 27px; block-size: 27px; }
.greeting { margin: 0 0 4px; font: 600 22px/28px var(--_font); letter-spacing: -0.015em; text-wrap: balance; }
.greeting-detail { margin: 0; color: var(--_muted); }
.prompts { list-style: none; margin: 20px 0 0; padding: 0; display: flex; flex-direction: column; align-items: flex-start; gap: 8px; }
.prompt {
  appearance: none; margin: 0; font: inherit; color: var(--_text); text-align: start; cursor: pointer; background: var(--_raised);
  border: 1px solid var(--_line); border-radius: var(--_inner-radius); padding: 8px 14px; min-block-size: 42px;
}
.prompt:hover { background: var(--_soft); border-color: transparent; }
.to-latest {
  appearance: none; position: absolute; inset-block-end: 8px; inset-inline: 0; margin-inline: auto; inline-size: fit-content; min-inline-size: 40px; block-size: 40px; padding: 0 9px;
  border: 1px solid var(--_line); border-radius: 20px; font: inherit; font-size: 14px; background: var(--_raised); color: var(--_text); cursor: pointer;
  display: flex; align-items: center; gap: 6px; box-shadow: 0 2px 10px rgb(8 24 32 / 0.12);
}
.to-latest:hover { background: var(--_soft); }
`;
