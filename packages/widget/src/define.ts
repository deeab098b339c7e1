/** `import '@rivulet/widget/define'` registers `<rivulet-chat>`; importing it twice, or beside the script tag, is fine. */
import { defineChat } from './shell/define-chat.ts';

defineChat(() => import('./ui/app.ts'));
