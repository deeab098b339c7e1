/** The sites of a gateway. A site with documents is found with the tool that searches them; lists have the sites as they were set. */
import { withKnowledge } from './knowledge/with-knowledge.ts';
import { createSites, type Site, type Sites } from './sites/sites.ts';
import type { Store } from './stores/store.ts';
import { checkTools } from './tools/tool-input.ts';

/** Creates them. Throws as `createSites`, also for a tool of a site that has the name of the one that searches. */
export function createKnowingSites(list: readonly Site[], store: Pick<Store, 'knowledge'>): Sites {
  const check = (sites: readonly Site[]) => {
    for (const site of sites) checkTools(withKnowledge(site, store).tools ?? []);
  };
  check(list);
  const sites = createSites(list);
  const knowing = new WeakMap<Site, Site>();
  /** The site as it was set, by the one that was found. */
  const plain = new WeakMap<Site, Site>();
  return {
    ...sites,
    find(id) {
      const site = sites.find(id);
      const found = knowing.get(site) ?? withKnowledge(site, store);
      knowing.set(site, found);
      plain.set(found, site);
      return found;
    },
    check: (site, origin) => {
      sites.check(plain.get(site) ?? site, origin);
    },
    replace(other) {
      check(other);
      sites.replace(other);
    },
  };
}
