/** The files beside a message that is being written: each on its way, there, or failed. */
import { ChatError, type FilePart } from '@rivulet/protocol';
import type { Chat } from '../../client/chat.ts';
import { removeFile } from '../../client/files.ts';
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

export class AttachedFiles {
  /** Replaced at every change. */
  all: readonly AttachedFile[] = [];
  readonly #changed: () => void;
  /** One an upload on its way. */
  readonly #ends = new Map<File, AbortController>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** @param refusal set: it is not even tried */
  add(chat: Chat, file: File, refusal?: ChatError): void {
    this.all = [...this.all, { file, preview: previewOf(file), state: { kind: 'uploading', share: 0 } }];
    if (refusal === undefined) this.upload(chat, file);
    else this.#set(file, { kind: 'failed', error: refusal });
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
    this.#changed();
  }

  async #upload(chat: Chat, file: File, signal: AbortSignal): Promise<void> {
    const progressed = (share: number): void => {
      this.#set(file, { kind: 'uploading', share });
    };
    progressed(0);
    try {
      const access = await accessOf(chat);
      if (signal.aborted) return;
      this.#set(file, { kind: 'there', part: await upload({ file, access, signal, progressed }) });
    } catch (error) {
      if (!signal.aborted) this.#set(file, { kind: 'failed', error: ChatError.from(error) });
    } finally {
      this.#ends.delete(file);
    }
  }

  #set(file: File, state: AttachedFile['state']): void {
    this.all = this.all.map((one) => (one.file === file ? { ...one, state } : one));
    this.#changed();
  }

  #drop(files: readonly File[]): void {
    for (const { file, preview } of this.all)
      if (files.includes(file) && preview !== undefined) URL.revokeObjectURL(preview);
    this.all = this.all.filter(({ file }) => !files.includes(file));
    this.#changed();
  }
}
