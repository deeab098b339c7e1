/** Any configuration is read, or refused with the place of each problem. `npm run test:hostile` tries 100,000; the tests a sample. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ENVIRONMENT, FLAGS } from './config-settings.ts';
import { ConfigError } from './config-error.ts';
import { readConfig } from './read-config.ts';

const numRuns = process.env.RIVULET_SCALE === 'full' ? 100_000 : 300;
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('self', '*', 'localhost', 'https://a.example', '0', '1e400'),
);
const keys = [
  'sites',
  'limits',
  'host',
  'port',
  'id',
  'origins',
  'tools',
  'upstream',
  'apiKey',
  'model',
  'baseUrl',
  'maxMessageChars',
  'requestMs',
  '__proto__',
  'constructor',
];
const { any } = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), tie('any'), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
  ),
}));
const someOf = (names: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...names), fc.string(), { maxKeys: 4, noNullPrototype: true });
const SECRET = 'sk-a-very-secret-key-of-the-upstream';

it(
  'any file, environment and flags are read, or refused with places and without a secret',
  { timeout: 600_000 },
  () => {
    fc.assert(
      fc.property(
        any,
        someOf(Object.keys(ENVIRONMENT)),
        someOf(Object.keys(FLAGS)),
        (value, environment, flags) => {
          try {
            readConfig({
              flags,
              environment: { ...environment, OPENAI_API_KEY: SECRET },
              file: { name: 'rivulet.json', value },
            });
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
            expect(String(error)).not.toContain(SECRET);
          }
        },
      ),
      { numRuns },
    );
  },
);
