/** What an operator reads when the executable cannot start: one sentence with the cause and what to do, and the exit code 1. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findFreePort } from '../packages/gateway/src/testing/free-port.ts';
import { startPostgres } from '../packages/gateway/src/testing/postgres-server.ts';
import { startRedis } from '../packages/gateway/src/testing/redis-server.ts';
import { createDataFolder, startProcess } from './support/processes.ts';

const data = createDataFolder();
afterAll(() => {
  data.remove();
});

/** Starts a gateway that cannot start. @returns its standard error, when it is one sentence without a stack trace */
async function failedStart(environment: Record<string, string>, args: string[] = []): Promise<string> {
  const gateway = startProcess(['packages/gateway/dist/src/cli/main.js', ...args], {
    RIVULET_DATA: data.path,
    PORT: '0',
    ...environment,
  });
  expect(await gateway.ended).toBe(1);
  const errors = gateway.errors();
  expect(errors).toMatch(/^rivulet: [^\n]+\n$/);
  expect(errors).not.toMatch(/rivulet: internal|\.js:\d+|sesame/);
  return errors;
}

it('says why a Postgres cannot be used: certificate, password, database, and that it is down (G23)', async () => {
  const server = await startPostgres('tls');
  await server.run("CREATE ROLE shop LOGIN PASSWORD 'sesame'");
  const { port } = server.network;
  const start = (login: string, rest: string) =>
    failedStart({ RIVULET_POSTGRES_URL: `postgres://${login}@127.0.0.1:${port}/${rest}` });
  expect(await start('shop:sesame', 'shop?sslmode=require')).toMatch(
    new RegExp(`Postgres at 127\\.0\\.0\\.1:${port} has a certificate .*sslmode=no-verify`),
  );
  expect(await start('shop:wrong', 'shop?sslmode=no-verify')).toContain('refuses the password');
  expect(await start('shop:sesame', 'shop?sslmode=no-verify')).toContain('has no database "shop"; create it');
  await server.dispose();
  expect(await start('shop:sesame', 'shop')).toContain(
    `127.0.0.1:${port} refuses connections; check that it is up`,
  );
});

it('says that the data folder is a file, and that an address is not one of this machine (G25)', async () => {
  const file = join(data.path, 'file');
  writeFileSync(file, '');
  expect(await failedStart({ RIVULET_DATA: file })).toContain(
    `${file} (RIVULET_DATA) cannot be used: there is a file`,
  );
  expect(await failedStart({ HOST: '192.0.2.1' })).toContain('is not one of this machine; set HOST');
});

it('says that a Redis asks for a password, and ends at once (G24)', async () => {
  const port = await findFreePort();
  const server = await startRedis('volatile', { port: `${port}`, requirepass: 'sesame' });
  const secret = 'a secret for tests, 32 bytes long';
  const start = (login: string) =>
    failedStart({ RIVULET_REDIS_URL: `redis://${login}127.0.0.1:${port}`, RIVULET_SECRET: secret });
  expect(await start('')).toContain(`Redis at 127.0.0.1:${port} asks for a password; give it in the URL`);
  expect(await start(':wrong@')).toContain('refuses the password or the user name; correct them in the URL');
  await server.dispose();
});
