/** Loads what solves the challenge of a `proof-required`. */
import type { EventOf } from '@rivulet/protocol';
import type { ProvingChat } from './proving-chat.ts';

/**
 * Answers the challenge of a rejected hello. Without the code for it the connection tries again by itself.
 * @returns whether there is a challenge
 */
export function answerChallenge(
  session: ProvingChat,
  { error: { challenge } }: EventOf<'rejected'>,
): boolean {
  if (challenge === undefined) return false;
  import('./prove.ts').then(
    ({ prove }) => prove(session, challenge),
    () => undefined,
  );
  return true;
}
