/** Runs the executable `rivulet`. Only this file reads the environment and the command line. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import closeWithGrace from 'close-with-grace';
import express from 'express';
import { readArguments, type Arguments, type Command } from './arguments.ts';
import { runBackup } from './backup/run-backup.ts';
import { runImport } from './import/run-import.ts';
import { runMigrate } from './postgres/run-migrate.ts';
import { STANDARD_STREAM } from './backup/output.ts';
import { checkConfig } from './check.ts';
import { composeGateway } from './compose.ts';
import type { Config } from './config.ts';
import { readConfigFile } from './config-file.ts';
import { readConfig } from './read-config.ts';
import { createReload } from './reload.ts';
import { ENVIRONMENT } from './config-settings.ts';
import { fileVersion, watchFile } from './watch-file.ts';
import { describeListenFailure, StartError } from './start-error.ts';
import type { Gateway } from '../gateway-options.ts';
import { answerNotFound } from '../http/index.ts';
import { createLogger, type Logger, systemClock } from '../base/index.ts';

const HELP = `rivulet: the gateway of Rivulet

  rivulet [start] [--config FILE] [--port N] [--host ADDRESS] [--data FOLDER] [--model NAME] [--usage include|omit]
          [--when-unwatched finish|MS] [--log-level LEVEL]
  rivulet check [the same]      validates the configuration, prints what is in effect and exits, with 1 when it is invalid
  rivulet backup FILE [--config FILE] [--data FOLDER]      writes the conversations, the files and the secret of a data folder
                                into FILE, while a gateway uses them; -: to standard output
  rivulet restore FILE [--config FILE] [--data FOLDER]     puts a backup into an empty data folder; -: from standard input
  rivulet migrate [--dry-run] [--config FILE]              brings the Postgres database to the version of this gateway and exits;
                                --dry-run: prints what that would do
  rivulet import --data FOLDER [--into FOLDER] [--config FILE]     copies what a gateway on SQLite has in its data folder into
                                the Postgres of the configuration; --into: its files and its secret into another data folder

  --config FILE   a JSON file, which is read again when it changes and on SIGHUP; flags override the environment (${Object.keys(ENVIRONMENT).join(', ')}), which overrides the file
  --help          print this text
  --version       print the version
`;

/** Added to the drain limit before the process is ended by force. Closing the rest is quick, unless it hangs. */
export const CLOSE_GRACE_MS = 5_000;

/** Reads the settings, starts the gateway and serves until a signal ends it. @throws {Error} see `describeStartError` */
export async function run(): Promise<void> {
  const { command, configFile, asks, flags, ...more } = readArguments(process.argv.slice(2));
  if (asks !== undefined) {
    print(asks === 'help' ? HELP : `${readVersion()}\n`);
    return;
  }
  const since = configFile === undefined ? '' : fileVersion(configFile);
  const read = () =>
    readConfig({
      flags,
      environment: process.env,
      ...(configFile === undefined ? {} : { file: readConfigFile(configFile) }),
    });
  const config = read();
  if (command !== 'start') {
    await runCommand({ command, ...more }, config);
    return;
  }
  const logger = createLogger({ level: config.logLevel, format: process.stdout.isTTY ? 'pretty' : 'json' });
  const composed = await composeGateway(config, logger);
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

/** Runs a command that ends by itself, and prints what it says. */
async function runCommand(
  { command, backupFile, isDryRun, into }: CommandArguments,
  config: Config,
): Promise<void> {
  const report = (line: string) => {
    print(`${line}\n`);
  };
  if (command === 'check') print(await checkConfig(config));
  else if (command === 'migrate')
    print(await runMigrate({ config, effect: isDryRun ? 'show' : 'apply', report }));
  else if (command === 'import') print(await runImport({ config, into, report }));
  else {
    const told = await runBackup({ command, config, file: backupFile, gatewayVersion: readVersion() });
    // The backup itself goes to standard output.
    if (command === 'backup' && backupFile === STANDARD_STREAM) process.stderr.write(told);
    else print(told);
  }
}

interface CommandArguments extends Pick<Arguments, 'backupFile' | 'isDryRun' | 'into'> {
  command: Exclude<Command, 'start'>;
}

function readVersion(): string {
  const manifest = JSON.parse(
    readFileSync(new URL(import.meta.resolve('@rivulet/gateway/package.json')), 'utf8'),
  ) as {
    version: string;
  };
  return manifest.version;
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
