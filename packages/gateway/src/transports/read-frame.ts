/** Decodes a frame for the session, in the same way for every transport. */
import { ChatError, commandIdIn, decodeCommands } from '@rivulet/protocol';
import type { Incoming } from './transport.ts';

/** Decodes the commands of a frame; never throws. @param text undefined when the frame was binary */
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
