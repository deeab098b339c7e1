/** Runs the executable `rivulet`. Only this file reads the environment and the command line. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import closeWithGrace from 'close-with-grace';
import express from 'express';
import { composeGateway } from './compose.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { readConfig, type ConfigSources } from './read-config.ts';
import { ENVIRONMENT, FLAGS } from './config-settings.ts';
import { describeListenFailure, StartError } from './start-error.ts';
import type { Gateway } from '../gateway-options.ts';
import { createLogger, type Logger } from '../base/index.ts';

const HELP = `rivulet: the gateway of Rivulet

  rivulet [--config FILE] [--port N] [--host ADDRESS] [--data FOLDER] [--model NAME] [--usage include|omit]
          [--when-unwatched finish|MS] [--log-level LEVEL]

  --config FILE   a JSON file; flags override the environment (${Object.keys(ENVIRONMENT).join(', ')}), which overrides the file
  --help          print this text
  --version       print the version
`;

/** Added to the drain limit before the process is ended by force. Closing the rest is quick, unless it hangs. */
const CLOSE_GRACE_MS = 5_000;

/** Reads the settings, starts the gateway and serves until a signal ends it. @throws {Error} see `describeStartError` */
export async function run(): Promise<void> {
  const { help, version, config: configFile, ...flags } = readFlags();
  if (help === true || version === true) {
    print(help === true ? HELP : `${readVersion()}\n`);
    return;
  }
  const config = readConfig({
    flags,
    environment: process.env,
    ...(typeof configFile === 'string' ? { file: readFile(configFile) } : {}),
  });
  const logger = createLogger({ level: config.logLevel, format: process.stdout.isTTY ? 'pretty' : 'json' });
  const gateway = await composeGateway(config, logger);
  const app = express().disable('x-powered-by').use(gateway.router);
  const server = createServer(app);
  gateway.attach(server);
  const port = await listen(server, config).catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  print(`Rivulet is at ${urlOf(config.host, port)}\n`);
  closeOnSignal({ server, gateway, logger, delayMs: (config.limits.drainMs ?? 30_000) + CLOSE_GRACE_MS });
}

function readFlags() {
  const names = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({
      options: {
        ...names,
        config: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new ConfigError([
      { place: 'command line', problem: error instanceof Error ? error.message : 'unreadable' },
    ]);
  }
}

function readFile(name: string): NonNullable<ConfigSources['file']> {
  try {
    return { name, value: JSON.parse(readFileSync(name, 'utf8')) as unknown };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error;
    const problem = isMissing ? `cannot be read (${String(error.code)})` : 'is not JSON';
    throw new ConfigError([{ place: name, problem }]);
  }
}

function readVersion(): string {
  const manifest = JSON.parse(
    readFileSync(new URL(import.meta.resolve('@rivulet/gateway/package.json')), 'utf8'),
  ) as {
    version: string;
  };
  return manifest.version;
}

function listen(server: Server, { host, port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new StartError(describeListenFailure(error, { host, port })));
    });
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port); // a server on TCP has no other kind of address
    });
  });
}

function urlOf(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

interface ShutdownOptions {
  server: Server;
  gateway: Gateway;
  logger: Logger;
  delayMs: number;
}

/** On SIGTERM and SIGINT: drains, closes and exits with 0. A second signal ends the process at once. */
function closeOnSignal({ server, gateway, logger, delayMs }: ShutdownOptions): void {
  closeWithGrace({ delay: delayMs, logger: false }, async ({ signal, err }) => {
    if (err) logger.fatal({ type: err.name, stack: err.stack }, 'uncaught error; shutting down');
    else logger.info({ signal }, 'shutting down: new messages are refused, running replies are finished');
    await gateway.close();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    logger.info({}, 'shut down');
  });
}

function print(text: string): void {
  process.stdout.write(text);
}
