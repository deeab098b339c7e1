/** Solves a challenge in a worker, where the page can start one. */
import { SCRIPT_URL, WORKER_NAME, type WorkerAnswer } from './solve-challenge.ts';

/** What Trusted Types give, as far as it is used; not every version of the types of a page declares them. */
interface TrustedTypesGlobals {
  trustedTypes?: {
    createPolicy: (
      name: string,
      rules: { createScriptURL: (url: string) => string },
    ) => { createScriptURL: (url: string) => string };
  };
}

/**
 * Solves a challenge in a worker.
 * @param signal ends the worker
 * @returns the proof; undefined when there is no worker, it could not solve, or it was ended
 */
export function solveInWorker(
  challenge: string,
  signal: AbortSignal,
  url: string = SCRIPT_URL,
): Promise<string | undefined> {
  const worker = startWorker(url);
  if (worker === undefined) return Promise.resolve(undefined);
  return new Promise<string | undefined>((resolve) => {
    const give = (proof?: string) => {
      worker.terminate();
      resolve(proof);
    };
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => {
      give(data.proof);
    };
    // Also when the policy of the page refuses the script: browsers report that later.
    worker.onerror = (event) => {
      event.preventDefault(); // no error of the page: the caller goes on without a worker
      give();
    };
    signal.addEventListener('abort', () => {
      give();
    });
    worker.postMessage(challenge);
  });
}

/**
 * Only for a script of the page's own origin: no browser starts a worker from another one, and the way around it, a script in a blob,
 * would be a violation of most policies, which is reported to the site.
 */
function startWorker(url: string): Worker | undefined {
  const { location, Worker: Constructor } = globalThis as Partial<typeof globalThis>;
  if (location === undefined || Constructor === undefined) return undefined;
  try {
    if (new URL(url).origin !== location.origin) return undefined;
    return new Constructor(trusted(url), { type: 'module', name: WORKER_NAME });
  } catch {
    return undefined; // a browser without module workers, or a policy that refuses them
  }
}

/** Pages that demand Trusted Types take no text as the address of a script. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as TrustedTypesGlobals;
  const policy = trustedTypes?.createPolicy('rivulet', { createScriptURL: (ours) => ours });
  return policy?.createScriptURL(url) ?? url;
}
