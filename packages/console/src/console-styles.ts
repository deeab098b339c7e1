/** The styles of the console. Lengths and sides are logical, so that a page in a right-to-left language is mirrored. */
export const consoleStyles = `
:root {
  color-scheme: light dark;
  --accent: light-dark(#0b6b75, #52b7c2); --on-accent: light-dark(#fff, #06282c);
  --ground: light-dark(#fbfcfc, #14191a); --raised: light-dark(#fff, #1b2223); --line: light-dark(#dbe3e4, #313b3d);
  --text: light-dark(#1b2425, #e6ecec); --muted: light-dark(#56656a, #a3b1b4); --link: light-dark(#075a63, #7fd3dc);
  --problem: light-dark(#a52a21, #ff9d92); --problem-soft: light-dark(#fdf0ee, #36201f);
  --warm: light-dark(#7a4b00, #f0c274); --good: light-dark(#1d6b45, #6fd3a2);
  font: 400 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
h1:focus, main:focus { outline: none; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 12px; }
h2 { font-size: 17px; margin: 0 0 8px; }
main { max-inline-size: 1100px; margin-inline: auto; padding: 20px 16px 48px; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; padding: 8px 16px; background: var(--raised); border-block-end: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; gap: 4px; margin-inline-end: auto; }
nav a { padding: 6px 10px; border-radius: 8px; text-decoration: none; color: var(--text); }
nav a:hover { background: var(--ground); }
nav a[aria-current] { font-weight: 600; box-shadow: inset 0 -2px 0 var(--accent); border-end-start-radius: 0; border-end-end-radius: 0; }
.who, .hint, .status, .row-preview, dt { color: var(--muted); }
.who, .hint { font-size: 13px; }
.skip { position: absolute; inset-block-start: -60px; inset-inline-start: 8px; z-index: 2; padding: 8px 12px; background: var(--raised); }
.skip:focus { inset-block-start: 8px; }
.visually-hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.button { display: inline-block; font: inherit; font-size: 14px; line-height: 20px; padding: 6px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); color: var(--text); text-decoration: none; cursor: pointer; }
.button:hover { border-color: var(--accent); }
.button:disabled { opacity: 0.6; cursor: default; }
.button.is-main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.button.is-danger { color: var(--problem); border-color: currentColor; }
input, select { font: inherit; inline-size: 100%; padding: 6px 10px; border: 1px solid light-dark(#8a999c, #6b7b7e); border-radius: 8px; background: var(--raised); color: var(--text); min-inline-size: 0; }
.field { display: block; min-inline-size: 0; }
.field > span { display: block; font-size: 13px; color: var(--muted); }
.sign-in { max-inline-size: 380px; padding-block-start: 12vh; }
.sign-in form { display: grid; gap: 8px; justify-items: start; }
.sign-in .field { inline-size: 100%; }
.sign-in .hint { margin: 0 0 8px; }
.search { margin-block-end: 16px; }
.search-line { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; }
.search-line .field { flex: 1 1 220px; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 8px 12px; padding-block: 8px; }
summary { cursor: pointer; padding-block: 8px; font-size: 14px; color: var(--muted); inline-size: fit-content; }
.list { list-style: none; margin: 0; padding: 0; border-block-start: 1px solid var(--line); }
.list li { border-block-end: 1px solid var(--line); }
.row { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 12px; padding: 8px; color: inherit; text-decoration: none; }
.row:hover { background: var(--raised); }
.row-title { font-weight: 600; }
.row-title, .row-preview { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row-time { font-size: 13px; color: var(--muted); text-align: end; }
.row-preview { font-size: 14px; }
.row-marks { display: flex; flex-wrap: wrap; gap: 2px 6px; justify-content: end; }
.mark { font-size: 12px; line-height: 18px; padding-inline: 6px; border: 1px solid var(--line); border-radius: 6px; color: var(--muted); white-space: nowrap; }
.mark.is-warm { color: var(--warm); border-color: currentColor; }
.mark.is-problem { color: var(--problem); border-color: currentColor; }
.problem { padding: 8px 12px; border-radius: 8px; color: var(--problem); background: var(--problem-soft); }
.notice { padding: 8px 12px; border-radius: 8px; border: 1px solid var(--line); background: var(--raised); }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-block: 12px; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0 0 8px; font-size: 13px; }
.facts div { min-inline-size: 0; }
dt, dd { display: inline; margin: 0; }
dt::after { content: ' '; }
.live { display: flex; align-items: center; gap: 8px; font-size: 13px; color: var(--muted); margin: 0 0 4px; }
.live::before { content: ''; inline-size: 8px; block-size: 8px; border-radius: 50%; background: var(--muted); }
.live[data-status='live']::before { background: var(--good); }
.live[data-status='ended']::before { background: var(--problem); }
.choices { display: flex; flex-wrap: wrap; gap: 0 24px; }
.choices .spans { flex-wrap: wrap; }
console-transcript { display: block; border-block-start: 1px solid var(--line); }
.spans { display: flex; gap: 4px; margin: 0 0 12px; padding: 0; list-style: none; }
.spans a { display: inline-block; padding: 4px 12px; border: 1px solid var(--line); border-radius: 8px; font-size: 14px; text-decoration: none; color: var(--text); }
.spans a[aria-current] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(160px, 1fr)); gap: 8px; margin: 0 0 20px; }
.tiles div { padding: 10px 12px; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; min-inline-size: 0; }
.tiles dt, .tiles dd { display: block; font-size: 13px; }
.tiles dd:first-of-type { font-size: 20px; line-height: 1.4; font-variant-numeric: tabular-nums; }
.tiles .more { color: var(--muted); }
.chart { display: block; inline-size: 100%; block-size: 120px; border-block-end: 1px solid var(--line); }
.chart .all { fill: var(--accent); }
.chart .failed { fill: var(--problem); }
[dir='rtl'] .chart { transform: scaleX(-1); }
section { margin-block-end: 20px; min-inline-size: 0; }
section .hint { margin: 4px 0; }
.tables { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); gap: 0 32px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; inline-size: 100%; font-size: 14px; }
th, td { padding-block: 6px; padding-inline: 0 12px; text-align: start; border-block-end: 1px solid var(--line); white-space: nowrap; vertical-align: middle; }
th { color: var(--muted); font-weight: 500; font-size: 13px; }
td { font-variant-numeric: tabular-nums; }
dialog { max-inline-size: min(460px, calc(100vw - 32px)); border: 1px solid var(--line); border-radius: 12px; padding: 20px; background: var(--raised); color: var(--text); }
dialog::backdrop { background: rgb(0 0 0 / 45%); }
dialog .actions { justify-content: end; margin-block: 16px 0; }
@media (max-width: 480px) {
  main { padding-inline: 12px; }
  .row { grid-template-columns: minmax(0, 1fr); }
  .row-time { text-align: start; grid-row: 2; }
  .row-marks { justify-content: start; }
}
`;

/** What the elements of the widget are given in the console: they are part of a page, and no panel. */
export const widgetStyles = `
:host {
  --_accent: light-dark(#0b6b75, #52b7c2); --_on-accent: light-dark(#fff, #06282c);
  --_font: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  --_fast: 120ms ease-out; --rivulet-background: transparent;
  color-scheme: inherit;
}
.panel { block-size: auto; overflow: visible; }
`;

/** What the transcript adds to them. */
export const transcriptStyles = `
.content { inline-size: 100%; max-inline-size: none; margin-inline: 0; padding-inline: 0; }
.entry { display: grid; grid-template-columns: minmax(0, 1fr) 260px; gap: 4px 24px; align-items: start; }
.entry > rivulet-message { max-inline-size: calc(68ch + 40px); grid-column: 1; }
.versions { grid-column: 1; margin: 0; font-size: 13px; color: var(--_muted); }
.about { grid-column: 2; grid-row: 1 / span 2; font-size: 13px; line-height: 20px; padding-block: 12px; color: var(--_text); }
.facts { margin: 0; padding-inline-start: 12px; border-inline-start: 2px solid var(--_line); }
.facts[data-tone='problem'] { border-color: var(--_problem); }
.facts dt, .facts dd { display: inline; margin: 0; }
.facts dt { color: var(--_muted); }
.facts dt::after { content: ' '; }
.rating { margin-block-end: 6px; padding: 6px 12px; border-radius: 8px; background: var(--_sunken); }
.rating[data-value='down'] { color: var(--_problem); background: var(--_problem-soft); }
.rating q { display: block; color: var(--_text); }
[data-facts='none'] .entry { grid-template-columns: minmax(0, 1fr); }
[data-facts='none'] .entry > rivulet-message { max-inline-size: none; }
.entry[data-sending] { opacity: 0.6; }
.message-face + .entry .message[data-role='agent']::before { padding-inline-start: 28px; }
.note { margin-block: 0 16px; padding: 8px 12px; border: 1px dashed light-dark(#b98a2e, #b8934c); border-radius: 8px; background: light-dark(#fff7e2, #322a17); color: light-dark(#3b2d0d, #f3e6c6); }
.note-head { font-size: 13px; line-height: 20px; font-weight: 600; }
.note-head time { font-weight: 400; }
.note-text { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 820px) {
  .entry { grid-template-columns: minmax(0, 1fr); }
  .about { grid-column: 1; grid-row: auto; padding-block: 0 12px; }
  .facts { display: flex; flex-wrap: wrap; gap: 0 16px; }
}
`;
