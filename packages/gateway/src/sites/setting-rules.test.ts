/** Every setting of the schema of a site has a rule, so that a new one is neither shown nor edited by accident, nor forgotten. */
import type * as v from 'valibot';
import { expect, it } from 'vitest';
import { settingsOf } from './edited-site.ts';
import { EDITABLE, isEditable, ruleOf } from './setting-rules.ts';
import { SITE_SETTINGS } from './site-settings.ts';
import type { Site } from './sites.ts';

interface Schema {
  type: string;
  entries?: Readonly<Record<string, Schema>>;
  wrapped?: Schema;
  options?: readonly Schema[];
  value?: Schema;
  getter?: (input: unknown) => Schema;
}

/** The paths of the settings that are no groups. A group of one's own names has one example. */
function leavesOf(given: Schema | v.GenericSchema, path: string): string[] {
  const schema = given as Schema;
  if (schema.wrapped !== undefined) return leavesOf(schema.wrapped, path);
  if (schema.getter !== undefined) return [path, ...leavesOf(schema.getter({}), path)];
  if (schema.entries !== undefined)
    return Object.entries(schema.entries).flatMap(([name, inner]) => leavesOf(inner, `${path}.${name}`));
  if (path === 'widget.locales') return leavesOf(schema.value!, `${path}.pt-BR`);
  if (path === 'widget.theme.tokens') return [`${path}.accent-text`];
  return [path];
}
const LEAVES = Object.entries(SITE_SETTINGS)
  .filter(([name]) => name !== 'id')
  .flatMap(([name, schema]) => leavesOf(schema, name));
/** Their parts are one setting. */
const whole = (path: string) => (path.startsWith('desk.hours.') ? 'desk.hours' : path);

it('each setting of the schema has a rule', () => {
  expect(LEAVES.length).toBeGreaterThan(90);
  expect(LEAVES.map(whole).filter((path) => ruleOf(path) === undefined)).toEqual(
    // A strange language: the other ones are those of `widget.strings`.
    [],
  );
});

it('each setting that may be edited is one of the schema', () => {
  expect(EDITABLE.filter((path) => !LEAVES.map(whole).includes(path))).toEqual([]);
});

it.each([
  ...['id', 'origins', 'provider', 'tools', 'moderation', 'identity', 'requireIdentity', 'retentionDays'],
  ...['request.extraHeaders', 'request.extraBody', 'request.builtInTools', 'widget.messages.imageOrigins'],
  'widget.header.imageUrl',
  ...['widget.privacy.consent.text', 'widget', 'desk', 'budgets', 'rateLimits', 'request', ''],
  ...['__proto__.polluted', 'widget.locales.__proto__.start.greeting', 'widget.theme.tokens.__proto__'],
  ...['widget.theme.tokens.a.b', 'widget.locales.de.theme.scheme', 'constructor.prototype', 'toString'],
])('%s cannot be edited', (path) => {
  expect(isEditable(path)).toBe(false);
});

it('a site is taken apart into settings that have a rule, and the desk keeps its hours whole', () => {
  const site: Site = {
    id: 'shop',
    origins: ['self'],
    whenUnwatched: { abandonAfterMs: 1_000 },
    desk: { hours: { timeZone: 'Europe/Berlin', monday: ['09:00-17:00'] } },
    widget: { theme: { tokens: { accent: 'red' } }, locales: { de: { start: { greeting: 'Hallo' } } } },
    budgets: { site: { tokensPerDay: 5 } },
    request: { extraHeaders: { 'x-key': 'secret' }, temperature: 1 },
  };
  const paths = settingsOf(site).map(({ path }) => path);
  expect(paths).toEqual([
    ...['origins', 'whenUnwatched', 'desk.hours', 'widget.theme.tokens.accent'],
    ...['widget.locales.de.start.greeting', 'budgets.site.tokensPerDay'],
    ...['request.extraHeaders', 'request.temperature'],
  ]);
  expect(paths.filter((path) => ruleOf(path) === undefined)).toEqual([]);
});
