import { describe, expect, it } from 'vitest';
import { HIDDEN } from '../providers/secret-mask.ts';
import { createGatewayMask } from './gateway-mask.ts';

const KEY = 'sk-0001-of-the-upstream';
const OLD = 'secret-0002-of-a-site';
const NEW = 'secret-0003-of-a-site';

describe('the mask of a gateway', () => {
  it('hides what the provider, the auth, the files and the application name', () => {
    const [signing, file] = ['signing-0004-of-tokens', 'signing-0005-of-files'];
    const mask = createGatewayMask({
      provider: { secrets: () => [KEY] },
      auth: { secrets: () => [signing] },
      files: { secret: file },
      secrets: [OLD],
    });
    expect(mask().hide([KEY, signing, file, OLD].join())).toBe(Array(4).fill(HIDDEN).join());
  });

  it('hides the secrets that a site was given later, and still those it had', () => {
    let secrets = [OLD];
    const mask = createGatewayMask({ provider: {}, auth: {}, secrets: () => secrets });
    expect(mask().hide(`${OLD} ${NEW}`)).toBe(`${HIDDEN} ${NEW}`);
    secrets = [NEW];
    expect(mask().hide(`${OLD} ${NEW}`)).toBe(`${HIDDEN} ${HIDDEN}`);
  });

  it('is the same one while nothing changes', () => {
    const mask = createGatewayMask({ provider: { secrets: () => [KEY] }, auth: {} });
    expect(mask()).toBe(mask());
  });
});
