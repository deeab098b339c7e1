/** Checks of plain responses through the public URL: that the gateway is there, its headers, its loader, and what is not for visitors. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import * as v from 'valibot';
import type { Config } from '../config.ts';
import { describeNetworkFailure } from '../../base/index.ts';
import { judgeDateHeader } from './clock.ts';
import { fault, ok, skipped, warning, type Finding } from './finding.ts';
import type { Machine } from './machine.ts';
import { askWhole, type PublicAnswer, type PublicTarget } from './public-request.ts';

const ReadySchema = v.pipe(v.string(), v.parseJson(), v.object({ status: v.string() }));

/** Whether a gateway answers there, with the headers that it sends. */
export async function checkReady(target: PublicTarget, { now }: Machine): Promise<Finding[]> {
  const check = 'public url';
  const { host } = target.url;
  let answer: PublicAnswer;
  try {
    answer = await askWhole(target, 'readyz');
  } catch (error) {
    const what = describeNetworkFailure(error) ?? 'does not answer';
    return [fault(check, `${host} ${what}.`, 'Start the proxy, and correct its address or the URL.')];
  }
  const ready = v.safeParse(ReadySchema, answer.text);
  if (!ready.success)
    return [
      fault(
        check,
        `${new URL('readyz', target.url).href} answers ${answer.status}, and not as a gateway does.`,
        'Let the proxy pass everything below this URL on to the gateway, and check that the gateway is up.',
      ),
    ];
  const clock = judgeDateHeader('clock of public url', answer.headers.date, now());
  return [
    answer.status === 200
      ? ok(check, `A gateway is ready at ${target.url.href}.`)
      : fault(
          check,
          `The gateway is not ready (${answer.status}).`,
          'See its log: it names what is missing. The checks of Redis, Postgres and the data folder look at the same.',
        ),
    checkHeaders(answer.headers),
    ...checkHsts(target, answer.headers),
    ...(clock === undefined ? [] : [clock]),
  ];
}

/** What the gateway sends with everything that is not a file of the widget. */
const SENT: Readonly<Record<string, RegExp>> = {
  'x-content-type-options': /nosniff/,
  'content-security-policy': /default-src 'none'/,
  'cache-control': /no-store/,
};

function checkHeaders(headers: IncomingHttpHeaders): Finding {
  const check = 'public headers';
  const lost = Object.entries(SENT).filter(([name, value]) => !value.test(String(headers[name] ?? '')));
  if (lost.length === 0) return ok(check, 'The headers of the gateway arrive.');
  const names = lost.map(([name]) => name).join(', ');
  return fault(
    check,
    `The proxy removes or replaces headers of the gateway: ${names}.`,
    'Let the proxy pass the headers of responses on, and add none of the same names.',
  );
}

function checkHsts({ url }: PublicTarget, headers: IncomingHttpHeaders): Finding[] {
  if (url.protocol !== 'https:') return [];
  const check = 'public hsts';
  if (headers['strict-transport-security'] !== undefined) return [ok(check, 'Browsers keep to https.')];
  const found = 'The proxy sends no Strict-Transport-Security: a first visit may be without TLS.';
  return [warning(check, found, 'Add Strict-Transport-Security: max-age=31536000 in the proxy.')];
}

const IntegritySchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ integrity: v.pipe(v.string(), v.regex(/^sha\d+-/)) }),
);

/** Whether pages get the script as it was built. */
export async function checkLoader(target: PublicTarget): Promise<Finding[]> {
  const check = 'public loader';
  const [script, hashes] = [
    await askWhole(target, 'rivulet.js'),
    await askWhole(target, 'rivulet/integrity.json'),
  ];
  const expected = v.safeParse(IntegritySchema, hashes.text);
  if (script.status !== 200 || !expected.success)
    return [
      fault(
        check,
        `rivulet.js answers ${script.status}, and rivulet/integrity.json ${hashes.status}.`,
        'Let the proxy pass /rivulet.js and /rivulet/ on to the gateway.',
      ),
    ];
  const { integrity } = expected.output;
  const algorithm = integrity.slice(0, integrity.indexOf('-'));
  const actual = `${algorithm}-${createHash(algorithm).update(script.text).digest('base64')}`;
  if (actual !== integrity)
    return [
      fault(
        check,
        'rivulet.js arrives changed: pages that pin its hash refuse it.',
        'Switch off what rewrites scripts in the proxy or CDN (minify, script loaders), and empty its cache.',
      ),
    ];
  if (script.headers['cross-origin-resource-policy'] !== 'cross-origin')
    return [
      fault(
        check,
        'rivulet.js arrives without Cross-Origin-Resource-Policy: cross-origin, so that some pages may not load it.',
        'Let the proxy pass the headers of responses on.',
      ),
    ];
  return [ok(check, 'rivulet.js arrives as it was built.')];
}

const OF_THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether strangers can read the metrics. Without a token, a proxy that hides itself makes every stranger an operator. */
export async function checkOperatorRoutes(
  target: PublicTarget,
  { adminToken, adminPort }: Pick<Config, 'adminToken' | 'adminPort'>,
): Promise<Finding[]> {
  const check = 'public operator routes';
  if (OF_THIS_MACHINE.test(target.url.hostname) && adminToken === undefined && adminPort === undefined)
    return [skipped(check, 'At a URL of this machine everybody is the operator.')];
  const { status } = await askWhole(target, 'metrics');
  if (status !== 200) return [ok(check, `Strangers may not read /metrics (${status}).`)];
  return [
    fault(
      check,
      'Everybody may read /metrics, lift holds and revoke tokens: the gateway takes the proxy for its operator.',
      'Let the proxy send X-Forwarded-For and the Host of the request, or set RIVULET_ADMIN_TOKEN.',
    ),
  ];
}
