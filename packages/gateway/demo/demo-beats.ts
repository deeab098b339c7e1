/** What the demo provider does, one after the other: words, thoughts, calls of tools, and parts that are there at once. */
import type { ProviderEvent } from '../src/providers/provider.ts';

export type Beat =
  | { kind: 'words' | 'thoughts'; text: string }
  | { kind: 'call'; name: string; input: unknown }
  | { kind: 'part'; event: Extract<ProviderEvent, { type: 'source' | 'data' }> };

export const words = (text: string): Beat => ({ kind: 'words', text });
export const thoughts = (text: string): Beat => ({ kind: 'thoughts', text });
export const call = (name: string, input: unknown): Beat => ({ kind: 'call', name, input });
export const data = (name: string, value: unknown): Beat => ({
  kind: 'part',
  event: { type: 'data', name, value },
});
export const source = (sourceId: string, title: string, more: { url?: string; excerpt?: string }): Beat => ({
  kind: 'part',
  event: { type: 'source', sourceId, title, ...more },
});
