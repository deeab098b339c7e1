import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { startGateway } from '../testing/start-gateway.ts';
import { checkNodeVersion, OLDEST_NODE, UnsupportedNodeError } from './node-version.ts';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

describe('the version of Node', () => {
  it.each(['18.20.8', '20.20.2', '22.12.0', '21.9.0'])('%s is refused with what to do (G29)', (version) => {
    const sentence = `The gateway needs Node 22.13 or newer, and this is Node ${version}; install a newer one`;
    expect(() => {
      checkNodeVersion(version);
    }).toThrow(sentence);
  });

  it.each(['22.13.0', '22.22.1', '23.0.0', '24.1.0'])('%s is accepted (G29)', (version) => {
    expect(() => {
      checkNodeVersion(version);
    }).not.toThrow();
  });

  it('is checked when a gateway is created, also when it is embedded (G29)', async () => {
    vi.stubGlobal('process', { ...process, versions: { ...process.versions, node: '20.20.2' } });
    const refusal = await startGateway().catch((error: unknown) => error);
    vi.unstubAllGlobals();
    expect(refusal).toBeInstanceOf(UnsupportedNodeError);
  });

  it('is the same in the engines of all packages and in the READMEs (G29)', () => {
    for (const folder of ['.', 'packages/gateway', 'packages/protocol']) {
      const { engines } = JSON.parse(read(`${folder}/package.json`)) as { engines?: { node: string } };
      expect(engines?.node ?? `>=${OLDEST_NODE}`).toBe(`>=${OLDEST_NODE}`);
    }
    for (const file of ['README.md', 'packages/gateway/README.md'])
      expect(read(file)).toContain(`Node ${OLDEST_NODE} or newer`);
  });
});
