import { describe, expect, it } from 'vitest';
import { createMetadataReader } from './openai-metadata.ts';
import { MAX_METADATA_CHARS } from './provider-metadata.ts';

const metadataOf = (deltas: readonly Record<string, unknown>[], hasTools = true) => {
  const reader = createMetadataReader({ hasTools });
  for (const delta of deltas) reader.read(delta);
  return reader.end('here', []);
};

describe('what an upstream attaches to a message', () => {
  it.each([
    { thought_signature: 's' },
    { reasoning_signature: 's' },
    { reasoning_opaque: 's' },
    { encrypted_content: 's' },
    { extra_content: { google: { thought_signature: 's' } } },
    { provider_specific_fields: { thought_signatures: ['s'] } },
    { thinking_blocks: [{ type: 'thinking', thinking: 'Hm', signature: 's' }] },
    { reasoning_details: [{ type: 'reasoning.encrypted', data: 's' }] },
  ])('is kept: %j (G05)', (fields) => {
    expect(metadataOf([{ content: 'a' }, fields, { content: '' }])).toEqual({ origin: 'here', fields });
  });

  it.each([
    { role: 'assistant', content: 'a', reasoning: 'Hm' },
    { annotations: [], audio: { id: 'a' }, channel: 'final', executed_tools: [{}] },
    { thought_signature: null, reasoning_signature: '' },
    { extra_content: { google: { thought: true } } },
  ])('is nothing, because a strict upstream refuses fields that it does not know: %j', (fields) => {
    expect(metadataOf([fields])).toBeUndefined();
  });

  it('is dropped when it is too large, not cut: the upstream refuses half a signature (G05)', () => {
    const half = { type: 'reasoning.text', text: 'x'.repeat(MAX_METADATA_CHARS / 2) };
    const deltas = [1, 2, 3].map(() => ({ reasoning_details: [half] }));
    expect(metadataOf([...deltas, { thought_signature: 's' }])).toBeUndefined();
  });

  it('says that it wants its reasoning back when it thinks before it may call tools (G06)', () => {
    const deltas = [{ reasoning_content: 'Hm' }, { content: 'Hi' }];
    expect(metadataOf(deltas)).toEqual({ origin: 'here', reasoning: 'wanted' });
    expect(metadataOf(deltas, false)).toBeUndefined();
  });
});
