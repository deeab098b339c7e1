// `npm start` and `npm test` from a clean clone: needs Node >= 18 and npm (or pnpm), nothing else.
// No dependencies, and only syntax that Node 18 runs: it starts under the host's Node.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The steps are binaries of node_modules/.bin, under the pinned Node; most do not need pnpm. */
const BUILD = ['rollup -c --silent'];
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
    // The examples are built against the types, as a site would be.
    steps: ['tsc -b', 'vitest run', 'vitest run --config vitest.e2e.config.ts'],
    needs: ['build', 'browser'],
  },
  // All that the sample in `test` leaves out: every seed, every kill, the whole flood.
  'test:chaos': {
    steps: ['tsc -b', 'vitest run --config vitest.e2e.config.ts'],
    needs: ['build', 'browser'],
    env: { RIVULET_SCALE: 'full' },
  },
  // Breaks the code on purpose, in copies of the tree, and demands that the tests of PROTOCOL.md §17 fail.
  'test:breaks': { steps: ['node scripts/breaks.mjs'] },
  'test:unit': { steps: ['vitest run'], needs: ['browser'] },
  'test:e2e': { steps: ['tsc -b', 'vitest run --config vitest.e2e.config.ts'], needs: ['build', 'browser'] },
  // The widget's main job in Firefox.
  'test:engines': {
    steps: ['vitest run --config vitest.engines.config.ts'],
    needs: ['build', 'browser', 'firefox'],
  },
  // Pictures of the widget in all its states, into e2e/screenshots.
  screenshots: {
    steps: ['vitest run --project browser packages/widget/src/ui/states.browser.test.ts'],
    needs: ['browser'],
    env: { VITE_SCREENSHOTS: '1' },
  },
  size: { steps: ['size-limit'], needs: ['build'] },
  generate: { steps: ['node scripts/generate.mjs'] },
  // The pages of the public API, into docs/api.
  docs: { steps: ['tsc -b', 'node scripts/api-docs.mjs'] },
  bench: { steps: ['node bench/run.mjs'], needs: ['build', 'browser'] },
  // Everything that holds a change back, but for the tests themselves.
  check: {
    steps: [
      ...TYPES,
      ...LINT,
      'node scripts/generate.mjs --check',
      'node scripts/api-docs.mjs',
      'rollup -c --silent',
      'size-limit',
      'node scripts/check-packages.mjs',
    ],
  },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const shell = process.platform === 'win32'; // .cmd files need one there
const task = process.argv[2];
const say = (text) => process.stderr.write(`[bootstrap] ${text}\n`);
const fail = (text) => {
  say(text);
  process.exit(1);
};
if (!tasks[task]) fail(`no task ${task}: one of ${Object.keys(tasks).join(', ')}`);
const { steps: ownSteps, needs = [], env: ownEnv = {} } = tasks[task];

// npm hands its settings to its children as npm_config_*: pnpm and npx would take them for theirs
// (yes=false among them). Those that say how to reach the registry stay.
const keep = /^npm_config_(registry|cafile|https_proxy|proxy|noproxy|cache)$/i;
const env = Object.fromEntries(
  Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key) || keep.test(key)),
);
Object.assign(env, ownEnv);
const run = (command, args, extra = {}) => {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, ...extra },
    shell,
  });
  if (result.error) say(`${command}: ${result.error.message}`);
  return result.status ?? 1;
};

// a pnpm of the pinned major in PATH, else the pinned one through npx, which keeps it in npm's cache
// (asked outside the repository, where packageManager does not make it fetch another version of itself)
function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = /^pnpm@([\d.]+)/.exec(packageManager)[1];
  const have = spawnSync('pnpm', ['--version'], { env, encoding: 'utf8', shell, cwd: tmpdir() });
  return have.status === 0 && have.stdout.trim().split('.')[0] === version.split('.')[0]
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

// 1. dependencies, when a manifest or the lockfile is not what it was at the last install
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
  args.push('install', '--config.confirmModulesPurge=false'); // nobody may be there to answer
  if (process.env.CI) args.push('--frozen-lockfile', '--reporter=append-only');
  say(`${command} ${args.join(' ')}`);
  const status = run(command, args);
  if (status !== 0) fail(`pnpm install failed with ${status}`);
  writeFileSync(stamp, fingerprint());
}

// 2. Node: the pinned one where the workspace has it for this platform, else the host's, if new enough
const path = Object.keys(env).find((key) => /^path$/i.test(key)) ?? 'PATH'; // Path on Windows
env[path] = join(root, 'node_modules', '.bin') + delimiter + env[path];
const node = spawnSync('node', ['-p', 'process.versions.node'], {
  env,
  encoding: 'utf8',
  shell,
}).stdout.trim();
const [major, minor] = node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  fail(`Node >= 22.13 is needed on ${process.platform}-${process.arch}; this is Node ${node}`);
}

// 3. for the tests: a browser, and the servers that the adapters are tested on, from the system's packages when missing
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
  const findBrowser = () => env.CHROMIUM_PATH ?? chromium.find((place) => existsSync(place));
  const findFirefox = () => env.FIREFOX_PATH ?? firefox.find((place) => existsSync(place));
  const isThere = {
    chromium: () => findBrowser() !== undefined,
    'redis-server': () => existsSync('/usr/bin/redis-server'),
    postgresql: () => existsSync('/usr/lib/postgresql'),
    'nginx-light': () => existsSync('/usr/sbin/nginx'),
    ...(needs.includes('firefox') && {
      'firefox-esr': () => findFirefox() !== undefined,
    }),
  };
  const missing = Object.keys(isThere).filter((name) => !isThere[name]());
  if (missing.length > 0 && existsSync('/usr/bin/apt-get')) {
    const sudo = process.getuid() === 0 ? [] : ['sudo', '-n'];
    const apt = (...args) => {
      const [command, ...rest] = [...sudo, 'apt-get', '-qq', ...args];
      return run(command, rest, { DEBIAN_FRONTEND: 'noninteractive' });
    };
    const install = () => apt('install', '-y', '--no-install-recommends', ...missing);
    say(`apt-get install ${missing.join(' ')}`);
    if (install() !== 0 && apt('update') === 0) install();
  }
  // The tests that need a server say themselves what is missing; without a browser nothing starts.
  env.CHROMIUM_PATH =
    findBrowser() ?? fail('no Chromium or Chrome: install one, or name it in CHROMIUM_PATH');
  if (needs.includes('firefox')) {
    env.FIREFOX_PATH =
      findFirefox() ?? fail('no Firefox (firefox-esr): install one, or name it in FIREFOX_PATH');
  }
}

// 4. what is built, when a source is not what it was at the last build
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

// 5. the steps; a signal reaches the one that runs, and its status is ours
let child;
let signalled;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    signalled = signal;
    child?.kill(signal);
  });
}
// npm's `sh -c` dies of a SIGTERM to npm without passing it on: then this process ends too
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
    .flatMap((word, i) => (i === 0 && word === 'pnpm' ? pnpm() : [word]));
  if (index === steps.length - 1) args.push(...process.argv.slice(3));
  say(`${command} ${args.join(' ')}`);
  const status = await new Promise((resolve) => {
    child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env, shell });
    child.on('error', (error) => {
      say(error.message);
      resolve(127);
    });
    child.on('exit', (code, signal) => {
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
  if (process.env.BOOTSTRAP_TIMES) say(`  ${Date.now() - startedAtMs} ms`);
  if (status !== 0 || signalled) process.exit(status);
  if (builds && index === BUILD.length - 1) writeFileSync(built, sources);
}
