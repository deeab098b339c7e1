import type { FilePart } from '@rivulet/protocol';
import { expect, it, vi } from 'vitest';
import { Attachments } from './attachments.ts';

const partOf = ({ name }: File): FilePart => ({
  ...{ type: 'file', fileId: `f_${name}`, name, mediaType: 'text/plain', sizeBytes: 1 },
});
const fileOf = (name: string) => new File(['a'], name, { type: 'text/plain' });
const kindsOf = ({ files }: Attachments) => files.map(({ state }) => state.kind);

it('files go with a reply when all are there; one that was refused stands in its way until it is removed', async () => {
  const attachments = new Attachments({
    upload: (file) =>
      file.name === 'bad' ? Promise.reject(new Error('refused')) : Promise.resolve({ file: partOf(file) }),
    explain: (error) => (error as Error).message,
  });
  const [good, bad] = [fileOf('good'), fileOf('bad')];
  attachments.add([good, bad]);
  expect(attachments.canSend('Hello')).toBe(false);
  await vi.waitFor(() => {
    expect(kindsOf(attachments)).toEqual(['there', 'failed']);
  });
  expect(attachments.canSend('Hello')).toBe(false);
  attachments.remove(bad);
  expect([attachments.canSend(''), attachments.take(), attachments.canSend('')]).toEqual([
    ...[true, [partOf(good)], false],
  ]);
});

it('a file that is removed while it is uploaded is not attached later', async () => {
  const ended = vi.fn();
  const attachments = new Attachments({
    upload: (_file, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended();
          reject(new Error('aborted'));
        });
      }),
    explain: String,
  });
  const file = fileOf('large');
  attachments.add([file]);
  attachments.remove(file);
  await vi.waitFor(() => {
    expect(ended).toHaveBeenCalledOnce();
  });
  expect(attachments.files).toEqual([]);
});
