/** The visitor's files on the gateway, over HTTP requests outside the connection. Loaded on demand. @see PROTOCOL.md §14 */
import { ChatError, ERROR_CODES } from '@rivulet/protocol';
import type { ChatAccess } from '../chat.ts';

/**
 * Requests a link that opens the file for a limited time without a token.
 * @throws {ChatError} the refusal of the gateway; unauthenticated: the gateway has issued no token yet; internal: the link is no
 * web address
 */
export async function fileLink(access: ChatAccess, fileId: string): Promise<string> {
  const response = await request(access, [fileId, 'link'], 'POST');
  const { url } = (await response.json()) as { url: string }; // a response of the gateway with status 2xx
  const link = new URL(url, `${baseUrl(access)}/`);
  // The link is opened as a page: a `javascript:` address would run in the page of the site.
  if (!/^https?:$/.test(link.protocol)) throw new ChatError('internal');
  return link.href;
}

/** Downloads the file. @throws {ChatError} as `fileLink` */
export async function readFile(access: ChatAccess, fileId: string): Promise<Blob> {
  return (await request(access, [fileId], 'GET')).blob();
}

/** Deletes an uploaded file that was not sent with a message yet. @throws {ChatError} as `fileLink` */
export async function removeFile(access: ChatAccess, fileId: string): Promise<void> {
  await request(access, [fileId], 'DELETE');
}

/** The URL that a file with this name is uploaded to. */
export const uploadAddress = (access: ChatAccess, name: string): string =>
  `${baseUrl(access)}/v1/files?${new URLSearchParams({ site: access.site, name })}`;

const baseUrl = ({ gateway }: ChatAccess): string => gateway.replace(/\/$/, '');

async function request(access: ChatAccess, path: readonly string[], method: string): Promise<Response> {
  const { site, token, fetch } = access;
  if (token === undefined) throw new ChatError('unauthenticated');
  const headers = { Authorization: `Bearer ${token}` };
  const encodedPath = path.map(encodeURIComponent).join('/');
  const address = `${baseUrl(access)}/v1/files/${encodedPath}?${new URLSearchParams({ site })}`;
  const response = await fetch(address, { method, headers });
  if (!response.ok) throw refusalOf(await response.text());
  return response;
}

/** The error of a refused request. Only its code is read: validating the rest would load the schemas of the protocol. */
export function refusalOf(body: string): ChatError {
  const code = /"code":"([a-z-]+)"/.exec(body)?.[1];
  return new ChatError(ERROR_CODES.find((one) => one === code) ?? 'internal');
}
