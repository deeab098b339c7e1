/** The gateway of the last release, from the packages in e2e/releases. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackPackages } from '../../scripts/packed-packages.ts';
import { startGateway, type GatewayProcess } from './processes.ts';

const releases = fileURLToPath(new URL('../releases/', import.meta.url));

/** An unpacked release; the caller removes it after its gateways have exited. */
export interface Release {
  /** Its version. */
  version: string;
  /** Starts its gateway as `startGateway` starts that of the working tree. */
  start(environment: Record<string, string>): Promise<GatewayProcess>;
  /** Removes its files. */
  remove(): void;
}

/** Unpacks the release, with `pg` and `ioredis` beside it. @throws {Error} unless exactly one release is kept */
export function unpackRelease(): Release {
  const versions = readdirSync(releases, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const [version] = versions.map(({ name }) => name);
  if (version === undefined || versions.length > 1)
    throw new Error(`Expected one release in ${releases}: run node scripts/keep-release.ts`);
  const folder = mkdtempSync(join(tmpdir(), 'rivulet-release-'));
  const modules = join(folder, 'node_modules');
  const packed = (name: string) => join(releases, version, `${name}.tgz`);
  const tarballs = { protocol: packed('protocol'), gateway: packed('gateway'), widget: packed('widget') };
  unpackPackages(modules, tarballs, ['pg', 'ioredis']);
  const main = join(modules, '@rivulet/gateway/dist/src/cli/main.js');
  return {
    version,
    start: (environment) => startGateway(environment, [], main),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
