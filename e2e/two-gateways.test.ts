/** Gateways that share one Redis and one Postgres: each serves what the other writes. */
import { describe } from 'vitest';
import { describeDelivery } from './support/delivery-suite.ts';
import { startGateway } from './support/processes.ts';

describe('two gateways on one Redis and one Postgres', () => {
  describeDelivery(async (environment) => {
    const [one, leaving, other] = [
      await startGateway(environment),
      await startGateway(environment),
      await startGateway(environment),
    ];
    return { one, leaving, other };
  });
});
