/** `@rivulet/widget/react`: the element and the headless client for React. */
export { RivuletChat, type RivuletChatHandlers, type RivuletChatProps } from './rivulet-chat.ts';
export { useChat } from './use-chat.ts';
