// Checks the packed packages as a consumer gets them: publint and are-the-types-wrong check the files, and the gateway is started
// with its required dependencies only, without the optional packages.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackPackages } from './packed-packages.ts';
import { pnpmCommand } from './pnpm.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The entry points of each package that are files, not modules. */
const ASSETS = {
  protocol: ['./golden/*', './schema/*'],
  gateway: [],
  widget: ['./cdn/*', './custom-elements.json'],
};

const [command, ...commandArgs] = pnpmCommand();
const folder = mkdtempSync(join(tmpdir(), 'rivulet-pack-'));
/** How long the gateway may take to exit with an error or to serve. */
const START_TIMEOUT_MS = 20_000;
const packed = new Map();
let failures = 0;
const check = (tool, args) => {
  if (spawnSync(tool, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status !== 0) failures += 1;
};
for (const [name, assets] of Object.entries(ASSETS)) {
  const cwd = join(root, 'packages', name);
  execFileSync(command, [...commandArgs, 'pack', '--pack-destination', folder], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tarball = join(
    folder,
    readdirSync(folder).find((file) => file.includes(`-${name}-`)),
  );
  packed.set(name, tarball);
  check('publint', [tarball, '--strict']);
  const excluded = assets.length === 0 ? [] : ['--exclude-entrypoints', ...assets];
  check('attw', [tarball, '--profile', 'esm-only', '--format', 'ascii', ...excluded]);
}
startWithoutOptionalPackages();
rmSync(folder, { recursive: true });
process.exitCode = failures === 0 ? 0 : 1;

/** The gateway requires `pg` or `ioredis` only when Postgres or Redis is configured; its error then names the package to install. */
function startWithoutOptionalPackages() {
  const modules = join(folder, 'site', 'node_modules');
  unpackPackages(modules, Object.fromEntries(packed));
  const main = join(modules, '@rivulet/gateway/dist/src/cli/main.js');
  expectStart(main, { args: ['--version'], status: 0, output: /\d+\.\d+\.\d+/ });
  const conformance = join(modules, '@rivulet/protocol/dist/conformance/main.js');
  expectStart(conformance, { args: ['conformance', '--list'], status: 0, output: /resume-in-answer/ });
  const shared = { RIVULET_SECRET: 's'.repeat(32) };
  const redis = { ...shared, RIVULET_STORE: 'memory', RIVULET_REDIS_URL: 'redis://127.0.0.1:1' };
  expectStart(main, { environment: redis, status: 1, output: /npm install ioredis/ });
  const postgres = { ...shared, RIVULET_POSTGRES_URL: 'postgres://127.0.0.1:1/none' };
  expectStart(main, { environment: postgres, status: 1, output: /npm install pg/ });
}

function expectStart(main, { args = [], environment = {}, status, output }) {
  const started = spawnSync(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, PORT: '0', ...environment },
    encoding: 'utf8',
    timeout: START_TIMEOUT_MS,
  });
  const text = started.stdout + started.stderr;
  if (started.status === status && output.test(text)) return;
  process.stderr.write(
    `A packed executable ended with ${started.status} instead of ${status}, or without ${output}:\n${text}`,
  );
  failures += 1;
}
