/** What a recovery needs of a gateway that has no runs, whose sites let dead ones end, and where nobody asks for a person. */
import type { RecoveryOptions } from '../runs/recovery.ts';
import { NO_DESK } from '../stores/desk-store.ts';
import { createScriptProvider } from './script-provider.ts';
import { createSites } from '../sites/sites.ts';

/** To be spread into the options of a recovery. */
export const noRestarts: Pick<RecoveryOptions, 'sites' | 'budgets' | 'runs' | 'provider' | 'desk'> = {
  sites: createSites([]),
  provider: createScriptProvider(),
  budgets: { reservationOf: () => undefined },
  desk: { announce: () => Promise.resolve(NO_DESK) },
  runs: { has: () => false, wasAborted: () => false, start: () => undefined },
};
