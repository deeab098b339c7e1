/** The desk of the fake gateway, at which nobody is. */
import type { ChatEvent, Command, ConversationId } from '@rivulet/protocol';
import type { FakeLog } from './fake-log.ts';

/** A conversation whose visitor asks for a person waits, and has an address once one was left. Other commands stay unanswered. */
export function answerDesk(
  command: Command,
  peer: { send(event: ChatEvent): void },
  gateway: { log(id: ConversationId): FakeLog },
): void {
  if (command.type !== 'request-person' && command.type !== 'leave-address') return;
  const log = gateway.log(command.conversationId);
  const { owner = { kind: 'ai', number: 0, sinceMs: 0 } } = log.state;
  const number = owner.number + 1;
  if (command.type === 'leave-address')
    log.append({ type: 'owner-changed', owner: { ...owner, number, hasAddress: true } });
  else if (owner.kind === 'ai') {
    log.finish('aborted');
    log.append({ type: 'owner-changed', owner: { kind: 'queue', number, sinceMs: 1, isAway: true } });
  }
  peer.send({ type: 'accepted', commandId: command.id });
}
