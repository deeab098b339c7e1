/** `import '@rivulet/widget/define'` registers `<rivulet-chat>`; importing it twice, or beside the script tag, is fine. */
import { defineChat } from './shell/define-chat.ts';

/** Without it the declarations of this file would name no other, and the element's types would not reach who imports it. */
export type { RivuletChat } from './shell/rivulet-chat.ts';

defineChat(() => import('./ui/app.ts'));
