import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readArguments } from '../arguments.ts';
import { runCheck } from '../check.ts';
import { readConfigFile } from '../config-file.ts';
import { readConfig } from '../read-config.ts';
import { runInit } from './run-init.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rivulet-init-'));
  file = join(folder, 'rivulet.json');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the command; nobody is asked unless there are answers. */
function init(args: string[], environment: Record<string, string> = {}, typed?: string) {
  const { options, flags } = readArguments(['init', ...args]);
  const input = new PassThrough();
  const output = new PassThrough();
  if (typed !== undefined) input.end(typed);
  const terminal = typed === undefined ? undefined : { input, output };
  return runInit({ options, flags, file, environment, terminal, report: () => undefined });
}

/** What `rivulet check` says of the file. */
const check = async (environment: Record<string, string> = {}) =>
  (await runCheck(readConfig({ file: readConfigFile(file), environment, flags: {} }))).text;

it('writes without a terminal a file that check accepts, with the demo, for this user alone', async () => {
  const { text, json } = await init([]);
  expect(await check()).toMatch(/replies +the demo[^]*site demo\n +origins +self localhost/);
  expect(text).toMatch(
    /rivulet doctor --config .*rivulet\.json {3}[^]*rivulet start --config .*rivulet\.json\n/,
  );
  expect(json).toMatchObject({ file, replies: 'demo', lacksKey: false });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toContain('// "retentionDays": 90');
});

it('takes every answer from flags, and names the variable of the key that is missing', async () => {
  const { text } = await init([
    ...['--model', 'llama3.2', '--base-url', 'https://models.example/v1', '--key-from', 'MODEL_KEY'],
    ...['--site', 'shop', '--origin', 'https://shop.example,https://*.shop.example', '--port', '9000'],
    ...['--data', '/srv/chat "1"'],
  ]);
  expect(text).toContain('export MODEL_KEY=…');
  const shown = await check({ MODEL_KEY: 'k' });
  expect(shown).toMatch(/listens on +127\.0\.0\.1, port 9000\n/);
  expect(shown).toMatch(/replies +llama3\.2 at models\.example/);
  expect(shown).toMatch(/store +sqlite in \/srv\/chat "1"\n/);
  expect(shown).toMatch(/site shop\n +origins +https:\/\/shop\.example https:\/\/\*\.shop\.example\n/);
  await expect(check()).rejects.toThrow('OPENAI_API_KEY: expected a key');
});

it('an API without a key needs none', async () => {
  const { text } = await init([
    '--key-from',
    'none',
    '--base-url',
    'http://127.0.0.1:11434/v1',
    '--model',
    'a',
  ]);
  expect(text).not.toContain('export');
  expect(await check()).toMatch(/replies +a at 127\.0\.0\.1:11434/);
});

it('asks in a terminal for what no flag says, again after a wrong answer', async () => {
  const typed = [
    'later',
    'upstream',
    '',
    'sk-secret',
    'MODEL_KEY',
    'gpt-5',
    'shop',
    'shop.example',
    '*',
    '70000',
    '0',
  ];
  const { json } = await init(['--data', './here'], {}, `${typed.join('\n')}\n`);
  expect(json).toMatchObject({
    replies: 'upstream',
    keyFrom: 'MODEL_KEY',
    model: 'gpt-5',
    siteId: 'shop',
    dataFolder: './here',
    port: '0',
  });
  expect(readFileSync(file, 'utf8')).not.toContain('sk-secret');
});

it('writes nothing when the terminal is closed before the last answer', async () => {
  await expect(init([], {}, 'demo\n')).rejects.toThrow('Nothing was written.');
  expect(existsSync(file)).toBe(false);
});

it('never replaces a file, unless --force says so', async () => {
  await init(['--site', 'first']);
  await expect(init(['--site', 'second'])).rejects.toThrow('exists already, and was not changed');
  expect(await check()).toContain('site first');
  await init(['--site', 'second', '--force']);
  expect(await check()).toContain('site second');
});

it.each([
  [['--origin', 'shop.example'], '--origin: '],
  [['--replies', 'magic'], '--replies: expected upstream or demo'],
  [['--key-from', 'sk-secret'], 'and not the key itself'],
  [['--usage', 'omit'], '--usage is no flag of init'],
])('refuses %j, and writes nothing', async (args, problem) => {
  await expect(init(args)).rejects.toThrow(problem);
  await expect(init(args)).rejects.toMatchObject({ exitCode: 2 });
  expect(existsSync(file)).toBe(false);
});
