/** What a recovery needs to restart runs, of a gateway that has no runs and whose sites let dead ones end. */
import type { RestartOptions } from '../runs/restart-run.ts';
import { createScriptProvider } from './script-provider.ts';
import { createSites } from '../sites/sites.ts';

/** To be spread into the options of a recovery. */
export const noRestarts: Pick<RestartOptions, 'sites' | 'budgets' | 'runs' | 'provider'> = {
  sites: createSites([]),
  provider: createScriptProvider(),
  budgets: { reservationOf: () => undefined },
  runs: { has: () => false, wasAborted: () => false, start: () => undefined },
};
