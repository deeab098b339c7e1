/** Runs the installed nginx with a configuration of the test, without anything of the system's own configuration. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../packages/gateway/src/testing/free-port.ts';

/** A running nginx; the caller closes it. */
export interface Nginx {
  /** Its address, with the scheme `http:`. */
  url: string;
  /** Stops nginx and removes its files. */
  close(): Promise<void>;
}

/** What a configuration is written for. */
export interface NginxPlace {
  /** The port to listen on, on 127.0.0.1. */
  port: number;
  /** The path of a folder for its files. */
  folder: string;
}

/** The workers of a master that is root run as `nobody` by default, who may not write into the folder of this process. */
const USER = process.getuid?.() === 0 ? 'user root;' : '';

/**
 * Starts nginx, and resolves when it listens.
 * @param http returns what is in the `http` block
 * @throws {Error} when the package nginx-light is not installed, or when nginx refuses the configuration
 */
export async function runNginx(http: (place: NginxPlace) => string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-nginx-'));
  const port = await findFreePort();
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${USER} daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ${http({ port, folder })}
}
`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', (cause) => {
      reject(new Error('nginx could not be started: install the package nginx-light', { cause }));
    });
    child.once('exit', (code) => {
      reject(new Error(`nginx exited with code ${code}: see ${folder}/error.log`));
    });
  });
  failed.catch(() => undefined); // after the start, only close() ends nginx
  process.once('exit', () => child.kill('SIGTERM'));
  await Promise.race([failed, waitUntilListening(port)]);
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM'); // the master process ends its workers
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when the port accepts connections. */
async function waitUntilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => {
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    socket.destroy();
    if (isOpen) return;
  }
}
