/** Tells the page what happens in the chat. */
import type { Chat } from '../../client/chat.ts';
import type { AppHost } from '../../shell/app-contract.ts';

/** Dispatches an event on the element for each event of the chat. @returns functions that end it */
export const forwardEvents = (chat: Chat, host: Pick<AppHost, 'emit'>): (() => void)[] => [
  chat.on('status', (detail) => {
    host.emit('rivulet-status', detail);
  }),
  chat.on('message', (detail) => {
    host.emit('rivulet-message', detail);
  }),
  chat.on('run-start', (detail) => {
    host.emit('rivulet-run-start', detail);
  }),
  chat.on('run-end', (detail) => {
    host.emit('rivulet-run-end', detail);
  }),
  chat.on('error', ({ error }) => {
    host.emit('rivulet-error', { error });
  }),
];
