/** What every rich part is drawn with. */
import type { AppSettings } from '../../shell/app-contract.ts';
import type { RivuletMessage } from '../rivulet-message.ts';
import type { MoreStrings } from '../strings/more-en.ts';

/** What a part is drawn with. */
export interface RichContext {
  from: RivuletMessage;
  settings: AppSettings;
  strings: MoreStrings;
}
