/** Checks, through the public URL, that the pages of the sites may use the gateway. */
import type { Config } from '../config.ts';
import { fault, ok, type Finding } from './finding.ts';
import { sitesOf } from './origins.ts';
import { askWhole, helloText, type PublicTarget } from './public-request.ts';

/** So many origins of a site are tried. */
const TRIED = 5;

/** Says hello as a page of each origin. */
export async function checkPublicOrigins(
  target: PublicTarget,
  config: Pick<Config, 'sites'>,
): Promise<Finding[]> {
  const pages = sitesOf(config).flatMap(({ id, origins }) =>
    origins
      .filter((origin) => origin === 'self' || /^https?:\/\/[^*]+$/.test(origin))
      .slice(0, TRIED)
      .map((origin) => ({ id, origin })),
  );
  return Promise.all(pages.map((page) => checkPage(target, page)));
}

async function checkPage(
  target: PublicTarget,
  { id, origin }: { id: string; origin: string },
): Promise<Finding> {
  const isOwn = origin === 'self';
  const sent = isOwn ? target.url.origin : origin;
  const check = `public origin ${origin} of ${id}`;
  const { headers, text } = await askWhole(target, 'v1/commands', {
    method: 'POST',
    headers: { origin: sent },
    body: `[${helloText(id)}]`,
  });
  if (text.includes('origin-denied'))
    return fault(
      check,
      `The gateway refuses pages of ${sent}, which the configuration allows.`,
      isOwn
        ? 'Let the proxy keep the Host header of the request (nginx: proxy_set_header Host $host), or name the origin instead of self.'
        : 'Let the gateway read the configuration again (SIGHUP or a restart), and the proxy keep the Origin header.',
    );
  const allowed = headers['access-control-allow-origin'];
  if (allowed !== sent)
    return fault(
      check,
      `Pages of ${sent} may not read the answers: Access-Control-Allow-Origin is ${allowed ?? 'missing'}.`,
      'Take the CORS headers out of the proxy: the gateway sends them.',
    );
  return ok(check, `Pages of ${sent} may use the site.`);
}
