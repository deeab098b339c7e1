/** Inputs of the renderers of rich parts. */
import type { AppSettings } from '../../shell/app-contract.ts';
import type { RivuletMessage } from '../message/rivulet-message.ts';
import type { RichStrings } from '../i18n/rich/rich-en.ts';

/** What a rich part is rendered from. */
export interface RichContext {
  /** Element of the message that contains the part. */
  from: RivuletMessage;
  /** Settings of the widget. */
  settings: AppSettings;
  /** Texts of rich parts in the locale of the visitor. */
  strings: RichStrings;
}
