/** Text that came in, as what the session can decide on. The same for every transport. */
import { ChatError, commandIdIn, decodeCommands } from '@rivulet/protocol';
import type { Incoming } from './transport.ts';

/** @param text undefined: the frame was binary. */
export function readFrame(text: string | undefined): Incoming[] {
  if (text === undefined) {
    return [
      { kind: 'unreadable', error: new ChatError('bad-frame', { message: 'Frames are text, not binary.' }) },
    ];
  }
  try {
    const { items, ignored } = decodeCommands(text);
    const commands = items.map((command): Incoming => ({ kind: 'command', command }));
    const commandId = items.length === 0 && ignored === 1 ? commandIdIn(text) : undefined;
    const unknown = Array.from({ length: ignored }, (): Incoming =>
      commandId === undefined ? { kind: 'unknown' } : { kind: 'unknown', commandId },
    );
    return [...commands, ...unknown];
  } catch (error) {
    const commandId = commandIdIn(text);
    const wrapped = ChatError.from(error, 'bad-frame');
    return [{ kind: 'unreadable', error: wrapped, ...(commandId === undefined ? {} : { commandId }) }];
  }
}
