/** Tells the developer of the page what keeps the chat from working. */
import type { Chat } from '../../client/chat.ts';
import type { Problem } from './developer-hint.ts';

/** Writes one line to the console for each problem. @returns functions that end it */
export function tellDeveloper(chat: Chat): (() => void)[] {
  const tell = (problem: Problem): void => {
    import('./developer-hint.ts').then(
      ({ hint }) => {
        hint(problem, chat.access);
      },
      () => undefined, // the event `rivulet-error` has told the page all the same
    );
  };
  return [
    chat.on('error', ({ error }) => {
      tell(error);
    }),
    chat.on('run-end', ({ error }) => {
      if (error?.code === 'upstream-unconfigured') tell(error);
    }),
    chat.on('status', ({ status }) => {
      if (status === 'unreachable') tell({ code: status, message: '' });
    }),
  ];
}
