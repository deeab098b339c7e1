/** The lease that a run is executed under: renewed at intervals, and trusted for no longer than it lasts by the clocks of this process. */
import type { Clock, Limits, Timer } from '../base/index.ts';
import type { Lease } from '../event-logs/event-log.ts';

/** A lease, and when the request that acquired it was sent: it lasts for at least `leaseMs` from then on. */
export interface TimedLease {
  lease: Lease;
  sentAt: Instant;
}

/** A moment by both clocks of the process. */
export interface Instant {
  /** Milliseconds since 1970. It goes on while the machine is suspended, and may be set back. */
  wallMs: number;
  /** Milliseconds of `performance.now`. It is never set back, goes on while the process is stopped, and may stand still while the machine is suspended. */
  monotonicMs: number;
}

/** The present moment. */
export const instantOf = (clock: Clock): Instant => ({
  wallMs: clock.now(),
  monotonicMs: performance.now(),
});

/** A lease that is renewed. */
export interface HeldLease {
  readonly lease: Lease;
  /**
   * Whether nobody else can have it. False when it was not renewed in time, because the process was stopped or the log could not be
   * reached; it may become true again.
   */
  isHeld(): boolean;
  /**
   * Makes sure that nobody else has it, before something is written that the log cannot refuse. It asks the log when the lease has run
   * out by the clocks of this process, and asks again for as long as the log cannot be reached and `isWorthWaiting`.
   * @returns false when another gateway has it, or the log could not be asked
   */
  confirm(isWorthWaiting: () => boolean): Promise<boolean>;
  /** Stops the renewal. It does not release the lease. May be called twice. */
  stop(): void;
}

/** What holding needs; `limits.leaseMs` is the duration of the lease. */
export interface HoldOptions {
  clock: Clock;
  limits: Pick<Limits, 'leaseMs'>;
}

/** A lease survives two lost renewals. */
const RENEWALS_PER_LEASE = 3;
/** Between two attempts to ask a log that is away. */
const ASK_AGAIN_MS = 500;
/** The part of a lease that is not used: a write takes time to arrive, and clocks differ. */
const UNUSED_SHARE = 1 / 9;

/**
 * Renews a lease until it is stopped.
 * @param onLost called when another gateway holds the lease; may be called again until the renewal is stopped.
 */
export function holdLease(
  { clock, limits: { leaseMs } }: HoldOptions,
  { lease, sentAt }: TimedLease,
  onLost: () => void,
): HeldLease {
  let timer: Timer;
  let renewedAt = sentAt;
  const isHeld = () => {
    const { wallMs, monotonicMs } = instantOf(clock);
    const ageMs = Math.max(wallMs - renewedAt.wallMs, monotonicMs - renewedAt.monotonicMs);
    return ageMs < leaseMs * (1 - UNUSED_SHARE);
  };
  const renew = async () => {
    const now = instantOf(clock);
    const isRenewed = await lease.renew(leaseMs);
    // Answers come in the order of the requests.
    if (isRenewed) renewedAt = now;
    else onLost();
    return isRenewed;
  };
  const arm = () => {
    timer = clock.after(leaseMs / RENEWALS_PER_LEASE, () => {
      // A failed renewal is ignored: the log may be reachable again before the lease expires. Only a refusal means it is lost.
      renew().catch(() => undefined);
      arm();
    });
  };
  arm();
  return {
    lease,
    isHeld,
    async confirm(isWorthWaiting) {
      while (!isHeld()) {
        const isRenewed = await renew().catch(() => undefined);
        if (isRenewed === false || (isRenewed === undefined && !isWorthWaiting())) return false;
        if (isRenewed === undefined)
          await new Promise<void>((resolve) => void clock.after(ASK_AGAIN_MS, resolve));
      }
      return true;
    },
    stop() {
      timer.cancel();
    },
  };
}
