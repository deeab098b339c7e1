/** Tells the page and its developer what happens in the chat. */
import type { Chat } from '../../client/chat.ts';
import type { AppHost } from '../../shell/app-contract.ts';
import type { Problem } from './developer-hint.ts';

/**
 * Dispatches an event on the element for each event of the chat, and writes one line to the console for each problem that keeps the chat
 * from working. @returns functions that end it
 */
export function forwardEvents(chat: Chat, host: Pick<AppHost, 'emit'>): (() => void)[] {
  const hint = (problem: Problem): void => {
    import('./developer-hint.ts').then(
      (module) => {
        module.hint(problem, chat.access);
      },
      () => undefined, // the event has told the page all the same
    );
  };
  return [
    chat.on('status', (detail) => {
      host.emit('rivulet-status', detail);
      if (detail.status === 'unreachable') hint({ code: detail.status, message: '' });
    }),
    chat.on('message', (detail) => {
      host.emit('rivulet-message', detail);
    }),
    chat.on('run-start', (detail) => {
      host.emit('rivulet-run-start', detail);
    }),
    chat.on('run-end', (detail) => {
      host.emit('rivulet-run-end', detail);
      if (detail.error?.code === 'upstream-unconfigured') hint(detail.error);
    }),
    chat.on('owner-change', (detail) => {
      host.emit('rivulet-owner-change', detail);
    }),
    chat.on('error', (detail) => {
      host.emit('rivulet-error', detail);
      hint(detail.error);
    }),
  ];
}
