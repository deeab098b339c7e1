/** Runs faults one after the other: they must not overlap, because a process could not start without one that is stopped. */

/** A fault that happens, or will when those before it are over. */
export interface InjectedFault {
  /** The port of the gateway that it affects; that of any for a fault of all. */
  port: number;
  /** Resolves when it begins. */
  begun: Promise<void>;
  /** Resolves when it is over and everything runs again. */
  over: Promise<void>;
}

/** Runs faults one after the other. */
export interface FaultQueue {
  /**
   * Runs the fault after all earlier ones. When one of the same name waits already, that one is shared: a fault affects several
   * histories as well as one.
   */
  inject(fault: () => Promise<void>, options: { port: number; name?: string }): InjectedFault;
  /** Resolves when all faults so far are over. */
  idle(): Promise<void>;
}

/** Creates an empty queue. */
export function createFaultQueue(): FaultQueue {
  let last = Promise.resolve();
  const waiting = new Map<string, InjectedFault>();
  return {
    inject(fault, { port, name }) {
      const same = name === undefined ? undefined : waiting.get(name);
      if (same !== undefined) return same;
      const begun = last.then(() => {
        if (name !== undefined) waiting.delete(name);
      });
      const injected = { port, begun, over: begun.then(fault) };
      last = injected.over;
      if (name !== undefined) waiting.set(name, injected);
      return injected;
    },
    idle: () => last,
  };
}
