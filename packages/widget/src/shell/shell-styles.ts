/** The styles that are needed before the application is loaded: the public custom properties and the launcher. */

const TOKENS = `
:host {
  --_accent: var(--rivulet-accent, light-dark(#0b6b75, #52b7c2));
  --_on-accent: var(--rivulet-accent-text, color(from var(--_accent) xyz-d65
    calc(0.9505 * clamp(0, (0.179 - y) * 100000, 1)) clamp(0, (0.179 - y) * 100000, 1) calc(1.089 * clamp(0, (0.179 - y) * 100000, 1))));
  --_font: var(--rivulet-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif);
  --_offset: var(--rivulet-offset, 16px);
  --_offset-inline: var(--rivulet-offset-inline, var(--_offset));
  --_z: var(--rivulet-z-index, 2147483000);
  --_launcher: var(--rivulet-launcher-size, 56px);
  --_shadow: var(--rivulet-shadow, 0 1px 2px rgb(8 24 32 / 0.06), 0 12px 40px -8px rgb(8 24 32 / 0.22));
  --_fast: 120ms cubic-bezier(0.2, 0, 0, 1);
  color-scheme: light dark;
}
:host([theme='light']) { color-scheme: light; }
:host([theme='dark']) { color-scheme: dark; }
`;

const HOST = `
:host { display: contents; }
:host([hidden]) { display: none; }
:host([mode='inline']) { display: block; block-size: var(--rivulet-height, 600px); min-inline-size: 0; }
:host([mode='page']) { display: block; block-size: 100vh; block-size: 100dvh; }
:host([mode='inline']) .launcher, :host([mode='page']) .launcher { display: none; }
`;

const LAUNCHER = `
.launcher {
  all: initial;
  color-scheme: inherit;
  font-family: var(--_font);
  box-sizing: border-box;
  position: fixed;
  z-index: var(--_z);
  inset-block-end: calc(var(--_offset) + env(safe-area-inset-bottom));
  inset-inline-end: calc(var(--_offset-inline) + env(safe-area-inset-right));
  inline-size: var(--_launcher);
  block-size: var(--_launcher);
  border-radius: 50%;
  background: var(--_accent);
  color: var(--_on-accent);
  box-shadow: var(--_shadow);
  cursor: pointer;
  display: grid;
  place-items: center;
  -webkit-tap-highlight-color: transparent;
  transition: transform var(--_fast), filter var(--_fast);
}
[hidden] { display: none !important; }
:host([position='start']) .launcher { inset-inline: calc(var(--_offset-inline) + env(safe-area-inset-left)) auto; }
.launcher:hover { transform: translateY(-1px) scale(1.03); }
.launcher:active { transform: scale(0.97); }
.launcher:focus-visible { outline: 3px solid var(--_accent); outline-offset: 3px; }
.launcher-icon {
  inline-size: 28px; block-size: 28px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round;
}
.launcher[data-loading] .launcher-icon { animation: rivulet-breathe 1.2s ease-in-out infinite; }
@keyframes rivulet-breathe { 50% { opacity: 0.45; } }
@media (prefers-reduced-motion: reduce) { .launcher, .launcher-icon { transition: none; animation: none !important; } }
@media (forced-colors: active) { .launcher { border: 2px solid ButtonText; forced-color-adjust: auto; } }
@media print { .launcher { display: none; } }
`;

let shared: CSSStyleSheet | undefined;

/** One sheet for all elements of the page. Constructed, because a policy without `unsafe-inline` blocks style elements. */
export function shellStyleSheet(): CSSStyleSheet {
  if (shared === undefined) {
    shared = new CSSStyleSheet();
    shared.replaceSync(TOKENS + HOST + LAUNCHER);
  }
  return shared;
}
