/** Shortens a context that the upstream has called too long. Pure. */
import type { ProviderMessage } from '../providers/provider.ts';

/**
 * Returns the context without its oldest turns, so that at most half of it is left: the estimate that chose the first one was wrong,
 * and nobody knows by how much. A turn is a question with everything up to the next one. The system prompt and the newest turn are
 * always kept, complete.
 * @returns undefined when there is nothing to leave out
 */
export function shortenContext(messages: readonly ProviderMessage[]): ProviderMessage[] | undefined {
  const system = messages.filter(({ role }) => role === 'system');
  const turns = turnsOf(messages.filter(({ role }) => role !== 'system'));
  if (turns.length < 2) return undefined;
  const sizes = turns.map((turn) => turn.reduce((sum, message) => sum + sizeOf(message), 0));
  let left = sizes.reduce((sum, size) => sum + size, 0) / 2;
  const kept: ProviderMessage[][] = [];
  for (const [index, turn] of [...turns.entries()].toReversed()) {
    left -= sizes[index] ?? 0;
    // The oldest turn goes in any case, because the same request again would be in vain.
    if (kept.length > 0 && (left < 0 || index === 0)) break;
    kept.unshift(turn);
  }
  return [...system, ...kept.flat()];
}

/** Groups the messages by question; what comes before the first one is a turn of its own. */
function turnsOf(messages: readonly ProviderMessage[]): ProviderMessage[][] {
  const turns: ProviderMessage[][] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (last === undefined || message.role === 'user') turns.push([message]);
    else last.push(message);
  }
  return turns;
}

/** Only the proportions matter. */
const IMAGE_SIZE = 4_000;

function sizeOf(message: ProviderMessage): number {
  const { role, text } = message;
  if (role === 'assistant')
    return (message.calls ?? []).reduce(
      (sum, { name, input }) => sum + name.length + input.length,
      text.length,
    );
  if (role !== 'user') return text.length;
  return (message.files ?? []).reduce(
    (sum, { mediaType, bytes }) => sum + (mediaType.startsWith('image/') ? IMAGE_SIZE : (bytes?.length ?? 0)),
    text.length,
  );
}
