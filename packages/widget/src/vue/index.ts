/** `@rivulet/widget/vue`: the element and the headless client for Vue. */
export { RivuletChat } from './rivulet-chat.ts';
export { useChat } from './use-chat.ts';
