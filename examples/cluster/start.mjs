// Writes .env with new secrets when there is none, and starts the containers. Needs Docker with Compose 2.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const SECRETS = ['RIVULET_SECRET', 'POSTGRES_PASSWORD', 'REDIS_PASSWORD'];

const file = new URL('.env', import.meta.url);
if (!existsSync(file)) {
  const example = readFileSync(new URL('.env.example', import.meta.url), 'utf8');
  const filled = SECRETS.reduce(
    // Hexadecimal, because the passwords are parts of URLs.
    (text, name) => text.replace(`${name}=\n`, `${name}=${randomBytes(32).toString('hex')}\n`),
    example,
  );
  writeFileSync(file, filled, { mode: 0o600, flag: 'wx' });
  console.log('New secrets are in examples/cluster/.env');
}

const args = ['compose', 'up', '--build', '--wait', ...process.argv.slice(2)];
const { status, error } = spawnSync('docker', args, {
  cwd: new URL('.', import.meta.url),
  stdio: 'inherit',
});
if (error) console.error(`docker could not be started: ${error.message}`);
else if (status === 0) console.log('The demo is at http://localhost:8080');
process.exitCode = status ?? 1;
