/** `@rivulet/widget/vue`. */
export { RivuletChat } from './rivulet-chat.ts';
export { useChat } from './use-chat.ts';
