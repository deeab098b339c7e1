/** Puts one file on the gateway. XMLHttpRequest: fetch does not tell how much of a body is sent. */
import { ChatError, type FilePart } from '@rivulet/protocol';
import type { Chat, ChatAccess } from '../../../client/chat.ts';
import { refusalOf, uploadAddress } from '../../../client/conversation/files.ts';
import { mediaTypeOf } from './file-rules.ts';

export interface UploadOptions {
  file: File;
  access: ChatAccess;
  signal: AbortSignal;
  /** 0 to 1. */
  progressed: (share: number) => void;
}

/** @throws {ChatError} the refusal; `internal` when nobody answers; `interrupted` when it was cancelled */
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

/** Without the address: it is good for a while only, and the log holds none. */
function partOf(text: string): FilePart {
  const { fileId, name, mediaType, sizeBytes } = JSON.parse(text) as FilePart; // the gateway's own answer: 201
  return { type: 'file', fileId, name, mediaType, sizeBytes };
}

/** A visitor whom the gateway does not know yet gets a token with the first welcome. */
export function accessOf(chat: Chat): Promise<ChatAccess> {
  chat.connect();
  if (chat.access.token !== undefined) return Promise.resolve(chat.access);
  return new Promise((resolve) => {
    const end = chat.subscribe(() => {
      if (chat.access.token === undefined) return;
      end();
      resolve(chat.access);
    });
  });
}
