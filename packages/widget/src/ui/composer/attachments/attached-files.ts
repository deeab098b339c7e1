/** The files beside a message that is being written: each on its way, there, or failed. */
import { ChatError, type ErrorCode, type FilePart } from '@rivulet/protocol';
import type { Chat } from '../../../client/chat.ts';
import { removeFile } from '../../../client/conversation/files.ts';
import { accessOf, upload } from './upload.ts';

export interface AttachedFile {
  readonly file: File;
  /** A blob's address for a picture; revoked when it goes. */
  readonly preview: string | undefined;
  readonly state:
    | { kind: 'uploading'; share: number }
    | { kind: 'there'; part: FilePart }
    | { kind: 'failed'; error: ChatError };
}

/** What every browser draws without running anything. */
const PICTURES = /^image\/(png|jpeg|gif|webp)$/;

const previewOf = (file: File): string | undefined =>
  PICTURES.test(file.type) ? URL.createObjectURL(file) : undefined;

export interface AttachedFilesOptions {
  changed: () => void;
  /** Why a file beside `count` others is not even tried. */
  refusalFor: (chat: Chat, file: File, count: number) => ErrorCode | undefined;
}

export class AttachedFiles {
  /** Replaced at every change. */
  all: readonly AttachedFile[] = [];
  readonly #options: AttachedFilesOptions;
  /** One an upload on its way. */
  readonly #ends = new Map<File, AbortController>();

  constructor(options: AttachedFilesOptions) {
    this.#options = options;
  }

  add(chat: Chat, file: File): void {
    this.all = [...this.all, { file, preview: previewOf(file), state: { kind: 'uploading', share: 0 } }];
    this.upload(chat, file);
  }

  /** Also once more. */
  upload(chat: Chat, file: File): void {
    const end = new AbortController();
    this.#ends.set(file, end);
    void this.#upload(chat, file, end.signal);
  }

  remove(chat: Chat, file: File): void {
    this.#ends.get(file)?.abort();
    const state = this.all.find((one) => one.file === file)?.state;
    // One that cannot be taken back now is removed by the gateway after a day.
    if (state?.kind === 'there') void removeFile(chat.access, state.part.fileId).catch(() => undefined);
    this.#drop([file]);
  }

  /** Sent: they are the message's from now on. */
  take(): readonly AttachedFile[] {
    const taken = this.all;
    this.#drop(taken.map(({ file }) => file));
    return taken;
  }

  /** What was taken was not sent after all. */
  giveBack(taken: readonly AttachedFile[]): void {
    this.all = [...taken.map((one) => ({ ...one, preview: previewOf(one.file) })), ...this.all];
    this.#options.changed();
  }

  /** Nobody will send them any more. */
  close(): void {
    for (const end of this.#ends.values()) end.abort();
    this.#drop(this.all.map(({ file }) => file));
  }

  async #upload(chat: Chat, file: File, signal: AbortSignal): Promise<void> {
    const progressed = (share: number): void => {
      this.#set(file, { kind: 'uploading', share });
    };
    progressed(0);
    try {
      this.#check(chat, file);
      const access = await accessOf(chat);
      if (signal.aborted) return;
      // The first welcome may have said since what is taken.
      this.#check(chat, file);
      this.#set(file, { kind: 'there', part: await upload({ file, access, signal, progressed }) });
    } catch (error) {
      if (!signal.aborted) this.#set(file, { kind: 'failed', error: ChatError.from(error) });
    } finally {
      this.#ends.delete(file);
    }
  }

  #check(chat: Chat, file: File): void {
    const before = this.all.findIndex((one) => one.file === file);
    const code = this.#options.refusalFor(chat, file, before);
    if (code !== undefined) throw new ChatError(code);
  }

  #set(file: File, state: AttachedFile['state']): void {
    this.all = this.all.map((one) => (one.file === file ? { ...one, state } : one));
    this.#options.changed();
  }

  #drop(files: readonly File[]): void {
    for (const { file, preview } of this.all)
      if (files.includes(file) && preview !== undefined) URL.revokeObjectURL(preview);
    this.all = this.all.filter(({ file }) => !files.includes(file));
    this.#options.changed();
  }
}
