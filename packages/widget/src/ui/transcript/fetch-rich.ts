/** Brings what shows more than words to a transcript that has some. */
import type { AppSettings } from '../../shell/app-contract.ts';
import type { RichParts } from '../message/rivulet-message.ts';
import type { Strings } from '../i18n/core/en.ts';

export interface RichPlace extends HTMLElement {
  readonly settings: AppSettings;
  readonly strings: Strings;
  rich: RichParts | undefined;
}

/** What cannot be fetched now is asked for again with the next change. */
export async function fetchRich(place: RichPlace): Promise<void> {
  const module = await import('../rich/rich.ts').catch(() => undefined);
  const root = place.getRootNode();
  if (module === undefined || !(root instanceof ShadowRoot)) return;
  module.prepareRich(root);
  place.rich = module.createRich(place.settings, place.strings, () => void fetchRich(place));
}
