// Downloads the published packages of the other widgets with npm, once, and checks them against the hashes of fixed versions.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PEERS = [
  {
    name: 'deep-chat@2.4.2',
    folder: 'deep-chat',
    integrity:
      'sha512-wQNd6Z6HDoH7OMeoQKpmxDm9XdWrRjMkBJ2yl5tsYND9Dz2UCv/BdGVM8vK2V0mhO1u+OniHYPWDGvjlNxjCeQ==',
  },
  {
    name: '@n8n/chat@1.37.0',
    folder: 'n8n-chat',
    integrity:
      'sha512-V1EQxDp/+rW6o/5OZgbwDfgPJXG8Jrn3TIdq7Z/26QTP90Uo3g2gv8CMnaQcphdTQVR+K06X34DOCRHXa8Tqnw==',
  },
];

const cache = fileURLToPath(new URL('../../node_modules/.cache/rivulet-peers/', import.meta.url));

/**
 * Downloads the packages that are not in the cache.
 * @returns {string} the folder that contains `deep-chat/package/dist` and `n8n-chat/package/dist`
 * @throws {Error} when a package does not have the expected hash
 */
export function fetchPeers() {
  for (const { name, folder, integrity } of PEERS) {
    const target = `${cache}${folder}/`;
    if (existsSync(`${target}package/package.json`)) continue;
    mkdirSync(target, { recursive: true });
    execFileSync('npm', ['pack', name, '--loglevel', 'error', '--pack-destination', target], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const archive = target + readdirSync(target).find((file) => file.endsWith('.tgz'));
    const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (hash !== integrity)
      throw new Error(`${archive} does not match the published ${name}: expected ${integrity}, got ${hash}`);
    execFileSync('tar', ['xzf', archive, '-C', target]);
  }
  return cache;
}
