/** Tells the caller of a request that it waits, if the wait is long enough to be noticed. */
import type { Clock } from '../../base/index.ts';
import type { WaitReason } from '../provider.ts';

/** A message that appears and is gone at once disturbs more than the wait. */
const NOTICED_AFTER_MS = 1_000;

/** Settles like `work`. `onWait` gets the reason after a second, and undefined at the end if it got one. */
export async function showWait<Result>(
  { clock, reason, onWait }: { clock: Clock; reason: WaitReason; onWait: (reason?: WaitReason) => void },
  work: Promise<Result>,
): Promise<Result> {
  let hide = () => {
    timer.cancel();
  };
  const timer = clock.after(NOTICED_AFTER_MS, () => {
    onWait(reason);
    hide = () => {
      onWait(undefined);
    };
  });
  try {
    return await work;
  } finally {
    hide();
  }
}
