import type { ChatError } from '@rivulet/protocol';
import { expect, test } from 'vitest';
import { fileLink, readFile } from './files.ts';

/** The access of a visitor whose gateway answers every request with `answer`. */
function visitor(answer: unknown) {
  const requestedUrls: string[] = [];
  const fetch = (url: RequestInfo | URL) => {
    requestedUrls.push(String(url));
    return Promise.resolve(Response.json(answer));
  };
  return {
    requestedUrls,
    access: { gateway: 'https://chat.test/chat', site: 'demo', token: 'secret', fetch },
  };
}

test('the link of a file is relative to the gateway, and no URL contains the token', async () => {
  const { access, requestedUrls } = visitor({ url: 'v1/files/f_1?signature=x' });
  expect(await fileLink(access, 'f_1')).toBe('https://chat.test/chat/v1/files/f_1?signature=x');
  expect(requestedUrls).toEqual(['https://chat.test/chat/v1/files/f_1/link?site=demo']);
});

test('a file id cannot reach another path of the gateway', async () => {
  const { access, requestedUrls } = visitor({});
  await readFile(access, '../export?a=');
  expect(new URL(requestedUrls[0] ?? '').pathname).toBe('/chat/v1/files/..%2Fexport%3Fa%3D');
});

test.each(['javascript:alert(1)', 'data:text/html,x', 'blob:https://chat.test/x', ' JaVa\nScript:x'])(
  'a link that is no web address is refused: %s',
  async (url) => {
    const { access } = visitor({ url });
    await expect(fileLink(access, 'f_1')).rejects.toMatchObject({
      code: 'internal',
    } satisfies Partial<ChatError>);
  },
);
