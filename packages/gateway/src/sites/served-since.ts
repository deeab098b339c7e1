/** Since when each site is served as it is: a site that is given again with the same settings is the same. */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/index.ts';
import { settingsOf } from './edited-site.ts';
import type { Site } from './sites.ts';

/** The times of the sites of one gateway. */
export interface ServedSince {
  /** Notes the sites that are served from now on. */
  follow: (list: readonly Site[]) => void;
  /** Milliseconds since 1970; that of the start for a site that is not known. */
  of: (siteId: string) => number;
}

/** Creates the times. @param list the sites that are served at first */
export function createServedSince(clock: Clock, list: readonly Site[]): ServedSince {
  const startedAtMs = clock.now();
  let served = new Map(list.map((site) => [site.id, { settings: dataOf(site), atMs: startedAtMs }]));
  return {
    follow(next) {
      const nowMs = clock.now();
      served = new Map(
        next.map((site) => {
          const settings = dataOf(site);
          const before = served.get(site.id);
          const isSame = before !== undefined && isDeepStrictEqual(before.settings, settings);
          return [site.id, { settings, atMs: isSame ? before.atMs : nowMs }];
        }),
      );
    },
    of: (siteId) => served.get(siteId)?.atMs ?? startedAtMs,
  };
}

/** It is another object after each reload. */
const CODE = ['provider', 'tools', 'moderation'];
const dataOf = (site: Site): unknown => settingsOf(site).filter(({ path }) => !CODE.includes(path));
