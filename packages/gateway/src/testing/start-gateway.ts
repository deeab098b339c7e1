/** Starts a complete gateway on a free local port, with in-memory adapters and a provider that the test controls. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { createAnonymousAuth } from '../auth/anonymous.ts';
import { randomBytes, systemClock } from '../base/index.ts';
import { createMemoryEventLog } from '../event-logs/memory.ts';
import { createMemoryFileStore } from '../files/memory.ts';
import { createGateway } from '../gateway.ts';
import type { Gateway, GatewayOptions } from '../gateway-options.ts';
import { createMemoryStore } from '../stores/memory.ts';
import { createScriptProvider, type ScriptProvider } from './script-provider.ts';

/** A gateway that serves HTTP. */
export interface StartedGateway {
  gateway: Gateway;
  /** The gateway's provider, unless the options name another one. */
  provider: ScriptProvider;
  /** `http://127.0.0.1:…` */
  url: string;
  /** Closes the gateway and its server. */
  stop(): Promise<void>;
}

/** Starts a gateway with defaults for all options. */
export async function startGateway(options: Partial<GatewayOptions> = {}): Promise<StartedGateway> {
  const provider = createScriptProvider();
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-widget-'));
  writeFileSync(join(folder, 'rivulet.js'), '/* the loader */\n');
  writeFileSync(join(folder, 'site.js'), 'globalThis.applied = RIVULET_SITE;\n');
  writeFileSync(join(folder, 'licenses.txt'), 'Name: lit-html\n');
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
    // Tests open many visitors from one address. A test of the limits sets its own.
    rateLimits: 'off',
    ...options,
    // A test may end with runs that never finish: `stop` must not wait for them. A failure that a test scripts is its run's end.
    limits: { drainMs: 1, maxUpstreamRetries: 0, ...options.limits },
  });
  const server = createServer(express().use(gateway.router));
  gateway.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has this kind of address
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
