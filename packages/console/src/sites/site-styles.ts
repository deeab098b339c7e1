/** The styles of the pages of the sites, which are loaded with them. */
export const siteStyles = `
textarea { font: inherit; inline-size: 100%; padding: 6px 10px; border: 1px solid light-dark(#8a999c, #6b7b7e); border-radius: 8px; background: var(--raised); color: var(--text); resize: vertical; min-block-size: 40px; }
:root { scroll-padding-block: 16px 96px; }
::placeholder { color: var(--muted); opacity: 1; }
[aria-invalid='true'] { border-color: var(--problem); }
.group { padding-block-start: 16px; border-block-start: 1px solid var(--line); }
.group > .hint { margin: 0 0 8px; }
details.group { padding-block-start: 4px; }
.group > summary { inline-size: 100%; color: var(--text); }
.group > summary h2 { display: inline; margin: 0; }
.group > summary .mark { margin-inline-start: 8px; }
.group[open] { padding-block-end: 16px; }
.is-text { white-space: pre-wrap; }
.about details summary { padding-block: 4px; font-size: 13px; }
.settings { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap: 16px 24px; align-items: start; }
.setting { min-inline-size: 0; margin: 0; padding: 0; border: 0; }
.setting.is-wide { grid-column: 1 / -1; }
.setting > label, .setting > legend { font-size: 14px; font-weight: 600; padding: 0; }
.setting > input, .setting > select, .setting > textarea { display: block; margin-block-start: 4px; }
.setting select + textarea { margin-block-start: 6px; }
.about .hint, .field-problem { margin: 4px 0 0; }
.field-problem { font-size: 13px; color: var(--problem); }
.mark + .mark { margin-inline-start: 4px; }
.link { font: inherit; font-size: 13px; padding: 4px 0; border: 0; background: none; color: var(--link); text-decoration: underline; cursor: pointer; }
.check { display: inline-flex; gap: 6px; align-items: center; margin: 6px 16px 0 0; font-size: 14px; }
.check input { inline-size: auto; }
.hours { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(200px, 100%), 1fr)); gap: 8px 16px; margin-block-start: 4px; }
.reply { margin: 8px 0; padding: 8px 12px 12px; border: 1px solid var(--line); border-radius: 8px; display: grid; gap: 8px; justify-items: start; }
.reply legend { font-size: 13px; color: var(--muted); }
.reply .field { inline-size: 100%; }
.languages, .languages form { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: end; }
.languages { margin-block-end: 12px; }
.save { position: sticky; inset-block-end: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin-inline: -16px; padding: 10px 16px; background: var(--raised); border-block-start: 1px solid var(--line); }
.save[hidden] { display: none; }
.save span { margin-inline-end: auto; }
.differences { margin: 0; padding-inline-start: 20px; }
.values { margin: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap: 12px 24px; }
.values > div { min-inline-size: 0; }
.values dt, .values dd { display: block; }
.values dt { font-size: 13px; }
.values dd { white-space: pre-wrap; }
.snippet { margin-block: 12px; }
.snippet-head { display: flex; align-items: center; justify-content: space-between; gap: 8px; font-size: 13px; color: var(--muted); margin-block-end: 4px; }
.snippet pre { margin: 0; padding: 10px 12px; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: normal; }
@media (max-width: 480px) { .save { margin-inline: -12px; padding-inline: 12px; } }
`;
