/** Ends the tool calls of an answer that was cut. */
import { ChatError } from '@rivulet/protocol';
import type { RunWriter } from './tool-loop/round.ts';

/** Calls that the model did not finish, because its answer was cut or failed: without an end they would look as if they ran. */
export function endCutCalls(writer: RunWriter): void {
  const error = new ChatError('upstream-truncated', { message: CUT_CALL }).toBody();
  const calls = writer.read().parts.filter((part) => part.type === 'tool');
  const cut = calls.filter(({ state }) => state === 'input');
  writer.log(cut.map(({ callId }) => ({ type: 'tool-finished', callId, error })));
}

const CUT_CALL = 'The answer ended before this call was complete, so that it was not performed.';
