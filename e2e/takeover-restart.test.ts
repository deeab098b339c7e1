/** Replies of a gateway that is killed, on a site that restarts them: by another gateway, or by the only one when it starts again. */
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

const RESTART = { RIVULET_WHEN_INTERRUPTED: 'restart' };
const KILLS = scaled({ sample: 1, full: 10 });
const REPLIES = scaled({ sample: 40, full: 100 });

let deployment: TakeoverDeployment;
beforeAll(async () => {
  deployment = await openTakeoverDeployment(RESTART);
});
afterAll(() => deployment.close());

describe('the replies of a gateway that is gone, where the site says restart', () => {
  it('are finished by another gateway, each once (3)', { timeout: 120_000 * KILLS }, async () => {
    const times: number[] = [];
    let finished = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const victim = await deployment.startVictim();
      const orphans = await deployment.beginReplies(victim, REPLIES);
      await victim.end('SIGKILL');
      const closing = closingTimes(orphans);
      // The requests of the victim are closed; those that wait now were sent by the gateways that took its replies over.
      await deployment.upstream.waitFor({ state: 'client-closed', count: REPLIES * (kill + 1) });
      await deployment.upstream.waitFor({ state: 'gated', count: REPLIES });
      deployment.upstream.release(1);
      times.push(...(await closing));
      for (const orphan of orphans) {
        if (reasonOf(orphan) === 'stop' && orphan.viewer.text === WHOLE) finished += 1;
        const log = await deployment.logOf(orphan);
        expect([endsIn(log), log.filter((event) => event.includes('"run-restarted"')).length]).toEqual([
          1, 1,
        ]);
        await orphan.viewer.cut();
      }
    }
    const [p50, p99] = [0.5, 0.99].map((share) => (quantile(times, share) / 1000).toFixed(1));
    const share = ((100 * finished) / times.length).toFixed(1);
    console.log(`${share} % of ${times.length} replies finished after a kill: p50 ${p50} s, p99 ${p99} s`);
    expect(finished).toBe(times.length);
  });

  it('are finished by the only gateway when it starts again on SQLite', async () => {
    const [upstream, data] = [await startUpstream(), createDataFolder()];
    const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: upstream.url, RIVULET_DATA: data.path };
    const first = await startGateway({ ...environment, ...RESTART });
    const { client, token } = await greet(first.url);
    const { conversationId } = ask(client, 'Is anybody there? [[hang-mid]]');
    await client.until(() => client.text === HALF);
    await first.end('SIGKILL');
    await upstream.waitFor({ state: 'client-closed' });
    const second = await startGateway({ ...environment, ...RESTART });
    const viewer = await ProtocolClient.connect(second.url, { token, subscriptions: [{ conversationId }] });
    await upstream.waitFor({ state: 'gated' });
    upstream.release();
    await viewer.until(() => reasonOf({ viewer }) !== undefined);
    expect([reasonOf({ viewer }), viewer.text]).toEqual(['stop', WHOLE]);
    await second.end('SIGTERM');
    await upstream.close();
    data.remove();
  });
});
