/** What more gateways on one Redis and one Postgres deliver. On one machine they share its cores with everything else. */
import { NO_FAULTS, sumFaults, type Faults } from './measure.ts';
import { burst, steady, type Scenario } from './scenarios.ts';
import type { Node, Target } from './targets/target.ts';

const MOST_NODES = 3;
/** The scenarios that are measured, with the figures of each that the number of nodes may change. */
const MEASURED: readonly { scenario: Scenario; figures: readonly string[] }[] = [
  { scenario: burst, figures: ['deltas a second'] },
  { scenario: steady, figures: ['delta p99 ms', 'cpu a delta, gateway us', 'cpu a delta, redis us'] },
];

/** The load of `burst` and that of `steady` on one gateway, on two and on three. */
export const nodes: Scenario = async (target, scale) => {
  if (target.startNode === undefined) return null;
  const started: Node[] = [];
  const all: Record<string, number> = {};
  let faults: Readonly<Faults> = NO_FAULTS;
  for (let count = 1; count <= MOST_NODES; count += 1) {
    if (count > 1) started.push(await target.startNode());
    for (const { scenario, figures } of MEASURED) {
      const result = await scenario(spread(target, started), scale);
      for (const name of figures)
        all[`${count} ${count === 1 ? 'node' : 'nodes'}: ${name}`] = result?.figures[name] ?? NaN;
      faults = sumFaults([faults, result?.faults ?? NO_FAULTS]);
    }
  }
  for (const node of started) await node.close();
  return { figures: all, faults };
};

/** The target and further nodes as one target: each new visitor connects to the next of them, and their CPU time is one sum. */
function spread(target: Target, others: readonly Node[]): Target {
  const everyNode: readonly Node[] = [target, ...others];
  let connected = 0;
  return {
    ...target,
    child: {
      ...target.child,
      cpuUs: () => everyNode.reduce((sum, { child }) => sum + child.cpuUs(), 0),
    },
    connect: () => {
      connected += 1;
      return (everyNode[connected % everyNode.length] ?? target).connect();
    },
  };
}
