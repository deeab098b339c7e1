/** Says in one line what a site sets about its documents. */
import { DEFAULT_PIECES, type KnowledgeSettings } from './settings.ts';

/** @returns undefined when the site has none */
export function describeKnowledge(knowledge: KnowledgeSettings | undefined): string | undefined {
  if (knowledge === undefined) return undefined;
  const { sources = [], strict = false, maxPieces = DEFAULT_PIECES, refreshAt = 'off' } = knowledge;
  const from = sources.length === 0 ? 'as ingested' : sources.map((source) => source.from).join(' ');
  const again = refreshAt === 'off' ? '' : `, read again at ${refreshAt} UTC`;
  return `${from}${again}; at most ${maxPieces} pieces for a search${strict ? '; answers only from them' : ''}`;
}
