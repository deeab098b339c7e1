/** The files that go with the next reply of a conversation: each is uploaded when it is chosen. */
import type { FilePart } from '@rivulet/protocol';

/** How far a file has come. */
export type AttachedState =
  { kind: 'uploading' } | { kind: 'there'; part: FilePart } | { kind: 'failed'; problem: string };

/** A file that was chosen. */
export interface Attached {
  file: File;
  state: AttachedState;
}

/** What attachments need. */
export interface AttachmentsOptions {
  /** Resolves with the part for a reply. */
  upload: (file: File, signal: AbortSignal) => Promise<{ file: FilePart }>;
  /** The text for a failure. */
  explain: (error: unknown) => string;
}

/** The files of one conversation. One that no reply has sent is deleted by the gateway in time. */
export class Attachments {
  /** Called after each change. */
  onChanged: () => void = () => undefined;
  readonly #options: AttachmentsOptions;
  readonly #uploads = new Map<File, AbortController>();
  #files: readonly Attached[] = [];

  constructor(options: AttachmentsOptions) {
    this.#options = options;
  }

  /** In the order in which they were chosen. */
  get files(): readonly Attached[] {
    return this.#files;
  }

  /** Whether a reply with this text can be sent: nothing is on its way or has failed, and there is something to send. */
  canSend(text: string): boolean {
    return (
      (text !== '' || this.#files.length > 0) && this.#files.every(({ state }) => state.kind === 'there')
    );
  }

  /** Uploads files. */
  add(files: readonly File[]): void {
    this.#change([...this.#files, ...files.map((file) => ({ file, state: { kind: 'uploading' as const } }))]);
    for (const file of files) void this.#upload(file);
  }

  /** Takes one out, and ends its upload. */
  remove(file: File): void {
    this.#uploads.get(file)?.abort();
    this.#change(this.#files.filter((one) => one.file !== file));
  }

  /** The parts of a reply. They are not attached any more. */
  take(): FilePart[] {
    const parts = this.#files.flatMap(({ state }) => (state.kind === 'there' ? [state.part] : []));
    this.#change([]);
    return parts;
  }

  /** Attaches the files of a reply that was taken back. The gateway has them. */
  giveBack(parts: readonly FilePart[]): void {
    const back = parts.map((part) => ({
      file: new File([], part.name, { type: part.mediaType }),
      state: { kind: 'there' as const, part },
    }));
    this.#change([...back, ...this.#files]);
  }

  async #upload(file: File): Promise<void> {
    const upload = new AbortController();
    this.#uploads.set(file, upload);
    const state = await this.#options.upload(file, upload.signal).then(
      ({ file: part }): AttachedState => ({ kind: 'there', part }),
      (error: unknown): AttachedState | undefined =>
        upload.signal.aborted ? undefined : { kind: 'failed', problem: this.#options.explain(error) },
    );
    this.#uploads.delete(file);
    if (state !== undefined)
      this.#change(this.#files.map((one) => (one.file === file ? { file, state } : one)));
  }

  #change(files: readonly Attached[]): void {
    this.#files = files;
    this.onChanged();
  }
}
