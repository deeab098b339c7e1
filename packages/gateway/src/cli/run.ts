/** Runs the executable `rivulet`. Only this file reads the environment and the command line. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import closeWithGrace from 'close-with-grace';
import express from 'express';
import { readArguments, type Arguments } from './arguments.ts';
import { composeGateway } from './compose.ts';
import type { Config } from './config.ts';
import { readConfigFile } from './config-file.ts';
import { HELP } from './help.ts';
import { readConfig, type ConfigSources } from './read-config.ts';
import { createReload } from './reload.ts';
import { runCommand } from './run-command.ts';
import { createSettingSource } from './setting-source.ts';
import { readVersion } from './version.ts';
import { fileVersion, watchFile } from './watch-file.ts';
import { describeListenFailure, StartError } from './start-error.ts';
import type { Gateway } from '../gateway-options.ts';
import { answerNotFound } from '../http/index.ts';
import { createLogger, type Logger, systemClock } from '../base/index.ts';

/** Added to the drain limit before the process is ended by force. Closing the rest is quick, unless it hangs. */
export const CLOSE_GRACE_MS = 5_000;

/** Reads the settings, starts the gateway and serves until a signal ends it. @throws {Error} see `describeStartError` */
export async function run(): Promise<void> {
  const read = readArguments(process.argv.slice(2));
  if (read.asks !== undefined) print(read.asks === 'help' ? HELP : `${readVersion()}\n`);
  else if (read.command === 'start') await start(read);
  else await runCommand({ ...read, command: read.command }, () => configOf(read));
}

const sourcesOf = ({ flags, configFile }: Pick<Arguments, 'flags' | 'configFile'>): ConfigSources => ({
  flags,
  environment: process.env,
  ...(configFile === undefined ? {} : { file: readConfigFile(configFile) }),
});
const configOf = (read: Pick<Arguments, 'flags' | 'configFile'>): Config => readConfig(sourcesOf(read));

async function start({ flags, configFile }: Arguments): Promise<void> {
  const since = configFile === undefined ? '' : fileVersion(configFile);
  let sources = sourcesOf({ flags, configFile });
  const read = () => {
    const next = sourcesOf({ flags, configFile });
    const nextConfig = readConfig(next);
    sources = next;
    return nextConfig;
  };
  const config = readConfig(sources);
  const logger = createLogger({ level: config.logLevel, format: process.stdout.isTTY ? 'pretty' : 'json' });
  const composed = await composeGateway(config, logger, (siteId, path) =>
    createSettingSource(sources)(siteId, path),
  );
  const { gateway } = composed;
  const server = createServer(appOf(gateway.router));
  gateway.attach(server);
  const servers = [server];
  await serveAll(servers, config, gateway).catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  if (configFile !== undefined) {
    const apply = (next: Config) => {
      composed.update(next);
    };
    const reload = createReload({ started: config, read, apply, logger });
    watchFile(configFile, { clock: systemClock, since, changed: reload });
    process.on('SIGHUP', reload);
  }
  // A terminal that is closed sends SIGHUP too: without a file it ends the process.
  const skip: 'SIGHUP'[] = configFile === undefined ? [] : ['SIGHUP'];
  const delayMs = (config.limits.drainMs ?? 30_000) + CLOSE_GRACE_MS;
  closeOnSignal({ servers, gateway, logger, delayMs, skip });
}

function listen(server: Server, { host, port }: Pick<Config, 'host' | 'port'>): Promise<number> {
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

/** A server without other routes: what the gateway does not serve is answered with 404, with the same headers as its own responses. */
const appOf = (router: Gateway['router']) =>
  express()
    .disable('x-powered-by')
    .use(router, ...answerNotFound);

/** Listens for visitors, and for operators when they have a port of their own. The servers that listen are added to `servers`. */
async function serveAll(servers: Server[], config: Config, { adminRouter }: Gateway): Promise<void> {
  const [server] = servers;
  if (server === undefined) return;
  const { host, adminHost, adminPort } = config;
  if (adminPort !== undefined) {
    const adminServer = createServer(appOf(adminRouter));
    servers.push(adminServer);
    const port = await listen(adminServer, { host: adminHost, port: adminPort });
    print(`Operators are served at ${urlOf(adminHost, port)}\n`);
  }
  print(`Rivulet is at ${urlOf(host, await listen(server, config))}\n`);
}

interface ShutdownOptions {
  servers: readonly Server[];
  gateway: Gateway;
  logger: Logger;
  delayMs: number;
  /** The signals that mean something else. */
  skip: 'SIGHUP'[];
}

/** On SIGTERM and SIGINT: drains, closes and exits with 0. A second signal ends the process at once. */
function closeOnSignal({ servers, gateway, logger, delayMs, skip }: ShutdownOptions): void {
  closeWithGrace({ delay: delayMs, logger: false, skip }, async ({ signal, err }) => {
    if (err) logger.fatal({ type: err.name, stack: err.stack }, 'uncaught error; shutting down');
    else logger.info({ signal }, 'shutting down: new messages are refused, running replies are finished');
    await gateway.close();
    await Promise.all(
      servers.map(
        (server) =>
          new Promise((resolve) => {
            server.close(resolve);
            server.closeAllConnections();
          }),
      ),
    );
    logger.info({}, 'shut down');
  });
}

function print(text: string): void {
  process.stdout.write(text);
}
