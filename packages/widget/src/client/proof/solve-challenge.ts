/**
 * Solves a challenge of ALTCHA. The page loads this module, and it is also the script of the worker that the page starts, so that a worker
 * needs no file of its own, whose address a bundler would have to know.
 */
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { solveChallenge as search, type Challenge, type DeriveKeyFunction } from 'altcha-lib';
import { deriveKey as deriveNatively } from 'altcha-lib/algorithms/web/pbkdf2';

/** The address of this module, for the worker. */
export const SCRIPT_URL: string = import.meta.url;
/** The name by which this module knows that it is the script of a worker. */
export const WORKER_NAME = 'rivulet-proof';
/** What a worker answers: the proof, or undefined when it found none. */
export interface WorkerAnswer {
  proof: string | undefined;
}

/** So long does the search keep the thread without a pause, where it has no native code: half a frame. */
const SLICE_MS = 8;

/**
 * Searches the solution. Native code derives the keys on a thread of the browser. Without it, which is so on pages without HTTPS, this
 * thread does, in slices.
 * @param text the challenge of the gateway
 * @param controller ends the search
 * @returns the proof for the next `hello`; undefined when the search was ended
 * @throws {Error} when the challenge is not one of this version of ALTCHA
 */
export async function solveChallenge(text: string, controller: AbortController): Promise<string | undefined> {
  const challenge = JSON.parse(text) as Challenge; // checked by the library, and of the gateway
  // TypeScript declares `subtle` as always present; only a secure context has it.
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  const deriveKey = subtle === undefined ? createSlicedDerivation() : deriveNatively;
  // No limit of time: the gateway refuses a proof that comes too late, with another challenge.
  const solution = await search({ challenge, deriveKey, controller, timeout: 0 });
  return solution === null ? undefined : btoa(JSON.stringify({ challenge, solution }));
}

function createSlicedDerivation(): DeriveKeyFunction {
  let endsAtMs = performance.now() + SLICE_MS;
  return async ({ algorithm, cost, keyLength }, salt, password) => {
    if (algorithm !== 'PBKDF2/SHA-256') throw new Error(`unknown algorithm: ${algorithm}`);
    if (performance.now() > endsAtMs) {
      await nextTask();
      endsAtMs = performance.now() + SLICE_MS;
    }
    return { derivedKey: pbkdf2(sha256, password, salt, { c: cost, dkLen: keyLength }) };
  };
}

/** Lets everything that waits go first. Timers would take a second each in a hidden tab. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The globals of a worker, which the types of a page lack. */
interface WorkerGlobals {
  name?: string;
  document?: unknown;
  onmessage?: (event: MessageEvent<string>) => void;
  postMessage?: (answer: WorkerAnswer) => void;
}

const globals = globalThis as unknown as WorkerGlobals;
if (globals.document === undefined && globals.name === WORKER_NAME)
  globals.onmessage = ({ data: challenge }) => {
    void solveChallenge(challenge, new AbortController())
      .catch(() => undefined) // the page tries for itself, and learns the error
      .then((proof) => globals.postMessage?.({ proof }));
  };
