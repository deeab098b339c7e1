/** Registers the application's own elements; a second copy on the page uses those of the first. */
import { RivuletApp } from './rivulet-app.ts';
import { RivuletComposer } from '../composer/rivulet-composer.ts';
import { RivuletMarkdown } from '../message/rivulet-markdown.ts';
import { RivuletMessage } from '../message/rivulet-message.ts';
import { RivuletTranscript } from '../transcript/rivulet-transcript.ts';

const ELEMENTS = {
  'rivulet-markdown': RivuletMarkdown,
  'rivulet-message': RivuletMessage,
  'rivulet-transcript': RivuletTranscript,
  'rivulet-composer': RivuletComposer,
  'rivulet-app': RivuletApp,
} as const;

export function defineElements(): void {
  for (const [name, element] of Object.entries(ELEMENTS))
    if (customElements.get(name) === undefined) customElements.define(name, element);
}

declare global {
  interface HTMLElementTagNameMap {
    'rivulet-markdown': RivuletMarkdown;
    'rivulet-message': RivuletMessage;
    'rivulet-transcript': RivuletTranscript;
    'rivulet-composer': RivuletComposer;
    'rivulet-app': RivuletApp;
  }
}
