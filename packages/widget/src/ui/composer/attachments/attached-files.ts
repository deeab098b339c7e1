/** Files attached to a message that is being written: each is uploading, uploaded or failed. */
import { ChatError, type ErrorCode, type FilePart } from '@rivulet/protocol';
import type { Chat } from '../../../client/chat.ts';
import { removeFile } from '../../../client/conversation/files.ts';
import { accessOf, upload } from './upload.ts';

/** One attached file. */
export interface AttachedFile {
  /** The file as the visitor chose it. */
  readonly file: File;
  /** Object URL of an image preview; revoked when the file is removed. */
  readonly preview: string | undefined;
  /** Progress of the upload. */
  readonly state:
    | { kind: 'uploading'; share: number }
    | { kind: 'there'; part: FilePart }
    | { kind: 'failed'; error: ChatError };
}

/** Image types that every browser renders without running scripts. */
const PICTURES = /^image\/(png|jpeg|gif|webp)$/;

const previewOf = (file: File): string | undefined =>
  PICTURES.test(file.type) ? URL.createObjectURL(file) : undefined;

/** The file was refused: the same upload would be refused again. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'too-large',
  'unsupported',
  'busy',
  'quota-exceeded',
  'forbidden',
  'content-blocked',
]);

/**
 * Whether the message waits for this file. A file that was refused can never be part of the message, so nothing waits for it: its
 * chip says why, and goes when the message is sent.
 */
export const holdsBack = ({ state }: AttachedFile): boolean =>
  state.kind === 'uploading' || (state.kind === 'failed' && !REFUSALS.has(state.error.code));

/** A file that the gateway has already; its bytes are not needed any more. */
export const attachedAgain = (part: FilePart): AttachedFile => ({
  file: new File([], part.name, { type: part.mediaType }),
  preview: undefined,
  state: { kind: 'there', part },
});

/** Callbacks of `AttachedFiles`. */
export interface AttachedFilesOptions {
  /** Called after each change of the list. */
  changed: () => void;
  /** Returns why a file cannot be attached to `count` others, or undefined if it can. */
  refusalFor: (chat: Chat, file: File, count: number) => ErrorCode | undefined;
}

/** List of attached files with their uploads. `close()` aborts the uploads. */
export class AttachedFiles {
  /** The files in the order they were added. Replaced on every change. */
  all: readonly AttachedFile[] = [];
  readonly #options: AttachedFilesOptions;
  /** One per running upload. */
  readonly #ends = new Map<File, AbortController>();

  constructor(options: AttachedFilesOptions) {
    this.#options = options;
  }

  /** Adds a file and starts its upload, unless it is refused. */
  add(chat: Chat, file: File): void {
    this.all = [...this.all, { file, preview: previewOf(file), state: { kind: 'uploading', share: 0 } }];
    this.upload(chat, file);
  }

  /** Uploads a file, or tries again. */
  upload(chat: Chat, file: File): void {
    const end = new AbortController();
    this.#ends.set(file, end);
    void this.#upload(chat, file, end.signal);
  }

  /** Removes a file: aborts its upload, or deletes it from the gateway. */
  remove(chat: Chat, file: File): void {
    this.#ends.get(file)?.abort();
    const state = this.all.find((one) => one.file === file)?.state;
    // If this fails, the gateway deletes the file after a day.
    if (state?.kind === 'there') void removeFile(chat.access, state.part.fileId).catch(() => undefined);
    this.#drop([file]);
  }

  /** Returns all files and empties the list: they belong to the message being sent. */
  take(): readonly AttachedFile[] {
    const taken = this.all;
    this.#drop(taken.map(({ file }) => file));
    return taken;
  }

  /** Puts files back whose message was not sent after all. */
  giveBack(taken: readonly AttachedFile[]): void {
    const previewed = taken.map((one) => ({ ...one, preview: one.preview && previewOf(one.file) }));
    this.all = [...previewed, ...this.all];
    this.#options.changed();
  }

  /** Aborts all uploads and revokes all previews. */
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
      const access = await accessOf(chat, signal);
      if (signal.aborted) return;
      // The first `welcome` may have brought the limits of the gateway since.
      this.#check(chat, file);
      this.#set(file, { kind: 'there', part: await upload({ file, access, signal, progressed }) });
    } catch (error) {
      if (!signal.aborted) this.#set(file, { kind: 'failed', error: ChatError.from(error) });
    } finally {
      this.#ends.delete(file);
    }
  }

  #check(chat: Chat, file: File): void {
    const index = this.all.findIndex((one) => one.file === file);
    const before = this.all.slice(0, index).filter((one) => one.state.kind === 'there' || holdsBack(one));
    const code = this.#options.refusalFor(chat, file, before.length);
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
