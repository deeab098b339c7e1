import { ChatError } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../stores/store-error.ts';
import { describeListenFailure, describeStartError } from './start-error.ts';

const systemError = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: not for operators`), { code, ...(path === undefined ? {} : { path }) });

describe('the sentence of a failed start', () => {
  it('is that of the first cause that says what to do, never a bare code (G23)', () => {
    const cause = new StoreError(
      'unavailable',
      'Postgres at db.example:5432 has no database "a"; create it.',
    );
    expect(describeStartError(ChatError.from(cause))).toBe(cause.message);
    const foreign = new ChatError('internal', { cause: new Error('the driver says this') });
    expect(describeStartError(foreign)).toBe('the driver says this');
  });

  it.each([
    ['EACCES', 'this user may not write there'],
    ['EROFS', 'the file system is read-only'],
    ['ENOSPC', 'the disk is full'],
    ['ENOTDIR', 'a part of the path is a file'],
  ])('names the path of a file for %s (G25)', (code, expected) => {
    const sentence = describeStartError(systemError(code, '/data/rivulet.sqlite'));
    expect(sentence).toContain('/data/rivulet.sqlite cannot be used: ');
    expect(sentence).toContain(expected);
  });

  it.each([
    ['EADDRINUSE', 'port 80 of shop.example is taken; set PORT'],
    ['EACCES', 'port 80 of shop.example is not permitted to this user; set PORT to 1024 or above'],
    ['EADDRNOTAVAIL', 'the address shop.example is not one of this machine; set HOST'],
    ['ENOTFOUND', 'the host name shop.example cannot be found; set HOST'],
  ])('names the setting when the server cannot listen for %s', (code, expected) => {
    const sentence = describeListenFailure(systemError(code), { host: 'shop.example', port: 80 });
    expect(sentence).toContain(expected);
  });
});
