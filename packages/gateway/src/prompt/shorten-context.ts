/** Shortens a context that is too long for an upstream: for the one that called it too long, or for one with a smaller window. Pure. */
import type { ProviderFile, ProviderMessage } from '../providers/provider.ts';
import { isSafeImage, isText } from '../files/file-type.ts';
import { DOCUMENT_TOKENS, FILE_BYTES_PER_TOKEN, IMAGE_TOKENS, MESSAGE_TOKENS } from './context-window.ts';
import { estimateTokens } from './estimate-tokens.ts';

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

/** The estimated tokens of a context, with its files. */
export const estimateContext = (messages: readonly ProviderMessage[]): number =>
  messages.reduce((sum, message) => sum + tokensOf(message), 0);

/**
 * The context without its oldest turns, so that it has at most `maxTokens`, for an upstream with a smaller window than the one that it
 * was made for. The system prompt and the newest turn are always kept, complete. The same array when it fits.
 */
export function fitContext(
  messages: readonly ProviderMessage[],
  maxTokens: number,
): readonly ProviderMessage[] {
  let tokens = estimateContext(messages);
  if (tokens <= maxTokens) return messages;
  const system = messages.filter(({ role }) => role === 'system');
  const turns = turnsOf(messages.filter(({ role }) => role !== 'system'));
  while (turns.length > 1 && tokens > maxTokens) tokens -= estimateContext(turns.shift() ?? []);
  return [...system, ...turns.flat()];
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

function tokensOf(message: ProviderMessage): number {
  let tokens = MESSAGE_TOKENS + estimateTokens(message.text);
  if (message.role === 'assistant')
    for (const { name, input } of message.calls ?? []) tokens += estimateTokens(name) + estimateTokens(input);
  if (message.role === 'user') for (const file of message.files ?? []) tokens += tokensOfFile(file);
  return tokens;
}

function tokensOfFile({ mediaType, bytes }: ProviderFile): number {
  if (bytes === undefined) return MESSAGE_TOKENS;
  if (isText(mediaType)) return Math.ceil(bytes.length / FILE_BYTES_PER_TOKEN);
  return isSafeImage(mediaType) ? IMAGE_TOKENS : DOCUMENT_TOKENS;
}
