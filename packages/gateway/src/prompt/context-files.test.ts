import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readContextFiles } from './context-files.ts';
import type { ContextMessage } from './provider-messages.ts';

const mention = (fileId: string, sizeBytes: number, mediaType = 'image/png') => ({
  fileId,
  name: fileId,
  mediaType,
  sizeBytes,
});
const ask = (...files: ReturnType<typeof mention>[]): ContextMessage => ({ role: 'user', text: '', files });

/** The number of bytes of each file in the context, in the order of the conversation, and the files that were opened. */
async function given(messages: ContextMessage[], maxBytes = 100, gone: string[] = []): Promise<unknown[]> {
  const opened: string[] = [];
  const read = await readContextFiles(messages, {
    maxBytes,
    maxTextTokens: 4,
    open: (id) => {
      opened.push(id);
      const size = messages.flatMap((one) => (one.role === 'user' ? (one.files ?? []) : []));
      const record = {
        ...size.find(({ fileId }) => fileId === id)!,
        id,
        siteId: '',
        ownerId: '',
        createdAtMs: 0,
      };
      const content = Readable.from([Buffer.alloc(record.sizeBytes - 1), Buffer.alloc(1)], {
        objectMode: false,
      });
      return Promise.resolve(gone.includes(id) ? undefined : { record, content });
    },
  });
  const sizes = read.flatMap((one) => (one.role === 'user' ? (one.files ?? []) : []));
  return [
    ...sizes.map(({ bytes, isCut }) => (isCut === true ? `${bytes?.length} cut` : bytes?.length)),
    opened,
  ];
}

describe('the files of a context', () => {
  it('are read newest first, up to the budget; the others are listed without being opened', async () => {
    expect(await given([ask(mention('old', 60)), ask(mention('new', 60))])).toEqual([undefined, 60, ['new']]);
  });

  it('skip a file that exceeds the rest of the budget, and include an older, smaller one', async () => {
    const messages = [ask(mention('small', 30)), ask(mention('large', 80)), ask(mention('new', 60))];
    expect(await given(messages)).toEqual([30, undefined, 60, ['new', 'small']]);
  });

  it('are cut and marked as cut when they are text', async () => {
    expect(await given([ask(mention('log', 5_000, 'text/plain'))])).toEqual(['7 cut', ['log']]);
  });

  it('are listed without content when they do not exist any more', async () => {
    expect(await given([ask(mention('gone', 5))], 100, ['gone'])).toEqual([undefined, ['gone']]);
  });
});
