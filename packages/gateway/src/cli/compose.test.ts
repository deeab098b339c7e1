import { describe, expect, it } from 'vitest';
import { silentLogger } from '../base/index.ts';
import { composeGateway } from './compose.ts';
import { ConfigError } from './config-error.ts';
import { readConfig } from './read-config.ts';

describe('composing a gateway', () => {
  it('fails with a ConfigError that names OPENAI_API_KEY when the provider needs a key', async () => {
    const file = { name: 'rivulet.json', value: { store: 'memory', provider: { kind: 'openai' } } };
    const composing = composeGateway(readConfig({ file, environment: {}, flags: {} }), silentLogger);
    await expect(composing).rejects.toThrow(ConfigError);
    await expect(composing).rejects.toThrow('OPENAI_API_KEY: expected a key');
  });
});
