/** Loads the renderers of rich parts for a transcript that contains some. */
import type { AppSettings } from '../../shell/app-contract.ts';
import type { RichParts } from '../message/rivulet-message.ts';
import type { Strings } from '../i18n/core/en.ts';

/** The element that receives the loaded renderers. */
export interface RichPartsHost extends HTMLElement {
  /** Settings of the widget. */
  readonly settings: AppSettings;
  /** Texts in the locale of the visitor. */
  readonly strings: Strings;
  /** Set once the renderers are loaded. */
  rich: RichParts | undefined;
}

/** Loads the renderers. A failed load is tried again with the next change of the transcript. */
export async function loadRichParts(place: RichPartsHost): Promise<void> {
  const module = await import('../rich/rich.ts').catch(() => undefined);
  const root = place.getRootNode();
  if (module === undefined || !(root instanceof ShadowRoot)) return;
  module.prepareRich(root);
  place.rich = module.createRich(place.settings, place.strings, () => void loadRichParts(place));
}
