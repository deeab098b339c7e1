/** What every rich part is drawn with. */
import type { AppSettings } from '../../shell/app-contract.ts';
import type { RivuletMessage } from '../message/rivulet-message.ts';
import type { MoreStrings } from '../i18n/rich/rich-en.ts';

/** What a part is drawn with. */
export interface RichContext {
  from: RivuletMessage;
  settings: AppSettings;
  strings: MoreStrings;
}
