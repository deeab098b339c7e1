import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../base/index.ts';
import { SiteError } from '../sites/site-error.ts';
import type { Config } from './config.ts';
import { parseConfigFile } from './config-file.ts';
import { readConfig } from './read-config.ts';
import { createReload } from './reload.ts';

let text: string;
let lines: { level: string; sentence: string }[];
let applied: Config[];
const read = () => readConfig({ file: parseConfigFile('a.json', text), environment: {}, flags: {} });
const log = (level: string) => (_facts: object, sentence: string) => void lines.push({ level, sentence });
const logger = { ...silentLogger, info: log('info'), warn: log('warn'), error: log('error') };
const siteText = (more: object = {}) => JSON.stringify({ sites: [{ id: 'shop', origins: ['*'], ...more }] });
let apply = (config: Config) => void applied.push(config);
const start = () =>
  createReload({
    started: read(),
    read,
    apply: (config) => {
      apply(config);
    },
    logger,
  });

beforeEach(() => {
  text = siteText();
  lines = [];
  applied = [];
  apply = (config) => void applied.push(config);
});

describe('a reload', () => {
  it('puts the new sites into effect and says so in one line', () => {
    const reload = start();
    text = siteText({ systemPrompt: 'new' });
    reload();
    expect(applied.map(({ sites }) => sites?.[0]?.systemPrompt)).toEqual(['new']);
    expect(lines).toEqual([{ level: 'info', sentence: 'the configuration was reloaded' }]);
  });

  it('names the settings that wait for a restart in one warning, without their values', () => {
    const reload = start();
    text = JSON.stringify({
      port: 1,
      secret: 'hunter2'.repeat(9),
      limits: { drainMs: 1 },
      provider: { model: 'x' },
    });
    reload();
    const [warning] = lines.filter(({ level }) => level === 'warn');
    expect(warning?.sentence).toBe(
      'these settings keep their values until the next start: port, provider.model, limits.drainMs, secret',
    );
  });

  it('of a bad file changes nothing and logs each bad value with its place', () => {
    const reload = start();
    text = '{\n"port": "eighty",\n"colour": 1 }';
    reload();
    expect(applied).toEqual([]);
    expect(lines.map(({ sentence }) => sentence.replace(/^.*has: /, ''))).toEqual([
      'a.json:2: port: expected a port, 0 to 65535',
      'a.json:3: colour: there is no such setting',
    ]);
  });

  it('of sites that the gateway refuses changes nothing', () => {
    const reload = start();
    apply = () => {
      throw new SiteError('Two sites have the same id; give each its own.');
    };
    reload();
    expect(lines).toMatchObject([{ level: 'error', sentence: expect.stringContaining('same id') as string }]);
  });
});
