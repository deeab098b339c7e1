/** The part of the configuration that says how people whom a site has signed in are known. */
import * as v from 'valibot';
import { createVerifier, type IdentityKey } from '../auth/identity-keys.ts';

export const text = v.pipe(v.string('expected a text'), v.minLength(1, 'expected a text that is not empty'));
export const httpUrl = v.pipe(
  text,
  v.check((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'expected an http or https URL'),
);
/** A token that lives longer can hardly be called back. */
const MAX_AGE_MS = 30 * 24 * 60 * 60_000;
const MAX_TOLERANCE_MS = 5 * 60_000;
const whole = v.pipe(v.number('expected milliseconds'), v.integer('expected whole milliseconds'));

/** What a wrong key lacks; it is not repeated. */
const usable = (kind: (value: string) => IdentityKey) =>
  v.pipe(
    text,
    v.rawCheck(({ dataset, addIssue }) => {
      try {
        if (dataset.typed) createVerifier(kind(dataset.value));
      } catch (error) {
        addIssue({ message: error instanceof RangeError ? error.message : 'will not do as a key' });
      }
    }),
  );

export const IdentitySchema = v.pipe(
  v.strictObject({
    secret: v.optional(usable((secret) => ({ kind: 'secret', secret }))),
    publicKey: v.optional(usable((pem) => ({ kind: 'public-key', pem }))),
    jwksUrl: v.optional(httpUrl),
    issuer: v.optional(text),
    maxAgeMs: v.optional(v.pipe(whole, v.minValue(1), v.maxValue(MAX_AGE_MS, 'expected at most 30 days'))),
    toleranceMs: v.optional(
      v.pipe(whole, v.minValue(0), v.maxValue(MAX_TOLERANCE_MS, 'expected at most 5 minutes')),
    ),
  }),
  v.check(
    ({ secret, publicKey, jwksUrl }) =>
      [secret, publicKey, jwksUrl].filter((key) => key !== undefined).length === 1,
    'expected exactly one of secret, publicKey and jwksUrl',
  ),
);
export type Identity = v.InferOutput<typeof IdentitySchema>;

/** The one key that the schema has made sure of. */
export function identityKeyOf({ secret, publicKey, jwksUrl }: Identity): IdentityKey {
  if (secret !== undefined) return { kind: 'secret', secret };
  if (publicKey !== undefined) return { kind: 'public-key', pem: publicKey };
  return { kind: 'jwks', url: jwksUrl ?? '' };
}

interface Sites {
  identity?: Identity | undefined;
  sites?: { identity?: Identity | undefined; requireIdentity?: boolean | undefined }[] | undefined;
}

/** Whether every site that requires an identity has a key to know one by. */
export function hasIdentity({ identity, sites = [] }: Sites): boolean {
  return sites.every((site) => site.requireIdentity !== true || (site.identity ?? identity) !== undefined);
}
