/** Uploads one file to the gateway. Uses XMLHttpRequest, because `fetch` reports no upload progress. */
import { ChatError, type FilePart } from '@rivulet/protocol';
import type { Chat, ChatAccess } from '../../../client/chat.ts';
import { refusalOf, uploadAddress } from '../../../client/conversation/files.ts';
import { mediaTypeOf } from './file-rules.ts';

/** The interval at which the storage is read for the token. Another tab stores it within milliseconds, unless it is busy. */
const TOKEN_INTERVAL_MS = 50;
/** After 5 s: as long as a tab may take to replace a frozen one, and to connect. */
const MAX_TOKEN_ATTEMPTS = 100;

/** What to upload, and where to. */
export interface UploadOptions {
  /** The file to upload. */
  file: File;
  /** Address of the gateway and the visitor's token. */
  access: ChatAccess;
  /** Aborts the upload. */
  signal: AbortSignal;
  /** Called with the share of the body that was sent, 0 to 1. */
  progressed: (share: number) => void;
}

/**
 * Uploads a file.
 *
 * @throws {ChatError} with the code of the refusal; `internal` if the gateway cannot be reached; `interrupted` if
 * aborted
 */
export function upload({ file, access, signal, progressed }: UploadOptions): Promise<FilePart> {
  const request = new XMLHttpRequest();
  return new Promise<FilePart>((resolve, reject) => {
    request.open('POST', uploadAddress(access, file.name));
    request.setRequestHeader('Authorization', `Bearer ${access.token ?? ''}`);
    request.setRequestHeader('Content-Type', mediaTypeOf(file));
    request.upload.onprogress = ({ loaded, total }) => {
      progressed(total === 0 ? 0 : loaded / total);
    };
    request.onload = () => {
      if (request.status === 201) resolve(partOf(request.responseText));
      else reject(refusalOf(request.responseText));
    };
    request.onerror = () => {
      reject(new ChatError('internal'));
    };
    request.onabort = () => {
      reject(new ChatError('interrupted'));
    };
    signal.addEventListener('abort', () => {
      request.abort();
    });
    request.send(file);
  });
}

/** Drops the URL of the answer: it expires, and the conversation log stores none. */
function partOf(text: string): FilePart {
  const { fileId, name, mediaType, sizeBytes } = JSON.parse(text) as FilePart; // body of the gateway's 201 response
  return { type: 'file', fileId, name, mediaType, sizeBytes };
}

/**
 * Resolves once the chat has a token. A new visitor gets one with the first `welcome`; in a tab that uses the connection of
 * another one, the token is read from the storage, once the other tab has stored it.
 *
 * @throws {ChatError} `internal` if the other tab stores none, e.g. because the storage is full; `interrupted` if aborted
 */
export function accessOf(chat: Chat, signal: AbortSignal): Promise<ChatAccess> {
  chat.connect();
  return new Promise((resolve, reject) => {
    let attempts = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
    };
    const find = (): void => {
      const isOnline = chat.snapshot.status === 'online';
      if (isOnline && chat.access.token === undefined) chat.allowStorage();
      if (chat.access.token !== undefined) {
        end();
        resolve(chat.access);
      } else if (signal.aborted || attempts === MAX_TOKEN_ATTEMPTS) {
        end();
        reject(new ChatError(signal.aborted ? 'interrupted' : 'internal'));
      } else if (isOnline) {
        attempts += 1;
        clearTimeout(timer);
        timer = setTimeout(find, TOKEN_INTERVAL_MS);
      }
    };
    const unsubscribe = chat.subscribe(find);
    find();
  });
}
