/** Styles of the badge on the launcher. */
export const badgeStyles = `
.badge {
  position: absolute; inset-block-start: -2px; inset-inline-end: -2px; min-inline-size: 20px; block-size: 20px; padding-inline: 5px;
  box-sizing: border-box; border-radius: 10px; background: #c2352b; color: #fff; font: 600 12px/20px var(--_font); text-align: center;
  box-shadow: 0 0 0 2px Canvas;
}
@media (forced-colors: active) { .badge { border: 1px solid; } }
`;
