import type { ChatError } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { fileLink, readFile } from './files.ts';

/** A visitor whose gateway answers every request with this. */
function visitor(answer: unknown) {
  const asked: string[] = [];
  const fetch = (url: RequestInfo | URL) => {
    asked.push(String(url));
    return Promise.resolve(Response.json(answer));
  };
  return { asked, access: { gateway: 'https://chat.test/chat', site: 'demo', token: 'secret', fetch } };
}

test('a file’s link counts from the gateway, and the token is in no address', async () => {
  const { access, asked } = visitor({ url: 'v1/files/f_1?signature=x' });
  expect(await fileLink(access, 'f_1')).toBe('https://chat.test/chat/v1/files/f_1?signature=x');
  expect(asked).toEqual(['https://chat.test/chat/v1/files/f_1/link?site=demo']);
});

test('an id never leads to another place of the gateway', async () => {
  const { access, asked } = visitor({});
  await readFile(access, '../export?a=');
  expect(new URL(asked[0] ?? '').pathname).toBe('/chat/v1/files/..%2Fexport%3Fa%3D');
});

test.each(['javascript:alert(1)', 'data:text/html,x', 'blob:https://chat.test/x', ' JaVa\nScript:x'])(
  'what opens no page is no link: %s',
  async (url) => {
    const { access } = visitor({ url });
    await expect(fileLink(access, 'f_1')).rejects.toMatchObject({
      code: 'internal',
    } satisfies Partial<ChatError>);
  },
);
