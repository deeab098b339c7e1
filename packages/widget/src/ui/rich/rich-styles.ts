/** Styles of tool calls, cards, sources and files; forms have their own. */
export const richStyles = `
rivulet-tool, rivulet-form, rivulet-custom, rivulet-sources, rivulet-file, rivulet-wait { display: block; min-inline-size: 0; }
rivulet-custom:empty { display: none; }
.custom-icon { display: contents; }
.custom-icon > * { inline-size: 18px; block-size: 18px; }
.actions .link-button { padding-inline: 6px; font-size: 13px; line-height: 20px; font-weight: 500; color: var(--_muted); white-space: nowrap; }
.actions:has(.link-button) { flex-wrap: wrap; block-size: auto; min-block-size: 32px; }
.actions .link-button:hover { color: var(--_text); }
.reasoning { color: var(--_muted); font-size: 14px; line-height: 22px; }
.reasoning summary { display: flex; align-items: center; gap: 2px; inline-size: fit-content; cursor: pointer; list-style: none; border-radius: 6px; padding-inline-end: 6px; margin-inline-start: -4px; }
.reasoning summary::-webkit-details-marker { display: none; }
.reasoning summary:hover { color: var(--_text); }
.reasoning summary .icon { inline-size: 18px; block-size: 18px; transition: transform var(--_fast); }
.reasoning summary:dir(rtl) .icon { transform: scaleX(-1); }
.reasoning[open] summary .icon { transform: rotate(90deg); }
.reasoning-text { white-space: pre-wrap; border-inline-start: 2px solid var(--_line); padding-inline-start: 12px; margin-block-start: 4px; }
@media (prefers-reduced-motion: reduce) { .reasoning summary .icon { transition: none; } }
.tool { font-size: 14px; line-height: 20px; border: 1px solid var(--_line); border-radius: var(--_inner-radius); background: var(--_raised); max-inline-size: 440px; overflow: hidden; }
.tool summary { display: flex; flex-wrap: wrap; align-items: center; gap: 0 8px; padding: 9px 12px; padding-inline-end: 34px; position: relative; min-block-size: 40px; cursor: pointer; list-style: none; border-radius: var(--_inner-radius); outline-offset: -3px !important; }
.tool summary::-webkit-details-marker { display: none; }
.tool summary:hover { background: var(--_sunken); }
.tool .icon { inline-size: 18px; block-size: 18px; color: var(--_muted); display: block; }
.tool summary > .icon { position: absolute; inset-inline-end: 10px; inset-block-start: 12px; inline-size: 16px; block-size: 16px; transition: transform var(--_fast); }
.tool summary > .icon:dir(rtl) { transform: scaleX(-1); }
.tool details[open] > summary > .icon { transform: rotate(90deg); }
.tool-icon[data-running] { animation: rivulet-breathe 1.6s ease-in-out infinite; }
@keyframes rivulet-breathe { 50% { opacity: 0.35; } }
.tool-name { flex: 1 1 8em; min-inline-size: 0; text-align: -webkit-match-parent; text-align: match-parent; font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tool-name::first-letter { text-transform: uppercase; }
.tool-state { margin-inline-start: auto; color: var(--_muted); font-size: 13px; text-align: end; }
.tool[data-state='failed'] .tool-state, .tool[data-state='refused'] .tool-state { color: var(--_problem); }
.tool[data-state='approval-requested'] { border-color: color-mix(in oklab, var(--_link) 45%, var(--_line)); }
.tool[data-state='approval-requested'] .tool-state { color: var(--_link); font-weight: 500; }
.tool-label { padding-inline: 12px; margin-block: 2px 4px; font-size: 12.5px; line-height: 18px; color: var(--_muted); }
.tool-json {
  margin: 0 12px 10px; padding: 8px 10px; border-radius: 8px; background: var(--_sunken); font: 12.5px/18px var(--_mono); text-align: left; white-space: pre-wrap; overflow-wrap: anywhere;
  max-block-size: 240px; overflow: auto; scrollbar-width: thin; scrollbar-color: var(--_line) transparent; tab-size: 2;
}
.tool-json:focus-visible { outline-offset: -2px !important; }
.tool-decision { display: flex; flex-direction: column; gap: 12px; padding: 2px 12px 12px; }
.tool-buttons { display: flex; flex-wrap: wrap; gap: 8px; }
.tool-buttons .prompt, .card-actions .prompt { font-weight: 500; font-size: 14px; line-height: 20px; padding: 7px 14px; min-block-size: 36px; border-radius: 10px; }
.card { border: 1px solid var(--_line); border-radius: var(--_inner-radius); background: var(--_raised); padding: 14px; max-inline-size: 440px; display: flex; flex-direction: column; gap: 4px; overflow: hidden; }
.card-image { display: block; inline-size: calc(100% + 28px); max-inline-size: none; margin: -14px -14px 10px; max-block-size: 220px; object-fit: cover; }
.card-title { font-weight: 600; line-height: 22px; text-wrap: balance; }
.card-text { font-size: 14px; line-height: 21px; color: var(--_muted); white-space: pre-line; }
.card-actions { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 10px; }
.card-actions a { display: inline-flex; align-items: baseline; gap: 6px; text-decoration: none; }
.card-host { font-weight: 400; font-size: 12.5px; color: var(--_muted); }
.answer-notice { margin: 0; color: var(--_muted); font-size: 14px; line-height: 20px; overflow-wrap: anywhere; }
.form-answer { font-size: 14px; line-height: 20px; }
.form-answer-title { font-weight: 600; margin-block-end: 4px; }
.form-answer dl { margin: 0; display: flex; flex-direction: column; gap: 4px; }
.form-answer dt { color: var(--_muted); font-size: 13px; }
.form-answer dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
.suggestions { list-style: none; margin: 8px 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 8px; }
.suggestions li { min-inline-size: 0; max-inline-size: 100%; }
.suggestions .prompt { font-size: 14px; line-height: 20px; padding: 7px 14px; min-block-size: 36px; border-radius: 18px; overflow-wrap: anywhere; }
.sources { list-style: none; display: flex; flex-wrap: wrap; gap: 6px; margin: 10px 0 0; padding: 0; max-inline-size: 100%; }
.sources li { min-inline-size: 0; max-inline-size: 100%; }
.chip {
  appearance: none; margin: 0; display: inline-flex; align-items: center; gap: 6px; max-inline-size: min(100%, 260px); padding: 3px 10px; min-block-size: 28px; border: 1px solid var(--_line);
  border-radius: 14px; background: var(--_raised); color: var(--_text); font: inherit; font-size: 13px; line-height: 20px; text-decoration: none; text-align: start;
}
:is(a, button).chip { cursor: pointer; }
:is(a, button).chip:hover { background: var(--_soft); border-color: transparent; }
.message[data-role='user'] :is(a, button).chip:hover { background: var(--_background); }
.chip .icon { inline-size: 16px; block-size: 16px; color: var(--_muted); }
.chip-number { font-variant-numeric: tabular-nums; color: var(--_link); font-weight: 600; }
.chip-text { min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chip-detail { flex: none; color: var(--_muted); }
.chip.has-picture { flex-wrap: wrap; padding: 4px 4px 6px; border-radius: 12px; max-inline-size: 216px; }
.chip.has-picture .chip-text { flex: 1; padding-inline-start: 6px; }
.chip.has-picture .chip-detail { padding-inline-end: 6px; }
.picture { display: block; inline-size: 206px; max-inline-size: 100%; max-block-size: 180px; object-fit: cover; border-radius: 9px; }
.source-list { margin-block-start: 6px; font-size: 14px; line-height: 20px; color: var(--_muted); max-inline-size: 68ch; }
.source-list summary { display: flex; align-items: center; gap: 2px; inline-size: fit-content; min-block-size: 28px; cursor: pointer; list-style: none; border-radius: 6px; padding-inline-end: 6px; margin-inline-start: -4px; font-size: 13px; }
.source-list summary::-webkit-details-marker { display: none; }
.source-list summary:hover { color: var(--_text); }
.source-list summary .icon { inline-size: 16px; block-size: 16px; transition: transform var(--_fast); }
.source-list summary:dir(rtl) .icon { transform: scaleX(-1); }
.source-list[open] summary .icon { transform: rotate(90deg); }
.source-list ol { margin: 4px 0 0; padding-inline-start: 22px; display: flex; flex-direction: column; gap: 10px; }
.source-list li { border-radius: 6px; }
.source-list li::marker { color: var(--_link); font-weight: 600; font-variant-numeric: tabular-nums; }
.source-title { color: var(--_text); font-weight: 500; }
.source-title a { color: var(--_link); text-underline-offset: 3px; text-decoration-thickness: 1px; }
.source-host { margin-inline-start: 8px; font-size: 13px; }
.source-excerpt { display: block; overflow-wrap: anywhere; }
.citation {
  appearance: none; border: 0; margin: 0 1px; padding: 0 5px; min-inline-size: 20px; min-block-size: 20px; border-radius: 7px; background: var(--_soft); color: var(--_link); cursor: pointer;
  font: 600 11.5px/18px var(--_font); font-variant-numeric: tabular-nums; vertical-align: 2px; position: relative;
}
.citation::after { content: ''; position: absolute; inset: -3px; }
.citation:hover { text-decoration: underline; }
@media (prefers-reduced-motion: reduce) { .tool-icon[data-running] { animation: none; } .tool summary > .icon, .source-list summary .icon { transition: none; } }
@media (forced-colors: active) { .citation { border: 1px solid CanvasText; } }
`;
