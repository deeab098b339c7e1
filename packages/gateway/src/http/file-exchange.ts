/** A file in an HTTP request and in a response, for the routes of visitors and of the desk. */
import { pipeline } from 'node:stream/promises';
import { ChatError } from '@rivulet/protocol';
import type { Request, Response } from 'express';
import type { Upload } from '../conversations/uploads.ts';
import type { FileRecord, OpenedFile } from '../files/file-store.ts';
import { isSafeImage, readMediaType } from '../files/file-type.ts';

/** The file in the body of a request, with its name in the query. @throws {ChatError} bad-frame without a media type or a name */
export function readUpload(request: Request): Pick<Upload, 'name' | 'mediaType' | 'sizeBytes' | 'content'> {
  const mediaType = readMediaType(request.get('Content-Type') ?? '');
  if (mediaType === undefined)
    throw new ChatError('bad-frame', {
      message: 'Content-Type: expected the media type of the file, such as image/png.',
    });
  const { name } = request.query;
  if (typeof name !== 'string' || name === '')
    throw new ChatError('bad-frame', { message: 'name: expected the name of the file in the query.' });
  return {
    ...{ name, mediaType, sizeBytes: sizeOf(request) },
    // The connection must stay open when the body is not read to its end: the error response is sent over it.
    content: request.iterator({ destroyOnReturn: false }),
  };
}

function sizeOf(request: Request): number | undefined {
  const length = request.get('Content-Length') ?? '';
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** What a message has of a stored file. */
export const filePartOf = ({ id: fileId, name, mediaType, sizeBytes }: FileRecord) => ({
  fileId,
  name,
  mediaType,
  sizeBytes,
});

/**
 * Sends a file so that it can never run as a page of the gateway's origin, whatever it contains.
 * @param readers whose pages may embed it; for those of this origin alone it is always a download
 */
export async function sendFile(
  response: Response,
  { record, content }: OpenedFile,
  readers: 'cross-origin' | 'same-origin',
): Promise<void> {
  const { name, mediaType, sizeBytes } = record;
  // Pages of the console show images by their address, which the disposition does not keep them from.
  const isInline = readers === 'cross-origin' && isSafeImage(mediaType);
  response.status(200).set({
    'Content-Type': mediaType,
    'Content-Length': `${sizeBytes}`,
    'Content-Disposition': `${isInline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeName(name)}`,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': readers,
    'Referrer-Policy': 'no-referrer',
  });
  await pipeline(content, response);
}

/** Percent-encodes also the characters that `encodeURIComponent` leaves and RFC 5987 does not allow. */
const encodeName = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
