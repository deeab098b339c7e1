/**
 * Registers the custom elements of the application. If the page holds a second copy of the widget, both use the
 * elements of the first.
 */
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

/** Defines every element that is not defined yet. May be called twice. */
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
