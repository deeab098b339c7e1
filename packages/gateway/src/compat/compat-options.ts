/** What every endpoint of another protocol needs. */
import type { Clock, Limits, Metrics } from '../base/index.ts';
import type { CorsOptions } from '../http/cors.ts';
import type { LimitConnectionsOptions } from '../http/limit-connections.ts';
import type { LocalClientOptions } from './local-client.ts';

/** What the endpoints need. */
export interface CompatOptions
  extends CorsOptions, LimitConnectionsOptions, Pick<LocalClientOptions, 'serve'> {
  metrics: Metrics;
  clock: Clock;
  limits: Limits;
}
