import { describe, expect, it } from 'vitest';
import { toChatMessage, toChatTool } from './openai-messages.ts';
import type { ProviderFile } from './provider.ts';

const partOf = (file: Partial<ProviderFile>) => {
  const whole = { name: 'a "file"', mediaType: 'text/plain', sizeBytes: 2, ...file };
  const { content } = toChatMessage({ role: 'user', text: '', files: [whole] });
  return Array.isArray(content) ? (content[0] as unknown) : content; // a text when all files are text
};
const bytes = Buffer.from('Hé');

describe('a message in the format of chat completions', () => {
  it('is only its text when it has neither files nor calls', () => {
    expect(toChatMessage({ role: 'user', text: 'Hi' })).toEqual({ role: 'user', content: 'Hi' });
    expect(toChatMessage({ role: 'system', text: 'Be kind' })).toEqual({
      role: 'system',
      content: 'Be kind',
    });
  });

  it('is a text and an embedded image, because the upstream cannot reach the gateway', () => {
    const files = [{ name: 'a.png', mediaType: 'image/png', sizeBytes: 3, bytes }];
    expect(toChatMessage({ role: 'user', text: 'Look', files })).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes.toString('base64')}` } },
      ],
    });
  });

  it('carries a PDF, and files of unknown types, as files', () => {
    expect(partOf({ name: 'a.pdf', mediaType: 'application/pdf', bytes })).toEqual({
      type: 'file',
      file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${bytes.toString('base64')}` },
    });
  });

  it.each(['text/plain', 'text/csv', 'application/json', 'image/svg+xml'])(
    'carries %s as text',
    (mediaType) => {
      expect(partOf({ mediaType, bytes })).toBe(`The file "a \\"file\\"" (${mediaType}):\n\nHé`);
    },
  );

  it('states that a text is cut, that a file is not repeated, and that an image cannot be shown', () => {
    expect(partOf({ bytes, isCut: true })).toMatch(/rest of the file is left out/);
    expect(partOf({})).toMatch(/not repeated here/);
    expect(partOf({ mediaType: 'image/tiff', bytes })).toMatch(/cannot be shown/);
  });

  it('is one text, not a list, when all of it is text: text-only upstreams refuse lists (G20)', () => {
    const files = [{ name: 'a.txt', mediaType: 'text/plain', sizeBytes: 2, bytes }];
    expect(toChatMessage({ role: 'user', text: 'Read', files })).toEqual({
      role: 'user',
      content: 'Read\n\nThe file "a.txt" (text/plain):\n\nHé',
    });
  });

  it('names a file that the upstream takes not, in words (G20)', () => {
    const image = partOf({ name: 'a.png', mediaType: 'image/png', isRefused: true });
    expect(image).toMatch(/attached "a\.png" \(image\/png.*cannot see or read it/);
  });

  it('carries calls and their outputs', () => {
    const calls = [{ callId: 'c1', name: 'weather', input: '{}' }];
    expect(toChatMessage({ role: 'assistant', text: '', calls })).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
    });
    expect(toChatMessage({ role: 'tool', callId: 'c1', text: '1' })).toEqual({
      role: 'tool',
      tool_call_id: 'c1',
      content: '1',
    });
  });

  it('offers a tool as a function', () => {
    const tool = { name: 'weather', description: 'Weather', parameters: { type: 'object' } };
    expect(toChatTool(tool)).toEqual({ type: 'function', function: tool });
  });
});
