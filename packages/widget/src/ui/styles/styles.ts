/** Style sheets of the application, each parsed once per page. */
import { composerStyles } from './composer-styles.ts';
import { markdownStyles } from './markdown-styles.ts';
import { messageStyles } from './message-styles.ts';
import { panelStyles } from './panel-styles.ts';
import { messageActionStyles } from './message-action-styles.ts';
import { transcriptStyles } from './transcript-styles.ts';

const APP_STYLES = [
  panelStyles,
  transcriptStyles,
  messageStyles,
  messageActionStyles,
  markdownStyles,
  composerStyles,
];
const parsed = new Map<string, CSSStyleSheet>(); // bounded by the number of style texts of the application

/** Adopts the sheets that a root does not have yet: those of the application, or those of a lazily loaded part. */
export function adoptStyles(root: DocumentOrShadowRoot, texts: readonly string[] = APP_STYLES): void {
  for (const text of texts) {
    const sheet = parsed.get(text) ?? new CSSStyleSheet();
    if (!parsed.has(text)) sheet.replaceSync(text);
    parsed.set(text, sheet);
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  }
}

/** Removes all sheets of the application. */
export function dropStyles(root: DocumentOrShadowRoot): void {
  const ours = [...parsed.values()];
  root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => !ours.includes(sheet));
}
