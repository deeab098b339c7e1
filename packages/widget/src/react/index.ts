/** `@rivulet/widget/react`. */
export { RivuletChat, type RivuletChatHandlers, type RivuletChatProps } from './rivulet-chat.ts';
export { useChat } from './use-chat.ts';
