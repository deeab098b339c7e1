// Checks the packed packages as a consumer gets them: publint and are-the-types-wrong check the files, and the gateway is started
// with its required dependencies only, without the optional packages. It serves the pages of the console, with the licences of what is
// bundled in them.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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
const modules = join(folder, 'site', 'node_modules');
unpackPackages(modules, Object.fromEntries(packed));
const main = join(modules, '@rivulet/gateway/dist/src/cli/main.js');
startWithoutOptionalPackages();
await serveConsole();
rmSync(folder, { recursive: true });
process.exitCode = failures === 0 ? 0 : 1;

/** The gateway requires `pg`, `ioredis` or `nodemailer` only when its use is configured; its error then names the package to install. */
function startWithoutOptionalPackages() {
  expectStart(main, { args: ['--version'], status: 0, output: /\d+\.\d+\.\d+/ });
  const conformance = join(modules, '@rivulet/protocol/dist/conformance/main.js');
  expectStart(conformance, { args: ['conformance', '--list'], status: 0, output: /resume-in-answer/ });
  const shared = { RIVULET_SECRET: 's'.repeat(32) };
  const redis = { ...shared, RIVULET_STORE: 'memory', RIVULET_REDIS_URL: 'redis://127.0.0.1:1' };
  expectStart(main, { environment: redis, status: 1, output: /npm install ioredis/ });
  const postgres = { ...shared, RIVULET_POSTGRES_URL: 'postgres://127.0.0.1:1/none' };
  expectStart(main, { environment: postgres, status: 1, output: /npm install pg/ });
  const mail = { host: '127.0.0.1', from: 'chat@shop.example', to: ['team@shop.example'] };
  const mailed = { ...shared, RIVULET_STORE: 'memory', RIVULET_MAIL: JSON.stringify(mail) };
  expectStart(main, { environment: mailed, status: 1, output: /npm install nodemailer/ });
}

function expectStart(main, { args = [], environment = {}, status, output }) {
  const started = spawnSync(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, PORT: '0', ...environment },
    encoding: 'utf8',
    timeout: START_TIMEOUT_MS,
  });
  const text = started.stdout + started.stderr;
  if (started.status === status && output.test(text)) return;
  fail(`ended with ${started.status} instead of ${status}, or without ${output}:\n${text}`);
}

function fail(what) {
  process.stderr.write(`A packed executable ${what}\n`);
  failures += 1;
}

/** Asks for the page, for each file that it needs, for the licences, and signs in. */
async function serveConsole() {
  const token = 't'.repeat(40);
  const settings = { PORT: '0', RIVULET_STORE: 'memory', RIVULET_SECRET: 's'.repeat(32) };
  const gateway = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...settings, RIVULET_CONSOLE_TOKEN: token },
    cwd: join(folder, 'site'),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: START_TIMEOUT_MS,
  });
  const exited = once(gateway, 'exit');
  try {
    const url = await urlOf(gateway);
    const page = await textOf(new URL('/admin', url));
    const scripts = [...page.matchAll(/src="(\/admin\/files\/[^"]+)"/g)].map(([, path]) => path);
    if (scripts.length === 0) fail('has a page of the console without a script');
    for (const path of await withImports(url, scripts)) await textOf(new URL(path, url));
    const licenses = await textOf(new URL('/admin/files/licenses.txt', url));
    for (const name of ['lit-html', 'valibot', 'temml'])
      if (!licenses.includes(`Name: ${name}\n`))
        fail(`does not tell the licence of ${name}, which the console has`);
    const response = await fetch(new URL('/admin/api/login', url), {
      ...{ method: 'POST', headers: { 'x-rivulet-console': '1' }, body: JSON.stringify({ token }) },
    });
    if (!response.ok) fail(`answers ${response.status} to who signs in to the console`);
  } catch (error) {
    fail(`does not serve the console: ${error.message}`);
  } finally {
    gateway.kill();
    await exited;
  }
}

/** The address in the line that the gateway prints when it listens. */
async function urlOf({ stdout }) {
  for await (const line of createInterface({ input: stdout })) {
    const [url] = /https?:\/\/\S+/.exec(line) ?? [];
    if (url !== undefined) {
      stdout.resume();
      return url;
    }
  }
  throw new Error('it ended before it listened');
}

/** The paths of scripts and of all that they import, at once or later. */
async function withImports(url, paths) {
  const found = new Set(paths);
  for (const path of found) {
    const code = await textOf(new URL(path, url));
    for (const [, name] of code.matchAll(/["'`]\.\/([\w-]+\.js)["'`]/g)) found.add(`/admin/files/${name}`);
  }
  return found;
}

async function textOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} is answered with ${response.status}`);
  return response.text();
}
