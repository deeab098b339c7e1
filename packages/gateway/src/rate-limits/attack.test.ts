/** A sample of the attacks of `npm run bench -- limits`, on every deployment. */
import { setImmediate as nextIteration } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  attackAsOneVisitor,
  attackFromManyAddresses,
  attackFromOneAddress,
  type AttackReport,
} from '../testing/attack/attacks.ts';
import { deploy, DEPLOYMENT_KINDS, type Deployment } from '../testing/attack/deployments.ts';

const TIMEOUT_MS = 60_000;
const SAMPLE = { messages: 400, addresses: 60, witnesses: 3 };
let deployment: Deployment | undefined;
afterEach(async () => {
  await deployment?.stop();
  deployment = undefined;
}, TIMEOUT_MS);
const attacked = async (
  kind: Parameters<typeof deploy>[0],
  attack: (target: Deployment, scale: typeof SAMPLE) => Promise<AttackReport>,
) => {
  deployment = await deploy(kind, nextIteration);
  return attack(deployment, SAMPLE);
};

describe.each(DEPLOYMENT_KINDS)('under attack, %s', { timeout: TIMEOUT_MS }, (kind) => {
  it('starts no more runs than one visitor may have, on 20 connections, and serves the others', async () => {
    const report = await attacked(kind, attackAsOneVisitor);
    expect(report.admitted).toBe(20);
    expect(report.started).toBeGreaterThan(0);
    expect(report.started).toBeLessThanOrEqual(report.allowed + 1);
    expect(report.mostAtOnce).toBeLessThanOrEqual(report.allowedAtOnce + 1);
    expect(report).toMatchObject({ witnessesRefused: 0 });
  });

  it('admits 20 of 50 visitors from one address, and serves the others', async () => {
    const report = await attacked(kind, attackFromOneAddress);
    expect(report.admitted).toBe(20);
    expect(report.started).toBeLessThanOrEqual(report.allowed + 1);
    expect(report.mostAtOnce).toBeLessThanOrEqual(report.allowedAtOnce + 1);
    expect(report).toMatchObject({ witnessesRefused: 0 });
  });

  it('serves visitors from many addresses', async () => {
    const report = await attacked(kind, attackFromManyAddresses);
    expect([report.admitted, report.witnessesRefused]).toEqual([SAMPLE.addresses, 0]);
  });
});
