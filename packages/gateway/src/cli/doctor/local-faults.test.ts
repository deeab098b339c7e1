/** Faults of the machine, the files and the upstreams, planted one by one into a sound service. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import {
  deserted,
  DOCTOR_TIMEOUT_MS,
  expectFound,
  useSoundService,
  type Draft,
  type PlantedFault,
} from '../../testing/doctor-draft.ts';
import { KEY } from '../../testing/sound-service.ts';

const HOUR_MS = 3_600_000;

const MACHINE: PlantedFault[] = [
  {
    title: 'an old Node',
    plant: ({ options }) => (options.machine.nodeVersion = '20.1.0'),
    checks: ['node version'],
    found: /Node 20\.1\.0/,
  },
  {
    title: 'few open files',
    plant: ({ options }) => (options.machine.openFiles = 1_024),
    checks: ['open files'],
    found: /1024 files/,
  },
  {
    title: 'a clock that is an hour ahead',
    plant: ({ options }) => (options.machine.now = () => Date.now() + HOUR_MS),
    checks: ['clock of upstream default', 'clock of postgres', 'clock of public url'],
    found: /36\d\d s ahead/,
  },
  {
    title: 'an invalid setting',
    plant: ({ value }) => (value.prot = 80),
    checks: ['configuration'],
    found: /prot/,
  },
  {
    title: 'a file with secrets that all may read',
    plant: (one) => (one.mode = 0o644),
    checks: ['configuration file'],
    found: /\(644\)/,
  },
  {
    title: 'a file that others may change',
    plant: (one) => (one.mode = 0o660),
    checks: ['configuration file'],
    found: /may change/,
  },
  {
    title: 'a data folder that all may enter',
    plant: ({ value }) => {
      chmodSync(value.dataFolder, 0o755);
    },
    checks: ['data folder access'],
    found: /\(755\)/,
  },
  {
    title: 'a file in the place of the data folder',
    plant: (one) => {
      one.write(0o600);
      one.value.dataFolder = one.file;
    },
    checks: ['data folder'],
    found: /EEXIST|ENOTDIR/,
  },
  {
    title: 'a restore that was cut off',
    plant: ({ value }) => {
      mkdirSync(join(value.dataFolder, 'restoring'));
    },
    checks: ['data folder'],
    found: /restore was cut off/,
  },
  {
    title: 'a secret that was cut off',
    plant: ({ value }) => {
      delete value.secret;
      delete value.redisUrl;
      writeFileSync(join(value.dataFolder, 'secret.key'), 'short', { mode: 0o600 });
    },
    checks: ['secret file'],
    found: /holds no secret/,
  },
  {
    title: 'a secret that others may read',
    plant: ({ value }) => {
      delete value.secret;
      delete value.redisUrl;
      writeFileSync(join(value.dataFolder, 'secret.key'), 's'.repeat(43), { mode: 0o644 });
    },
    checks: ['secret file'],
    found: /Others may read/,
  },
  {
    title: 'a full disk',
    plant: ({ options }) => (options.freeBytes = () => Promise.resolve(1e6)),
    checks: ['disk space'],
    found: /0 MiB/,
  },
];

const model = (scene: string) => (one: Draft) => (one.value.provider.model = `m [[${scene}]]`);

const UPSTREAM: PlantedFault[] = [
  {
    title: 'a refused key',
    plant: model('401'),
    checks: ['upstream default'],
    found: /401 \(invalid_api_key\)/,
  },
  {
    title: 'a model that there is not',
    plant: model('404'),
    checks: ['upstream default'],
    found: /model_not_found/,
  },
  {
    title: 'an account without money',
    plant: model('quota'),
    checks: ['upstream default'],
    found: /insufficient_quota/,
  },
  {
    title: 'an upstream that is away',
    plant: async (one) =>
      (one.value.provider.baseUrl = `${(await deserted(one)).replace('https', 'http')}/v1`),
    checks: ['upstream default'],
    found: /ECONNREFUSED/,
  },
  {
    title: 'an upstream that buffers',
    plant: async ({ service, value }) => {
      const buffering = { target: service.upstream.origin, tls: undefined, buffering: 'all' } as const;
      value.provider.baseUrl = `${(await service.proxy(buffering)).url}/v1`;
      value.provider.model = 'm [[numbers:5]]';
    },
    checks: ['upstream default streaming'],
    found: /characters came at once/,
  },
  {
    title: 'an answer without a finish reason',
    plant: model('truncate'),
    checks: ['upstream default'],
    found: /finish reason|ended/,
  },
  {
    title: 'an empty answer',
    plant: model('no-content'),
    checks: ['upstream default answer'],
    found: /empty/,
  },
  {
    title: 'a web page in place of an answer',
    plant: model('html'),
    checks: ['upstream default'],
    found: /upstream 127/,
  },
  {
    title: 'a model that calls no tools',
    plant: ({ value }) => (value.sites = [{ ...value.sites[0], allowClientTools: true }]),
    checks: ['upstream default tools'],
    found: /without calling the tool/,
  },
  {
    title: 'a second key that is refused',
    plant: async ({ service, value }) => {
      const answer = (request: Pick<IncomingMessage, 'headers'>) =>
        request.headers.authorization?.endsWith('-old') === true ? 401 : undefined;
      const { url } = await service.proxy({
        target: service.upstream.origin,
        tls: undefined,
        answer,
      });
      value.provider.baseUrl = `${url}/v1`;
      value.provider.apiKey = [KEY, `${KEY}-old`];
    },
    checks: ['upstream default key 2'],
    found: /401/,
  },
  {
    title: 'a fallback with a refused key',
    plant: ({ service, value }) =>
      (value.providers = { backup: { apiKey: KEY, model: 'b [[401]]', baseUrl: service.upstream.url } }),
    checks: ['upstream backup'],
    found: /401/,
  },
];

const draft = useSoundService();

describe('rivulet doctor', { timeout: DOCTOR_TIMEOUT_MS }, () => {
  it.each([...MACHINE, ...UPSTREAM])('finds $title, and nothing else', async (row) => {
    await expectFound(draft(), row);
  });
});
