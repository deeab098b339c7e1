/** Replies of a gateway that is killed, which their upstream goes on writing: another gateway, or the next start, goes on with them. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../packages/gateway/src/testing/protocol-client.ts';
import { startUpstream } from '../packages/gateway/src/testing/upstream/upstream.ts';
import { ask, greet } from './support/protocol-visitor.ts';
import { createDataFolder, startGateway } from './support/processes.ts';
import { quantile, scaled } from './support/scale.ts';
import {
  closingTimes,
  endsIn,
  HALF,
  openTakeoverDeployment,
  reasonOf,
  WHOLE,
  type TakeoverDeployment,
} from './support/takeover-deployment.ts';

const REATTACH = { RIVULET_REATTACH: 'true', RIVULET_API: 'responses' };
const REPLIES = scaled({ sample: 20, full: 100 });

const isGoingOn = (log: readonly string[]) =>
  log.some((event) => event.includes('"why":"retry"')) && log.some((event) => event.includes('"why":null'));

/** Whether the store has the response of an upstream in the note of a reply. */
function hasNote(file: string): boolean {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('SELECT events FROM progress UNION ALL SELECT answers FROM saves').all();
  database.close();
  return JSON.stringify(rows).includes('resp_1');
}

let deployment: TakeoverDeployment;
beforeAll(async () => {
  deployment = await openTakeoverDeployment(REATTACH);
});
afterAll(() => deployment.close());

describe('the replies of a gateway that is gone, which their upstream goes on writing', () => {
  it('go on at another gateway: no text is lost or doubled, and none is withdrawn (3, 5)', async () => {
    const { upstream } = deployment;
    const victim = await deployment.startVictim();
    const orphans = await deployment.beginReplies(victim, REPLIES);
    // What is not saved yet of a reply, within a checkpoint of its beginning, is lost with its gateway.
    await expect.poll(() => deployment.notedResponses()).toBe(REPLIES);
    await victim.end('SIGKILL');
    const closing = closingTimes(orphans);
    // Some are read again when they are complete, and some before.
    const [first] = orphans;
    await expect
      .poll(async () => first !== undefined && isGoingOn(await deployment.logOf(first)), { timeout: 60_000 })
      .toBe(true);
    upstream.release();
    const times = await closing;
    for (const orphan of orphans) {
      expect([reasonOf(orphan), orphan.viewer.text]).toEqual(['stop', WHOLE]);
      const log = await deployment.logOf(orphan);
      expect([endsIn(log), isGoingOn(log)]).toEqual([1, true]);
      expect(log.filter((event) => event.includes('"run-restarted"'))).toEqual([]);
    }
    expect(upstream.requests).toHaveLength(REPLIES);
    const [p50, p99] = [0.5, 0.99].map((share) => (quantile(times, share) / 1000).toFixed(1));
    console.log(`${times.length} replies went on after a kill, asked for once: p50 ${p50} s, p99 ${p99} s`);
  }, 120_000);

  it('go on at the only gateway when it starts again on SQLite, also when all was written meanwhile', async () => {
    const [upstream, data] = [await startUpstream(), createDataFolder()];
    const environment = {
      ...{ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path },
      ...REATTACH,
    };
    const first = await startGateway(environment);
    const { client, token } = await greet(first.url);
    const { conversationId } = ask(client, 'Is anybody there? [[hang-mid]]');
    await client.until(() => client.text === HALF);
    await expect.poll(() => hasNote(join(data.path, 'rivulet.sqlite'))).toBe(true);
    await first.end('SIGKILL');
    upstream.release();
    await upstream.waitFor({ state: 'answered' });
    const second = await startGateway(environment);
    const viewer = await ProtocolClient.connect(second.url, { token, subscriptions: [{ conversationId }] });
    await viewer.until(() => reasonOf({ viewer }) !== undefined);
    expect([reasonOf({ viewer }), viewer.text]).toEqual(['stop', WHOLE]);
    expect(upstream.requests).toHaveLength(1);
    await second.end('SIGTERM');
    await upstream.close();
    data.remove();
  });
});
