/** A whole gateway on a free port of this machine, with memory adapters and a provider that the test plays. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import { systemClock } from '../base/clock.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createMemoryFileStore } from '../files/memory.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../gateway.ts';
import { randomBytes } from '../base/random.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createScriptProvider, type ScriptProvider } from './script-provider.ts';

export interface StartedGateway {
  gateway: Gateway;
  provider: ScriptProvider;
  /** `http://127.0.0.1:…` */
  url: string;
  stop(): Promise<void>;
}

export async function startGateway(options: Partial<GatewayOptions> = {}): Promise<StartedGateway> {
  const provider = createScriptProvider();
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-widget-'));
  writeFileSync(join(folder, 'rivulet.js'), '/* the loader */\n');
  const gateway = await createGateway({
    provider,
    store: createMemoryStore(),
    eventLog: createMemoryEventLog(),
    auth: createAnonymousAuth({
      secret: 'a secret for tests, 32 bytes long',
      clock: systemClock,
      random: randomBytes,
    }),
    files: { store: createMemoryFileStore(), secret: 'a secret for tests, 32 bytes long' },
    widgetFolder: folder,
    ...options,
    // A test that ends leaves its runs behind: they are cut at once.
    limits: { drainMs: 1, ...options.limits },
  });
  const server = createServer(express().use(gateway.router));
  gateway.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server on TCP has no other kind of address
  return {
    gateway,
    provider,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await gateway.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
