/** All style sheets of the application, parsed once for all elements of the page. */
import { composerStyles } from './composer-styles.ts';
import { markdownStyles } from './markdown-styles.ts';
import { messageStyles } from './message-styles.ts';
import { panelStyles } from './panel-styles.ts';
import { transcriptStyles } from './transcript-styles.ts';

let sheets: readonly CSSStyleSheet[] | undefined;

export function appStyleSheets(): readonly CSSStyleSheet[] {
  sheets ??= [panelStyles, transcriptStyles, messageStyles, markdownStyles, composerStyles].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  return sheets;
}
