import { describe, expect, it } from 'vitest';
import type { ProviderMessage } from '../../providers/provider.ts';
import { upstreamError } from '../../providers/upstream-error.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { createRefusedFiles, refusalOf, unreadNames, withoutRefused } from './refused-files.ts';

const bytes = new Uint8Array(1);
const file = (name: string, mediaType: string) => ({ name, mediaType, sizeBytes: 1, bytes });
const IMAGE = file('a.png', 'image/png');
const PDF = file('b.pdf', 'application/pdf');
const TEXT = file('c.txt', 'text/plain');
const asked = (...files: (typeof IMAGE)[]): ProviderMessage[] => [{ role: 'user', text: 'Look', files }];
const refused = (words: string, status = 400) => upstreamError({ host: 'h', model: 'm', status, words });
const SCOPE = { conversationId: 'c1', siteId: 's', model: undefined };

describe('what an upstream says about files', () => {
  it.each([
    'this model does not support image input',
    'messages[1]: unknown variant `image_url`, expected `text` at line 1',
    'No endpoints found that support image input',
    'image input is not supported - hint: provide the mmproj',
  ])('reaches all images of the model: %s (G20)', (words) => {
    const refusal = { kinds: ['image'], reach: 'model', isCertain: true };
    expect(refusalOf(refused(words), asked(IMAGE, PDF))).toEqual(refusal);
  });

  it.each(['Invalid image', 'Could not process image', 'At most 1 image(s) may be provided'])(
    'reaches only this conversation, because it is about these images: %s (G20)',
    (words) => {
      expect(refusalOf(refused(words), asked(IMAGE))).toMatchObject({ reach: 'conversation' });
    },
  );

  it('may be the reason of a refusal without one: all files, in this conversation (G20)', () => {
    const refusal = { kinds: ['image', 'document'], reach: 'conversation', isCertain: false };
    expect(refusalOf(refused('Bad request', 422), asked(IMAGE, PDF))).toEqual(refusal);
  });

  it.each([
    ['the request has no such file', refused('does not support image input'), asked(TEXT)],
    [
      'the files are described already',
      refused('Bad request'),
      withoutRefused(asked(PDF), new Set(['document'])),
    ],
    ['the failure is of another kind', refused('overloaded', 503), asked(IMAGE)],
    ['the reason is known', refused('maximum context length is 10 tokens'), asked(IMAGE)],
    ['the error is not of an upstream', new Error('broken'), asked(IMAGE)],
  ])('is nothing when %s', (_case, error, messages) => {
    expect(refusalOf(error, messages)).toBeUndefined();
  });

  it('leaves the names for the model and for the visitor, and keeps other files', () => {
    const [message] = withoutRefused(asked(IMAGE, TEXT), new Set(['image']));
    expect(message).toEqual({
      role: 'user',
      text: 'Look',
      files: [{ name: 'a.png', mediaType: 'image/png', sizeBytes: 1, isRefused: true }, TEXT],
    });
    expect(unreadNames(withoutRefused(asked(IMAGE, TEXT), new Set(['image'])))).toEqual(['a.png']);
  });
});

describe('the memory of refused files', () => {
  const kinds = ['image'] as const;

  it('holds for the site and its model, or for one conversation only (G20)', () => {
    const memory = createRefusedFiles({ clock: createFakeClock() });
    memory.remember(SCOPE, { kinds, reach: 'conversation', isCertain: true });
    expect([...memory.kindsOf(SCOPE)]).toEqual(kinds);
    expect(memory.kindsOf({ ...SCOPE, conversationId: 'c2' }).size).toBe(0);
    memory.remember(SCOPE, { kinds, reach: 'model', isCertain: true });
    expect(memory.kindsOf({ ...SCOPE, conversationId: 'c2' }).size).toBe(1);
    expect(memory.kindsOf({ ...SCOPE, conversationId: 'c2', model: 'other' }).size).toBe(0);
  });

  it('ends after an hour, and keeps at most 10,000 refusals', () => {
    const clock = createFakeClock();
    const memory = createRefusedFiles({ clock });
    for (let n = 0; n <= 10_000; n += 1)
      memory.remember(
        { ...SCOPE, conversationId: String(n) },
        { kinds, reach: 'conversation', isCertain: true },
      );
    expect(memory.kindsOf({ ...SCOPE, conversationId: '0' }).size).toBe(0);
    expect(memory.kindsOf({ ...SCOPE, conversationId: '1' }).size).toBe(1);
    clock.advance(60 * 60_000);
    expect(memory.kindsOf({ ...SCOPE, conversationId: '1' }).size).toBe(0);
  });
});
