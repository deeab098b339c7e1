import { CLOSE_CODES, PROTOCOL_VERSION } from '@rivulet/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProtocolClient } from '../testing/protocol-client.ts';
import { startGateway, type StartedGateway } from '../testing/start-gateway.ts';

let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway();
});
afterEach(() => started.stop());

const [major] = PROTOCOL_VERSION.split('.').map(Number) as [number]; // the version begins with a number
const hello = async (protocol: string) => {
  const client = await ProtocolClient.open(started.url);
  const about = { client: { name: 'test', version: '0' }, capabilities: [], subscriptions: [] };
  client.sendRaw(JSON.stringify({ type: 'hello', id: 'q_version001', protocol, site: 'demo', ...about }));
  return client;
};

describe('a gateway (invariant 8)', () => {
  it.each([`${major}.0`, PROTOCOL_VERSION, `${major}.99`])('welcomes a client of %s', async (protocol) => {
    expect(await (await hello(protocol)).received('welcome')).toMatchObject({ protocol: PROTOCOL_VERSION });
  });

  it.each([`${major + 1}.0`, `${major}${major}.0`, '0.9'])(
    'rejects a client of %s and closes the connection as unsupported',
    async (protocol) => {
      const client = await hello(protocol);
      expect(await client.closed).toEqual({ code: CLOSE_CODES.unsupported });
      expect(client.events).toMatchObject([{ type: 'rejected', error: { code: 'unsupported' } }]);
    },
  );
});
