/** The style sheets of the application, each parsed once for all elements of the page. */
import { composerStyles } from './composer-styles.ts';
import { markdownStyles } from './markdown-styles.ts';
import { messageStyles } from './message-styles.ts';
import { panelStyles } from './panel-styles.ts';
import { toolStyles } from './tool-styles.ts';
import { transcriptStyles } from './transcript-styles.ts';

const APP_STYLES = [panelStyles, transcriptStyles, messageStyles, toolStyles, markdownStyles, composerStyles];
const parsed = new Map<string, CSSStyleSheet>(); // as many as the application has, by their text

/** Gives the root what it does not have yet: the application's own sheets, or those of a part that was fetched later. */
export function adoptStyles(root: DocumentOrShadowRoot, texts: readonly string[] = APP_STYLES): void {
  for (const text of texts) {
    const sheet = parsed.get(text) ?? new CSSStyleSheet();
    if (!parsed.has(text)) sheet.replaceSync(text);
    parsed.set(text, sheet);
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  }
}

/** Takes all of them away. */
export function dropStyles(root: DocumentOrShadowRoot): void {
  const ours = [...parsed.values()];
  root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => !ours.includes(sheet));
}
