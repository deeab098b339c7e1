/** The styles of the desk: the inbox beside the conversation, and on a phone one of them. */
export const deskPageStyles = `
body:has(main[data-layout='window']) { overflow: hidden; }
#console:has(main[data-layout='window']) { display: flex; flex-direction: column; block-size: 100dvh; }
main[data-layout='window'] {
  flex: 1; min-block-size: 0; inline-size: 100%; max-inline-size: none; padding: 0;
  display: grid; grid-template: auto minmax(0, 1fr) / minmax(300px, 380px) minmax(0, 1fr);
}
main[data-layout='window'] > h1 { grid-area: 1 / 1; margin: 0; padding: 12px 16px 4px; }
.desk-me { grid-area: 1 / 1; justify-self: end; display: flex; align-items: center; gap: 8px; padding: 10px 16px 0 0; font-size: 13px; }
.desk-me select { inline-size: auto; padding-block: 4px; font-size: 14px; }
.desk-list { grid-area: 2 / 1; margin: 0; overflow-y: auto; padding-block-end: 24px; }
.desk-filters { padding: 6px 16px 10px; }
.desk-search { display: flex; gap: 6px; margin-block-end: 8px; }
.desk-search .button { flex: none; }
.desk-filters .spans { margin: 0 0 6px; }
.desk-list > .status, .desk-list > .problem { margin: 12px 16px; }
.desk-more { margin: 12px 16px; }
.count { margin-inline-start: 6px; font-variant-numeric: tabular-nums; }
.spans button { font: inherit; font-size: 14px; padding: 4px 12px; border: 1px solid var(--line); border-radius: 8px; background: none; color: var(--text); cursor: pointer; }
.spans button[aria-pressed='true'] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.spans button[aria-disabled='true'], .button[aria-disabled='true'] { opacity: 0.6; cursor: default; }
.desk-row { padding: 10px 16px; border-inline-start: 3px solid transparent; row-gap: 4px; }
.desk-row[aria-current] { background: var(--raised); border-inline-start-color: var(--accent); }
.desk-row .row-title { font-weight: 500; }
.desk-row[data-unread] .row-title { font-weight: 700; }
/* As wide as it gets, so that nothing moves when a minute goes by. */
.row-wait { min-inline-size: 8ch; text-align: end; font-size: 13px; line-height: 22px; color: var(--muted); font-variant-numeric: tabular-nums; }
.desk-row .row-marks { grid-column: 1 / -1; flex-wrap: wrap; justify-content: start; }
.desk-list :focus-visible { outline-offset: -2px; }
.mark { font-variant-numeric: tabular-nums; }
.mark.is-new { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
.mark.is-late { color: var(--problem); border-color: currentColor; background: var(--problem-soft); font-weight: 600; }
.desk-pane { grid-area: 1 / 2 / -1; display: flex; flex-direction: column; min-inline-size: 0; margin: 0; border-inline-start: 1px solid var(--line); }
.desk-pane > .status { margin: auto; }
.desk-head { padding: 12px 20px 0; border-block-end: 1px solid var(--line); background: var(--raised); }
.desk-title { display: flex; align-items: center; gap: 8px; min-inline-size: 0; }
.desk-title h2 { flex: 1; margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.desk-title h2:focus { outline: none; }
.desk-back { display: none; flex: none; }
.desk-back::before { content: '\\2039\\00a0' / ''; }
[dir='rtl'] .desk-back::before { content: '\\203a\\00a0' / ''; }
.desk-facts { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 14px; margin: 4px 0 0; font-size: 13px; font-variant-numeric: tabular-nums; }
.desk-facts .live { margin: 0; }
.desk-contact { margin: 6px 0 0; font-size: 14px; }
.desk-head .actions { margin-block: 10px; gap: 6px; }
.desk-head .problem { margin-block: 0 10px; }
.desk-thread { position: relative; flex: 1; min-block-size: 0; }
desk-scroller { display: block; block-size: 100%; overflow-y: auto; overscroll-behavior: contain; }
desk-scroller:focus-visible { outline-offset: -2px; }
.desk-messages { max-inline-size: 740px; margin-inline: auto; padding: 16px 20px; }
.desk-messages console-transcript { border: 0; }
.desk-latest { display: none; position: absolute; inset-block-end: 10px; inset-inline: 0; margin-inline: auto; inline-size: fit-content; box-shadow: 0 2px 8px rgb(0 0 0 / 20%); }
desk-scroller[data-away] + .desk-latest { display: block; }
.desk-foot { border-block-start: 1px solid var(--line); background: var(--raised); padding: 8px 20px calc(12px + env(safe-area-inset-bottom)); }
.desk-foot > * { max-inline-size: 740px; margin-inline: auto; }
.desk-foot[data-writes='note'] { background: light-dark(#fff7e2, #322a17); border-block-start: 1px dashed light-dark(#b98a2e, #b8934c); }
.desk-foot[data-writes='note'] .hint { color: light-dark(#5c4713, #e6d3a4); }
.desk-tools { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; margin-block-end: 8px; }
.desk-tools .spans { margin: 0; }
.desk-tools .button { padding-block: 3px; }
.desk-unsent { margin-block-end: 8px; }
.desk-unsent p { margin: 0 0 4px; }
.desk-unsent-text { max-block-size: 5lh; overflow-y: auto; white-space: pre-wrap; color: var(--text); }
.desk-unsent .actions { margin-block: 6px 0; }
desk-composer { display: block; }
.choice-dialog { inline-size: min(460px, calc(100vw - 32px)); }
.choices { list-style: none; margin: 8px 0 0; padding: 0; max-block-size: 50dvh; overflow-y: auto; }
.choice { display: grid; gap: 2px; inline-size: 100%; padding: 8px; border: 0; border-block-end: 1px solid var(--line); background: none; color: inherit; font: inherit; text-align: start; cursor: pointer; }
.choice:hover { background: var(--ground); }
.choice:focus-visible { outline-offset: -2px; }
.choice .hint { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
@media (max-width: 760px) {
  main[data-layout='window'] { grid-template-columns: minmax(0, 1fr); }
  .desk-pane { grid-area: 1 / 1 / -1; border: 0; }
  /* What is above the conversation is what it lacks below; the way back is in its own head. */
  #console:has(.desk-pane[data-open]) > .bar { display: none; }
  .desk-pane:not([data-open]) { display: none; }
  main:has(.desk-pane[data-open]) > :is(.desk-list, .desk-me) { display: none; }
  main:has(.desk-pane[data-open]) > h1 { position: absolute; inline-size: 1px; block-size: 1px; padding: 0; overflow: hidden; clip-path: inset(50%); }
  .desk-back { display: inline-block; }
  .desk-row { grid-template-columns: minmax(0, 1fr) auto; }
  .desk-head { padding-inline: 12px; }
  .desk-head .actions .button { padding-inline: 9px; }
  .desk-messages, .desk-foot { padding-inline: 12px; }
}
@media (max-height: 560px) {
  .desk-head .actions { flex-wrap: nowrap; overflow-x: auto; }
}
`;

/** What the text field of the widget is given at the desk. */
export const composerStyles = `
.composer { max-inline-size: none; padding: 0; }
.panel { background: none; }
[data-writes='note'] .field { border-style: dashed; }
`;
