/** Styles of the queued messages above the text field. */
export const queueStyles = `
.queue { list-style: none; margin: 0 0 8px; padding: 0; max-block-size: 152px; overflow-y: auto; border: 1px solid var(--_line); border-radius: var(--_inner-radius); background: var(--_raised); font-size: 14px; line-height: 20px; }
.queue li { display: flex; align-items: center; gap: 2px; padding: 4px 4px 4px 12px; padding-inline: 12px 4px; }
.queue li + li { border-block-start: 1px solid var(--_line); }
.queue li > .icon { inline-size: 16px; block-size: 16px; color: var(--_muted); }
.queue-text { flex: 1; min-inline-size: 0; margin-inline: 6px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; text-align: -webkit-match-parent; text-align: match-parent; }
.queue .icon-button { inline-size: 32px; block-size: 32px; }
.queue .icon-button .icon { inline-size: 18px; block-size: 18px; }
.queue-hint { margin: 0 0 4px; padding-inline: 12px; font-size: 13px; line-height: 18px; color: var(--_muted); }
[data-does='queue'] { margin-inline-end: 0; }
[data-does='queue'] + .send { background: var(--_soft); color: var(--_text); }
`;
