/** 10,000 connections of visitors who have a page open and ask nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import { cpuUsOf } from './cpu-time.ts';
import { onFreshTarget } from './fresh-target.ts';
import { NO_FAULTS } from './measure.ts';
import { closeAll, type Scenario } from './scenarios.ts';
import { openAll } from './targets/target.ts';

/** The number of connections. */
export const IDLE_CONNECTIONS = 10_000;
/** The heartbeat interval of the gateway and of Socket.IO, so that each connection has exactly one heartbeat in it. */
const WINDOW_MS = 25_000;

/** The memory of an idle connection, and the CPU time of all of them. */
export const idle: Scenario = async (target) => {
  if (!target.hasIdleConnections) return null;
  return onFreshTarget(target, async (fresh) => {
    const { child } = fresh;
    const beforeKb = child.residentKb();
    const visitors = await openAll(IDLE_CONNECTIONS, () => fresh.connect());
    await delay(1_000);
    const beforeUs = cpuUsOf(fresh);
    await delay(WINDOW_MS);
    const figures = {
      'kB a connection': (child.residentKb() - beforeKb) / IDLE_CONNECTIONS,
      'cpu ms a second': (cpuUsOf(fresh) - beforeUs) / WINDOW_MS,
    };
    closeAll(visitors);
    return { figures, faults: NO_FAULTS };
  });
};
