/** The checks of `rivulet doctor`, in the order in which they are printed. */
import type { Config } from '../config.ts';
import { checkConfigFile, checkConfiguration } from './config-file.ts';
import { checkConsole } from './console.ts';
import { checkDataFolder, type FreeBytes } from './data-folder.ts';
import type { Check } from './finding.ts';
import { checkNode, checkOpenFiles, type Machine } from './machine.ts';
import { checkMail } from './mail.ts';
import { checkOrigins } from './origins.ts';
import { checkOutbox } from './outbox.ts';
import { checkPostgres } from './postgres.ts';
import { publicChecks, type PublicOptions } from './public-url.ts';
import { checkRedis } from './redis.ts';
import { upstreamChecks } from './upstream.ts';
import { checkWebhook } from './webhooks.ts';

/** What the checks need. */
export interface ChecksOptions {
  config: Config;
  /** The path of the configuration file, when there is one. */
  configFile: string | undefined;
  /** Where visitors reach the gateway, as `https://chat.example`, when it is known. */
  publicUrl: string | undefined;
  machine: Machine;
  freeBytes: FreeBytes;
  /** How the public URL is looked at. */
  publicOptions: PublicOptions;
}

/** All checks. Nothing runs yet. */
export function createChecks(options: ChecksOptions): Check[] {
  const { config, configFile, publicUrl, machine, freeBytes, publicOptions } = options;
  return [
    { name: 'node version', run: () => [checkNode(machine)] },
    { name: 'open files', run: () => [checkOpenFiles(machine)] },
    { name: 'configuration', run: async () => [await checkConfiguration(config)] },
    ...(configFile === undefined
      ? []
      : [{ name: 'configuration file', run: () => [checkConfigFile(configFile)] }]),
    { name: 'origins', run: () => checkOrigins(config, publicUrl) },
    { name: 'data folder', run: () => checkDataFolder(config, freeBytes) },
    ...upstreamChecks(config, machine),
    { name: 'redis', run: () => checkRedis(config, machine) },
    { name: 'postgres', run: (signal) => checkPostgres(config, { machine, signal }) },
    { name: 'console', run: () => checkConsole(config) },
    ...config.webhooks.map((webhook, index) => ({
      name: `webhook ${index + 1}`,
      run: (signal: AbortSignal) => checkWebhook(webhook, index, { signal, ca: publicOptions.ca }),
    })),
    { name: 'mail', run: (signal) => checkMail(config, signal) },
    { name: 'outbox', run: () => checkOutbox(config, machine.now()) },
    ...publicChecks(config, { publicUrl, machine, ...publicOptions }),
  ];
}
