/**
 * A rolling deploy: gateways of the last release and of the working tree on one Redis and one Postgres. The release is always started
 * first, because the newer gateways bring the tables up to date at their start.
 */
import { afterAll, describe } from 'vitest';
import { describeDelivery } from './support/delivery-suite.ts';
import { startGateway } from './support/processes.ts';
import { unpackRelease } from './support/released-gateway.ts';

const release = unpackRelease();
afterAll(() => {
  release.remove();
});

describe(`a gateway of ${release.version}, and a newer one that serves what it writes`, () => {
  describeDelivery(async (environment) => {
    const [one, leaving] = [await release.start(environment), await release.start(environment)];
    return { one, leaving, other: await startGateway(environment) };
  });
});

describe(`a newer gateway, and one of ${release.version} that serves what it writes`, () => {
  describeDelivery(async (environment) => {
    const other = await release.start(environment);
    return { one: await startGateway(environment), leaving: await startGateway(environment), other };
  });
});
