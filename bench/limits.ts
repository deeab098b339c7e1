/**
 * Attacks gateways under their default limits: `npm run bench -- limits` takes about a minute. One visitor sends 1,000 messages over
 * 20 connections, 50 visitors come from one address, one visitor comes from each of 500 addresses; to one gateway, to two on one
 * Redis, and to two whose Redis is killed in the middle. It prints the runs that were started and refused, by how many a limit was
 * exceeded, and how long other visitors wait. It fails when a limit is exceeded by more than one run, or when another visitor is refused.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  attackAsOneVisitor,
  attackFromManyAddresses,
  attackFromOneAddress,
  FULL_SCALE,
  watchInPeace,
  type AttackReport,
} from '../packages/gateway/src/testing/attack/attacks.ts';
import { deploy, DEPLOYMENT_KINDS } from '../packages/gateway/src/testing/attack/deployments.ts';
import { percentile } from './gateway/measure.ts';

/** How long an answer takes: short, so that the attackers reach the limits of a minute and not only that of runs at once. */
const ANSWER_MS = 20;
const ATTACKS = {
  'one visitor, 20 connections': attackAsOneVisitor,
  '50 visitors, one address': attackFromOneAddress,
  '500 addresses': attackFromManyAddresses,
};
const pause = () => delay(ANSWER_MS);

async function main(): Promise<void> {
  const peace = await deploy('one gateway', pause);
  const { witnessMs } = await watchInPeace(peace, FULL_SCALE);
  await peace.stop();
  console.log(
    `Other visitors, without an attack: acceptance p50 ${ms(witnessMs, 0.5)}, p99 ${ms(witnessMs, 0.99)}`,
  );
  for (const kind of DEPLOYMENT_KINDS) {
    console.log(`\n## ${kind}`);
    for (const [name, attack] of Object.entries(ATTACKS)) {
      const deployment = await deploy(kind, pause);
      const report = await attack(deployment, FULL_SCALE);
      await deployment.stop();
      print(name, report);
    }
  }
}

function print(name: string, report: AttackReport): void {
  const { admitted, came, outcomes, started, allowed, mostAtOnce, allowedAtOnce, witnessMs } = report;
  const over = Math.max(0, started - allowed);
  const overAtOnce = Math.max(0, mostAtOnce - allowedAtOnce);
  const sent = Object.entries(outcomes).map(([code, count]) => `${count} ${code}`);
  console.log(`${name}: ${admitted} of ${came} connections admitted; ${sent.join(', ')}`);
  console.log(
    `  runs started ${started} of ${allowed} (over by ${over}); at once ${mostAtOnce} of ${allowedAtOnce} (over by ${overAtOnce})`,
  );
  console.log(
    `  other visitors: refused ${report.witnessesRefused}, acceptance p50 ${ms(witnessMs, 0.5)}, p99 ${ms(witnessMs, 0.99)}`,
  );
  if (over <= 1 && overAtOnce <= 1 && report.witnessesRefused === 0) return;
  console.log('  FAILED: a limit was exceeded by more than one run, or another visitor was refused');
  process.exitCode = 1;
}

const ms = (values: readonly number[], quantile: number): string =>
  `${percentile(values, quantile).toFixed(1)} ms`;

await main();
