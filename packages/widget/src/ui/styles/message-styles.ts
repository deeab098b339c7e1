/** Styles of messages, their parts and the lines below them. */
export const messageStyles = `
.message { position: relative; padding-block-end: 12px; }
.message[data-role='user'] { display: flex; flex-direction: column; align-items: flex-end; padding-block-end: 16px; }
.message[data-pending] { padding-block-end: 16px; }
.message[data-role='user'] .body {
  max-inline-size: 85%; background: var(--_soft); border-radius: var(--_radius); padding: 8px 14px;
}
.message[data-pending] .body { color: color-mix(in oklab, var(--_text) 78%, var(--_soft)); }
.words { white-space: pre-wrap; overflow-wrap: anywhere; }
.body > * + * { margin-block-start: 12px; }
.pending { display: flex; align-items: center; gap: 4px; margin-block-start: 4px; font-size: 13px; line-height: 20px; color: var(--_muted); }
.pending .icon { inline-size: 16px; block-size: 16px; }
/* Shown only if sending takes noticeable time. */
.pending.is-sending { animation: rivulet-appear 1ms 800ms backwards; }
@keyframes rivulet-appear { from { opacity: 0; } }
.dots { display: flex; align-items: center; gap: 5px; block-size: 24px; inline-size: fit-content; }
.dots i { inline-size: 7px; block-size: 7px; border-radius: 50%; background: var(--_muted); animation: rivulet-pulse 1.2s ease-in-out infinite both; }
.dots i:nth-child(2) { animation-delay: 0.16s; }
.dots i:nth-child(3) { animation-delay: 0.32s; }
@keyframes rivulet-pulse { 0%, 70%, 100% { opacity: 0.25; transform: scale(0.85); } 35% { opacity: 0.9; transform: none; } }
.end { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; margin-block-start: 8px; font-size: 13.5px; line-height: 20px; color: var(--_muted); }
.ref { font-size: 12px; color: var(--_muted); overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: 2px; margin-block-start: 4px; margin-inline-start: -8px; min-block-size: 32px; }
.message[data-role='user'] .actions { margin-block-start: 2px; margin-inline: 0 -4px; min-block-size: 28px; }
/* In front of the edge of the bubble, so that no empty line stands below each question. */
@media (hover: hover) {
  .message[data-role='user'] .actions:not(:has(.versions)) { position: absolute; inset-block-end: -2px; inset-inline-end: 12px; z-index: 1; }
  .message[data-role='user'] .actions:not(:has(.versions)) > * { background: var(--_raised); box-shadow: 0 0 0 1px var(--_line); }
}
@keyframes rivulet-hold { from { opacity: 1; } to { opacity: 1; } }
@media (prefers-reduced-motion: reduce) { .dots i { animation: none; opacity: 0.6; } }
@media (forced-colors: active) { .dots i { background: CanvasText; } .message[data-role='user'] .body { border: 1px solid CanvasText; } }
`;
