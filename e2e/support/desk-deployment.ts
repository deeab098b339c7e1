/** Gateways with a desk on one Redis and one Postgres, and two people who sign in to the console of any of them. */
import { createHash } from 'node:crypto';
import type { GatewayProcess } from './processes.ts';
import { openSharedDeployment } from './shared-deployment.ts';

/** The people at the desk. */
export const PEOPLE = ['ada', 'bob'] as const;
/** One of them. */
export type Person = (typeof PEOPLE)[number];

/** What a gateway answers to somebody at the desk. */
export interface DeskAnswer {
  status: number;
  /** As the route documents it. */
  body: Record<string, unknown>;
}

/** The servers and the gateways. */
export interface DeskDeployment {
  /** The URL of one of two gateways that live on. */
  urlOf(index: number): string;
  /** Starts a gateway that the test kills. */
  startVictim(): Promise<GatewayProcess>;
  /** Posts to a route of one conversation, at one of the gateways that live on. */
  act(person: Person, route: { at: number; id: string; act: string }, body?: unknown): Promise<DeskAnswer>;
  /** Reads a conversation as the desk shows it. */
  read(person: Person, id: string): Promise<DeskAnswer>;
  /** Sets what a person is for visitors: `offline` as if their page of the desk was closed. */
  choose(person: Person, choice: 'online' | 'offline'): Promise<void>;
  close(): Promise<void>;
}

const tokenOf = (person: Person) => `the token of ${person}, which nobody else has`;
const HEADERS = { 'x-rivulet-console': '1' };

/** Starts the servers and two gateways, and signs both people in: a session holds on every gateway. */
export async function openDeskDeployment(): Promise<DeskDeployment> {
  const adminUsers = PEOPLE.map((name) => ({
    ...{ name, role: 'agent', displayName: name.toUpperCase() },
    tokenHash: createHash('sha256').update(tokenOf(name)).digest('hex'),
  }));
  const sites = [{ id: 'demo', origins: ['*'], desk: {} }];
  const deployment = await openSharedDeployment({ adminUsers, sites });
  const { gateways } = deployment;
  const urlOf = (index: number) => gateways[index % gateways.length]?.url ?? '';
  const cookies = new Map<Person, string>();
  for (const person of PEOPLE) {
    const body = JSON.stringify({ token: tokenOf(person) });
    const response = await fetch(`${urlOf(0)}/admin/api/login`, { method: 'POST', headers: HEADERS, body });
    cookies.set(person, response.headers.getSetCookie()[0]?.split(';')[0] ?? '');
  }
  return {
    urlOf,
    startVictim: () => deployment.start(),
    async act(person, { at, id, act }, body = {}) {
      const response = await fetch(`${urlOf(at)}/admin/api/desk/conversations/${id}/${act}`, {
        method: 'POST',
        headers: { ...HEADERS, cookie: cookies.get(person) ?? '' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async read(person, id) {
      const headers = { ...HEADERS, cookie: cookies.get(person) ?? '' };
      const response = await fetch(`${urlOf(0)}/admin/api/desk/conversations/${id}`, { headers });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async choose(person, choice) {
      const headers = { ...HEADERS, cookie: cookies.get(person) ?? '' };
      const url = `${urlOf(0)}/admin/api/desk/availability`;
      const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ choice }) });
      if (status !== 204) throw new Error(`the desk answered ${status}`);
    },
    close: () => deployment.close(),
  };
}
