/** What a check is: one promise of the protocol, tried against a running server. */
import type { Server } from './server.ts';

/** One promise, and how it is tried. */
export interface Check {
  /** Short and unique, such as `resume-ends-with-synced`. */
  id: string;
  /** Where PROTOCOL.md makes the promise, such as `§6.2`. */
  section: string;
  /** The promise as a sentence. */
  promise: string;
  /**
   * Resolves when the server keeps the promise.
   * @throws {BrokenPromise} when it does not
   * @throws {Undecided} when the server gave no occasion to see it
   */
  try: (server: Server) => Promise<void>;
}
