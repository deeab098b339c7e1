/** A person's files on the gateway, beside the line. Import it when somebody attaches or opens one. @see PROTOCOL.md §14 */
import { ChatError, ERROR_CODES } from '@rivulet/protocol';
import type { ChatAccess } from '../chat.ts';

/** An address that opens the file for a while, without a token. @throws {ChatError} */
export async function fileLink(access: ChatAccess, fileId: string): Promise<string> {
  const response = await ask(access, [fileId, 'link'], 'POST');
  const { url } = (await response.json()) as { url: string }; // the gateway's own answer: it was `ok`
  const link = new URL(url, `${root(access)}/`);
  // It is opened as a page: nothing else may come of it than one.
  if (!/^https?:$/.test(link.protocol)) throw new ChatError('internal');
  return link.href;
}

/** The bytes. @throws {ChatError} */
export async function readFile(access: ChatAccess, fileId: string): Promise<Blob> {
  return (await ask(access, [fileId], 'GET')).blob();
}

/** Takes back what was not sent yet. @throws {ChatError} */
export async function removeFile(access: ChatAccess, fileId: string): Promise<void> {
  await ask(access, [fileId], 'DELETE');
}

/** Where a file is put. */
export const uploadAddress = (access: ChatAccess, name: string): string =>
  `${root(access)}/v1/files?${new URLSearchParams({ site: access.site, name })}`;

const root = ({ gateway }: ChatAccess): string => gateway.replace(/\/$/, '');

async function ask(access: ChatAccess, path: readonly string[], method: string): Promise<Response> {
  const { site, token, fetch } = access;
  if (token === undefined) throw new ChatError('unauthenticated');
  const headers = { Authorization: `Bearer ${token}` };
  const place = path.map(encodeURIComponent).join('/');
  const address = `${root(access)}/v1/files/${place}?${new URLSearchParams({ site })}`;
  const response = await fetch(address, { method, headers });
  if (!response.ok) throw refusalOf(await response.text());
  return response;
}

/** What a refusal says, read by its code alone: the schemas of the rest would be most of this file. */
export function refusalOf(body: string): ChatError {
  const code = /"code":"([a-z-]+)"/.exec(body)?.[1];
  return new ChatError(ERROR_CODES.find((one) => one === code) ?? 'internal');
}
