/** Styles of rendered Markdown. */
export const markdownStyles = `
.markdown { overflow-wrap: break-word; }
.markdown > :first-child { margin-block-start: 0; }
.markdown > :last-child, .markdown blockquote > :last-child { margin-block-end: 0; }
.markdown p { margin: 0 0 12px; }
.markdown :is(h1, h2, h3, h4, h5, h6) { margin: 20px 0 8px; font-weight: 650; line-height: 24px; font-size: 15px; text-wrap: balance; }
.markdown h1 { font-size: 19px; line-height: 26px; }
.markdown h2 { font-size: 17px; }
.markdown h3 { font-size: 16px; }
.markdown :is(ul, ol) { margin: 0 0 12px; padding-inline-start: 24px; }
.markdown li { margin-block: 0 4px; padding-inline-start: 2px; }
.markdown li::marker { color: var(--_muted); }
.markdown li > p { margin-block-end: 8px; }
.markdown :is(td, li > p) { text-align: match-parent; text-align: -webkit-match-parent; }
.markdown li > p:last-child { margin-block-end: 4px; }
.markdown .tight > li > p { display: inline; }
.markdown .tight > li > p + * { margin-block-start: 4px; }
.markdown li > :is(ul, ol) { margin-block: 4px 4px; }
.markdown li:has(> input, > p > input) { list-style: none; margin-inline-start: -22px; }
.markdown input { margin: 0; margin-inline-end: 8px; inline-size: 15px; block-size: 15px; vertical-align: -2px; accent-color: var(--_accent); }
.markdown a { color: var(--_link); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; text-decoration-color: color-mix(in oklab, currentColor 45%, transparent); border-radius: 3px; unicode-bidi: isolate; }
.markdown a:hover { text-decoration-color: currentColor; }
.markdown blockquote { margin: 0 0 12px; padding-inline-start: 14px; border-inline-start: 3px solid var(--_line); color: var(--_muted); }
.markdown hr { border: 0; border-block-start: 1px solid var(--_line); margin: 20px 0; }
.markdown :not(pre) > code { font: 13px/20px var(--_mono); background: var(--_soft); border-radius: 5px; padding: 2px 5px; overflow-wrap: anywhere; }
.markdown .code {
  position: relative; margin: 0 0 14px; border: 1px solid var(--_line); border-radius: var(--_inner-radius); background: var(--_sunken); overflow: hidden;
}
.markdown .code :is(figcaption, button) { -webkit-user-select: none; user-select: none; }
.markdown .code figcaption { min-block-size: 34px; padding: 7px 14px 0; font: 500 12px/20px var(--_font); color: var(--_muted); }
.markdown pre { margin: 0; padding: 4px 14px 12px; overflow-x: auto; scrollbar-width: thin; scrollbar-color: var(--_line) transparent; font: 13px/20px var(--_mono); tab-size: 2; direction: ltr; text-align: left; white-space: pre; }
.markdown pre:focus-visible, .markdown .table-scroll:focus-visible { outline-offset: -2px; }
.markdown pre code { font: inherit; }
/* A scroll container costs time in every frame that has movement, even far out of view. Measured: a fifth of the time of a streamed answer. */
.markdown :is(.code, .table-scroll) { content-visibility: auto; contain-intrinsic-block-size: auto 160px; }
.code-copy {
  appearance: none; position: absolute; inset-block-start: 5px; inset-inline-end: 5px; margin: 0; border: 0; padding: 2px 8px; min-block-size: 24px; border-radius: 7px; cursor: pointer;
  font: 500 12px/20px var(--_font); color: var(--_muted); background: var(--_sunken);
}
.code-copy:hover { color: var(--_text); background: var(--_soft); }
.code-copy.is-copied { color: var(--_link); animation: rivulet-hold 1.6s; }
.markdown .table-scroll { margin: 0 0 14px; overflow-x: auto; border: 1px solid var(--_line); border-radius: var(--_inner-radius); scrollbar-width: thin; scrollbar-color: var(--_line) transparent;
  /* Shadows at the edges that hide columns: covers that scroll with the table, over shadows that do not. */
  background: linear-gradient(90deg, var(--_background) 16px, transparent 40px) 0 0 / 40px 100% no-repeat local,
    linear-gradient(270deg, var(--_background) 16px, transparent 40px) 100% 0 / 40px 100% no-repeat local,
    linear-gradient(90deg, rgb(0 0 0 / 0.16), transparent) 0 0 / 14px 100% no-repeat,
    linear-gradient(270deg, rgb(0 0 0 / 0.16), transparent) 100% 0 / 14px 100% no-repeat; }
.markdown table { border-collapse: collapse; min-inline-size: 100%; font-size: 14px; line-height: 20px; font-variant-numeric: tabular-nums; }
.markdown :is(th, td) { padding: 8px 12px; text-align: start; vertical-align: top; border-block-end: 1px solid var(--_line); min-inline-size: 64px; }
.markdown [data-align='center'] { text-align: center; }
.markdown [data-align='right'] { text-align: right; }
.markdown th { font-weight: 600; background: color-mix(in oklab, var(--_text) 4%, transparent); white-space: nowrap; }
.markdown tr:last-child > td { border-block-end: 0; }
.markdown a[data-claim]::after { content: ' (' attr(data-host) ')'; color: var(--_muted); unicode-bidi: isolate; }
.markdown img { inline-size: 100%; max-inline-size: 440px; aspect-ratio: 3 / 2; object-fit: contain; border-radius: var(--_inner-radius); background: var(--_sunken); color: var(--_muted); font-size: 13px; }
.markdown .blocked-image { display: inline-block; max-inline-size: 100%; padding: 2px 10px; border: 1px solid var(--_line); border-radius: 14px; font-size: 13px; line-height: 22px; color: var(--_muted); text-decoration: none; }
.markdown .blocked-image[data-host]::after { content: ' · ' attr(data-host); unicode-bidi: isolate; }
.markdown p:empty { display: none; }
.markdown :is(sub, sup) { line-height: 0; }
.markdown:has(> [data-notes]) { display: flex; flex-direction: column; }
.markdown > [data-notes] { order: 1; font-size: 13px; line-height: 20px; color: var(--_muted); }
`;
