// Runs a task (`npm start`, `npm test` and others) from a clean clone. Requires only Node >= 18 and npm or pnpm.
// It is started by the host's Node before dependencies are installed: no imports of packages, only syntax that Node 18 supports.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The steps of the tasks run binaries of node_modules/.bin with the pinned Node. */
const [BUILD, FULL] = [['rollup -c --silent'], { RIVULET_SCALE: 'full' }];
const [STATES, PICTURES] = ['packages/widget/src/ui/states.browser.test.ts', { VITE_SCREENSHOTS: '1' }];
const NODE = 'vitest run --project node packages/gateway/src';
const [E2E, ALL] = ['vitest run --config vitest.e2e.config.ts', ['build', 'browser']];
const HOSTILE = ['vitest run hostile erase-all any-', `${E2E} hostile`];
const TYPES = ['tsc -b', 'tsc -p tsconfig.test.json'];
const LINT = [
  'eslint . --cache --cache-location node_modules/.cache/eslint/ --max-warnings 0',
  'depcruise --config .dependency-cruiser.mjs packages --output-type err',
  'prettier --check --log-level warn .',
];
const tasks = {
  build: { steps: [...TYPES, ...BUILD] },
  start: { steps: ['node packages/gateway/dist/src/cli/main.js'], needs: ['build'] },
  dev: { steps: ['node scripts/dev.mjs'], needs: ['build'] },
  lint: { steps: ['tsc -b', ...LINT] },
  test: {
    // `tsc -b` writes the type declarations that the examples are compiled with, as a site's code would be.
    steps: ['tsc -b', 'vitest run', E2E],
    needs: ALL,
  },
  // `test` runs a sample of the e2e tests; this task runs them at full scale: all seeds, all kills, the full load.
  'test:chaos': { steps: ['tsc -b', E2E], needs: ALL, env: FULL },
  // 500 random histories on three gateways with Redis and Postgres, and their figures: about 25 minutes. `test` plays a sample.
  'test:histories': { steps: [`${E2E} e2e/chaos.test.ts -t Redis`], needs: ALL, env: FULL },
  // Kills 200 processes that accept messages and 50 gateways in mid-answer, and prints what is lost. `test` runs a sample.
  'test:kill': {
    steps: [`${NODE}/stores/sqlite-crash.test.ts`, `${E2E} e2e/shown-text.test.ts`],
    needs: ['build'],
    env: FULL,
  },
  // Kills a gateway with 2,000 viewers, and prints how they come back to two others. `test` runs it with 300.
  'test:nodes': { steps: [`${E2E} e2e/node-loss.test.ts`], needs: ['build'], env: FULL },
  // Plays 600 random endings of runs on each store, and prints what is recorded and what the upstream has charged.
  'test:budgets': { steps: [`${NODE}/budgets/random-endings.test.ts`], env: FULL },
  // All hostile sockets, texts, inputs and upstreams, of which `test` tries a sample. Prints what happened.
  'test:hostile': { steps: HOSTILE, needs: ALL, env: FULL },
  // Applies deliberate breaks to copies of the tree and checks that the tests of PROTOCOL.md §17 fail.
  'test:breaks': { steps: ['node scripts/breaks.mjs'] },
  'test:unit': { steps: ['vitest run'], needs: ['browser'] },
  'test:e2e': { steps: ['tsc -b', E2E], needs: ALL },
  // The main functions of the widget in Firefox.
  'test:engines': {
    steps: ['vitest run --config vitest.engines.config.ts'],
    needs: ['build', 'browser', 'firefox'],
  },
  // Writes screenshots of the widget in all its states to e2e/screenshots.
  screenshots: { steps: [`vitest run --project browser ${STATES}`], needs: ['browser'], env: PICTURES },
  size: { steps: ['size-limit'], needs: ['build'] },
  generate: { steps: ['node scripts/generate.mjs'] },
  // Generates the pages of the public API in docs/api.
  docs: { steps: ['tsc -b', 'node scripts/api-docs.mjs'] },
  bench: { steps: ['node bench/run.mjs'], needs: ALL },
  // Writes what each published package ships to sbom/, as CycloneDX, and checks it.
  sbom: { steps: ['node scripts/sbom.ts'] },
  // Asks the registry for known vulnerabilities. Exits with 1 when one is high or critical, with 2 when there was no answer.
  audit: { steps: ['node scripts/audit.ts'] },
  // All checks that a change must pass, except the tests.
  check: {
    steps: [
      ...TYPES,
      ...LINT,
      'node scripts/generate.mjs --check',
      'node scripts/api-docs.mjs',
      'rollup -c --silent',
      'size-limit',
      'node scripts/check-packages.mjs',
      'node scripts/check-install-scripts.ts',
      'node scripts/check-security.ts',
      'node scripts/sbom.ts',
    ],
  },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const shell = process.platform === 'win32'; // Windows runs .cmd files only in a shell
const task = process.argv[2];
const log = (text) => process.stderr.write(`[bootstrap] ${text}\n`);
const fail = (text) => {
  log(text);
  process.exit(1);
};
if (!tasks[task]) fail(`unknown task ${task}; the tasks are ${Object.keys(tasks).join(', ')}`);
const { steps: ownSteps, needs = [], env: ownEnv = {} } = tasks[task];

// npm passes its settings to child processes as npm_config_*, and pnpm and npx would apply them (for example yes=false).
// Only the settings that are needed to reach the registry are kept.
const keptSettings = /^npm_config_(registry|cafile|https_proxy|proxy|noproxy|cache)$/i;
const env = Object.fromEntries(
  Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key) || keptSettings.test(key)),
);
Object.assign(env, ownEnv);
const run = (command, args, extra = {}) => {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, ...extra },
    shell,
  });
  if (result.error) log(`${command}: ${result.error.message}`);
  return result.status ?? 1;
};

// The pnpm in PATH when its major version is the pinned one, else the pinned version through npx, which caches it.
// The version is queried outside the repository: inside, packageManager would make pnpm download another version of itself.
function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = /^pnpm@([\d.]+)/.exec(packageManager)[1];
  const installed = spawnSync('pnpm', ['--version'], { env, encoding: 'utf8', shell, cwd: tmpdir() });
  return installed.status === 0 && installed.stdout.trim().split('.')[0] === version.split('.')[0]
    ? ['pnpm']
    : ['npx', '--yes', '--loglevel=error', `pnpm@${version}`];
}

const hashOf = (files) => {
  const hash = createHash('sha256').update(process.platform + process.arch);
  for (const file of files)
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
};
const filesBelow = (folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
        .sort()
    : [];

// 1. Install the dependencies if a manifest or the lockfile has changed since the last install.
const folders = ['packages', 'examples'].flatMap((dir) =>
  existsSync(join(root, dir)) ? readdirSync(join(root, dir)).map((name) => join(dir, name)) : [],
);
const manifests = [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  ...folders.map((dir) => join(dir, 'package.json')),
];
const fingerprint = () => hashOf(manifests);
const stamp = join(root, 'node_modules', '.bootstrap');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint()) {
  const [command, ...args] = pnpm();
  args.push('install', '--config.confirmModulesPurge=false'); // do not prompt: the task may run unattended
  if (process.env.CI) args.push('--frozen-lockfile', '--reporter=append-only');
  log(`${command} ${args.join(' ')}`);
  const status = run(command, args);
  if (status !== 0) fail(`pnpm install failed with status ${status}`);
  writeFileSync(stamp, fingerprint());
}

// 2. Find Node: the pinned version if it is installed in the workspace for this platform, else the host's if it is new enough.
const path = Object.keys(env).find((key) => /^path$/i.test(key)) ?? 'PATH'; // `Path` on Windows
env[path] = join(root, 'node_modules', '.bin') + delimiter + env[path];
const node = spawnSync('node', ['-p', 'process.versions.node'], {
  env,
  encoding: 'utf8',
  shell,
}).stdout.trim();
const [major, minor] = node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  fail(`Node >= 22.13 is required on ${process.platform}-${process.arch}; the installed version is ${node}`);
}

// 3. For the tests: find a browser and the servers that the adapters are tested with; install missing ones as system packages.
if (needs.includes('browser')) {
  const chromium = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  const firefox = [
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
  ];
  const findBrowser = () => env.CHROMIUM_PATH ?? chromium.find((path) => existsSync(path));
  const findFirefox = () => env.FIREFOX_PATH ?? firefox.find((path) => existsSync(path));
  const isInstalled = {
    chromium: () => findBrowser() !== undefined,
    'redis-server': () => existsSync('/usr/bin/redis-server'),
    postgresql: () => existsSync('/usr/lib/postgresql'),
    pgbouncer: () => existsSync('/usr/sbin/pgbouncer'),
    'nginx-light': () => existsSync('/usr/sbin/nginx'),
    ...(needs.includes('firefox') && { 'firefox-esr': () => findFirefox() !== undefined }),
  };
  const missing = Object.keys(isInstalled).filter((name) => !isInstalled[name]());
  if (missing.length > 0 && existsSync('/usr/bin/apt-get')) {
    const sudo = process.getuid() === 0 ? [] : ['sudo', '-n'];
    const apt = (...args) => {
      const [command, ...rest] = [...sudo, 'apt-get', '-qq', ...args];
      return run(command, rest, { DEBIAN_FRONTEND: 'noninteractive' });
    };
    const install = () => apt('install', '-y', '--no-install-recommends', ...missing);
    log(`apt-get install ${missing.join(' ')}`);
    if (install() !== 0 && apt('update') === 0) install();
  }
  // A missing server is reported by the tests that need it. Without a browser the task cannot run at all.
  env.CHROMIUM_PATH =
    findBrowser() ??
    fail('Chromium or Chrome was not found: install it, or set CHROMIUM_PATH to its executable');
  if (needs.includes('firefox')) {
    env.FIREFOX_PATH =
      findFirefox() ??
      fail('Firefox was not found: install firefox-esr, or set FIREFOX_PATH to its executable');
  }
}

// 4. Build if the task needs it and a source has changed since the last build.
const steps = [...ownSteps];
const built = join(root, 'node_modules', '.built');
const sources = hashOf([
  ...folders.filter((dir) => dir.startsWith('packages')).flatMap((dir) => filesBelow(join(dir, 'src'))),
  ...filesBelow('packages/gateway/demo'),
  ...[
    'rollup.config.mjs',
    'README.md',
    'PROTOCOL.md',
    'ARCHITECTURE.md',
    'SECURITY.md',
    'CONTRIBUTING.md',
    ...manifests,
  ],
  ...filesBelow('docs'),
]);
const isBuilt =
  existsSync(built) &&
  readFileSync(built, 'utf8') === sources &&
  ['protocol/dist', 'gateway/dist/src', 'widget/dist'].every((folder) =>
    existsSync(join(root, 'packages', folder, 'index.js')),
  );
const builds = needs.includes('build') && !isBuilt;
if (builds) steps.unshift(...BUILD);

// 5. Run the steps. Signals are passed on to the running step, and its exit status becomes that of this process.
let child;
let signalled;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    signalled = signal;
    child?.kill(signal);
  });
}
// When npm receives SIGTERM, its `sh -c` dies without passing the signal on. This process then has another parent and exits.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid === parent) return;
  child?.kill('SIGTERM');
  process.exit(143);
}, 500).unref();
for (const [index, step] of steps.entries()) {
  const startedAtMs = Date.now();
  const [command, ...args] = step
    .split(' ')
    .flatMap((argument, i) => (i === 0 && argument === 'pnpm' ? pnpm() : [argument]));
  if (index === steps.length - 1) args.push(...process.argv.slice(3));
  log(`${command} ${args.join(' ')}`);
  const status = await new Promise((resolve) => {
    child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env, shell });
    child.on('error', (error) => {
      log(error.message);
      resolve(127);
    });
    child.on('exit', (code, signal) => {
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
  if (process.env.BOOTSTRAP_TIMES) log(`  ${Date.now() - startedAtMs} ms`);
  if (status !== 0 || signalled) process.exit(status);
  if (builds && index === BUILD.length - 1) writeFileSync(built, sources);
}
