import { expect, it } from 'vitest';
import { parseConfigFile } from './config-file.ts';
import { createSettingSource } from './setting-source.ts';

const TEXT = `{
  "budgets": { "site": { "tokensPerDay": 5 } },
  "sites": [
    { "id": "blog", "origins": ["*"] },
    {
      "id": "shop",
      "origins": ["*"],
      "widget": {
        "start": { "greeting": "Hello" }
      }
    }
  ]
}`;

it.each([
  ['shop', '', '/etc/rivulet/rivulet.json:5'],
  ['shop', 'widget.start.greeting', 'rivulet.json:9'],
  ['blog', 'origins', 'rivulet.json:4'],
  ['shop', 'budgets.site.tokensPerDay', 'rivulet.json:2'],
  ['shop', 'retentionDays', 'RIVULET_RETENTION_DAYS'],
  ['shop', 'rateLimits.visitor.connections', 'RIVULET_RATE_LIMITS'],
  ['shop', 'whenUnwatched', '--when-unwatched'],
  ['shop', 'whenInterrupted', undefined],
  ['other', '', undefined],
])('of the site %s, %s is configured in %s', (siteId, path, place) => {
  const sourceOf = createSettingSource({
    file: parseConfigFile('/etc/rivulet/rivulet.json', TEXT),
    environment: { RIVULET_RETENTION_DAYS: '30', RIVULET_RATE_LIMITS: '{}', RIVULET_WHEN_UNWATCHED: '9000' },
    flags: { 'when-unwatched': 'finish' },
  });
  expect(sourceOf(siteId, path)).toBe(place);
});

it('without a file nothing but variables and flags have a place', () => {
  const sourceOf = createSettingSource({ environment: { RIVULET_REATTACH: 'true' }, flags: {} });
  expect([sourceOf('demo', ''), sourceOf('demo', 'origins'), sourceOf('demo', 'reattach')]).toEqual([
    ...[undefined, undefined, 'RIVULET_REATTACH'],
  ]);
});
