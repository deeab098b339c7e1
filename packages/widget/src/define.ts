/** `import '@rivulet/widget/define'` registers `<rivulet-chat>`. Importing it twice, or beside the script tag, is safe. */
import { defineChat } from './shell/define-chat.ts';

/** Exported so that the declarations of this file import the element's types. */
export type { RivuletChat } from './shell/rivulet-chat.ts';

defineChat(() => import('./ui/app.ts'));
