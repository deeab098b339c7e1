/** Checks of the origins that the sites allow. */
import { DEFAULT_SITES } from '../../gateway-options.ts';
import type { Config } from '../config.ts';
import { fault, ok, warning, type Finding } from './finding.ts';

/** The origins of each site of the configuration. */
export const sitesOf = ({ sites }: Pick<Config, 'sites'>) =>
  (sites ?? DEFAULT_SITES).map((site) => ({
    id: site.id,
    origins: site.origins,
    isSignedIn: site.requireIdentity === true,
  }));

/** @param publicUrl undefined while the service is not public */
export function checkOrigins(config: Pick<Config, 'sites'>, publicUrl: string | undefined): Finding[] {
  return sitesOf(config).map((site) => checkSite(site, publicUrl));
}

type SiteOrigins = ReturnType<typeof sitesOf>[number];

function checkSite({ id, origins, isSignedIn }: SiteOrigins, publicUrl: string | undefined): Finding {
  const check = `origins of ${id}`;
  if (origins.includes('*') && !isSignedIn)
    return warning(
      check,
      'Pages of any origin may use this site, and its budget.',
      'Name the origins of your pages in origins, such as https://shop.example.',
    );
  const isPublic = publicUrl?.startsWith('https:') === true;
  if (isPublic && origins.every((origin) => origin === 'localhost' || isPlain(origin)))
    return fault(
      check,
      `No page with https may use this site: its origins are ${origins.join(', ')}.`,
      'Add the origin of your pages to origins, such as https://shop.example.',
    );
  return ok(check, `Pages of ${origins.join(', ')} may use this site.`);
}

const isPlain = (origin: string): boolean => origin.startsWith('http://');
