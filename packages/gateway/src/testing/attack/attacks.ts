/** The attacks on the limits of a gateway: one visitor, one address, many addresses; and what other visitors notice. */
import { mintConversationId } from '@rivulet/protocol';
import { randomBytes } from '../../base/index.ts';
import { DEFAULT_RATE_LIMITS } from '../../rate-limits/settings.ts';
import { connectAttacker, type Attacker } from './attacker.ts';
import type { Deployment } from './deployments.ts';

/** The size of an attack. */
export interface AttackScale {
  /** The messages of one visitor over 20 connections. */
  messages: number;
  /** The addresses of the attack from many. */
  addresses: number;
  /** The other visitors of the site. */
  witnesses: number;
}

/** The sizes of the named command. */
export const FULL_SCALE: AttackScale = { messages: 1_000, addresses: 500, witnesses: 20 };

/** What an attack has done. */
export interface AttackReport {
  /** The visitors who were admitted, of those who came. */
  admitted: number;
  came: number;
  /** The outcomes of all messages by code. */
  outcomes: Readonly<Record<string, number>>;
  /** Runs that reached the provider, and how many the limit allows. */
  started: number;
  allowed: number;
  /** The most runs at once, and how many the limit allows. */
  mostAtOnce: number;
  allowedAtOnce: number;
  /** The milliseconds from a message of another visitor to its acceptance. */
  witnessMs: readonly number[];
  /** Messages of other visitors that were refused. */
  witnessesRefused: number;
}

const CONNECTIONS = 20;
/** Less than half of the limit of a visitor: without Redis, the share of a visitor who stays with one of two gateways. */
const WITNESS_MESSAGES = 9;
const [visitor, address, site] = [
  DEFAULT_RATE_LIMITS.visitor,
  DEFAULT_RATE_LIMITS.address,
  DEFAULT_RATE_LIMITS.site,
];
// Without a default the attack would be without a bound.
const bounded = (bound: number | 'off'): number => (bound === 'off' ? Infinity : bound);

/** 20 connections of one visitor, which send all messages. */
export async function attackAsOneVisitor(deployment: Deployment, scale: AttackScale): Promise<AttackReport> {
  const first = await join(deployment, { number: 0, address: '203.0.113.1' });
  const token = typeof first === 'string' ? undefined : first.token;
  const others = Array.from({ length: CONNECTIONS - 1 }, (_, index) =>
    join(deployment, { number: index + 1, address: '203.0.113.1', token }),
  );
  const visitors = [first, ...(await Promise.all(others))];
  return attack(deployment, scale, {
    visitors,
    messagesEach: Math.ceil(scale.messages / CONNECTIONS),
    allowed: bounded(visitor.messagesPerMinute),
    allowedAtOnce: bounded(visitor.runsAtOnce),
    witnessSite: 'demo',
  });
}

/** 50 visitors who come from one address. */
export async function attackFromOneAddress(
  deployment: Deployment,
  scale: AttackScale,
): Promise<AttackReport> {
  const visitors = await Promise.all(
    Array.from({ length: 50 }, (_, number) => join(deployment, { number, address: '203.0.113.2' })),
  );
  return attack(deployment, scale, {
    visitors,
    messagesEach: 20,
    allowed: bounded(address.messagesPerMinute),
    allowedAtOnce: bounded(address.runsAtOnce),
    witnessSite: 'demo',
  });
}

/** A visitor from each of many addresses. The other visitors are those of another site: the ceiling of this one is reached. */
export async function attackFromManyAddresses(
  deployment: Deployment,
  scale: AttackScale,
): Promise<AttackReport> {
  const visitors = await Promise.all(
    Array.from({ length: scale.addresses }, (_, number) =>
      join(deployment, { number, address: `198.51.${100 + (number >> 8)}.${number & 255}` }),
    ),
  );
  return attack(deployment, scale, {
    visitors,
    messagesEach: 8,
    allowed: bounded(site.messagesPerMinute),
    allowedAtOnce: bounded(site.runsAtOnce),
    witnessSite: 'other',
  });
}

interface Joining {
  number: number;
  address: string;
  token?: string | undefined;
}

const join = ({ urls }: Deployment, { number, address: from, token }: Joining) =>
  connectAttacker({ url: urls[number % urls.length] ?? '', address: from, site: 'demo', token });

interface Plan {
  visitors: readonly (Attacker | string)[];
  messagesEach: number;
  allowed: number;
  allowedAtOnce: number;
  witnessSite: string;
}

async function attack(deployment: Deployment, scale: AttackScale, plan: Plan): Promise<AttackReport> {
  const attackers = plan.visitors.filter((one) => typeof one !== 'string');
  const outcomes: Record<string, number> = {};
  const half = Math.floor((attackers.length * plan.messagesEach) / 2);
  let sent = 0;
  const sendAll = async (attacker: Attacker) => {
    for (let count = 0; count < plan.messagesEach; count += 1) {
      sent += 1;
      if (sent === half) await deployment.onHalf();
      const outcome = await attacker.send('attacker wants more');
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  const witnesses = watch(deployment, scale, plan.witnessSite);
  await Promise.all(attackers.map(sendAll));
  const { witnessMs, witnessesRefused } = await witnesses;
  for (const attacker of attackers) attacker.close();
  const { started, mostAtOnce } = deployment.asked('attacker');
  const { allowed, allowedAtOnce } = plan;
  const people = { admitted: attackers.length, came: plan.visitors.length };
  return { ...people, outcomes, started, allowed, mostAtOnce, allowedAtOnce, witnessMs, witnessesRefused };
}

/** Other visitors, each from an address of its own, who write one message after the other. */
async function watch(
  { urls }: Deployment,
  { witnesses }: AttackScale,
  siteId: string,
): Promise<Pick<AttackReport, 'witnessMs' | 'witnessesRefused'>> {
  const witnessMs: number[] = [];
  let witnessesRefused = 0;
  const write = async (number: number) => {
    const url = urls[number % urls.length] ?? '';
    const witness = await connectAttacker({ url, address: `192.0.2.${number}`, site: siteId });
    if (typeof witness === 'string') {
      witnessesRefused += 1;
      return;
    }
    const conversationId = mintConversationId(randomBytes);
    for (let count = 0; count < WITNESS_MESSAGES; count += 1) {
      const sentAtMs = performance.now();
      const outcome = await witness.send('witness asks', conversationId);
      witnessMs.push(performance.now() - sentAtMs);
      if (outcome !== 'accepted') witnessesRefused += 1;
      await witness.answered();
    }
    witness.close();
  };
  await Promise.all(Array.from({ length: witnesses }, (_, number) => write(number)));
  return { witnessMs, witnessesRefused };
}

/** What other visitors notice without an attack. */
export const watchInPeace = (deployment: Deployment, scale: AttackScale) => watch(deployment, scale, 'demo');
