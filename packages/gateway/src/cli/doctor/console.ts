/** Checks of the operator's console: whether its identity provider can be reached, and sends people back over https. */
import { discoverIssuer } from '../../admin/oidc-client.ts';
import { OidcError } from '../../admin/oidc-error.ts';
import { redirectUriOf } from '../../admin/oidc-routes.ts';
import type { Config } from '../config.ts';
import { fault, ok, warning, type Finding } from './finding.ts';

/** Nothing to find where nobody signs in by OIDC. */
export async function checkConsole(config: Pick<Config, 'adminOidc' | 'adminUrl'>): Promise<Finding[]> {
  const { adminOidc, adminUrl = '' } = config;
  if (adminOidc === undefined) return [];
  return [checkRedirect(redirectUriOf(adminUrl)), await checkIssuer(adminOidc)];
}

function checkRedirect(redirectUri: string): Finding {
  const check = 'console redirect';
  return redirectUri.startsWith('https:')
    ? ok(check, `The identity provider must allow the redirect URI ${redirectUri}.`)
    : warning(
        check,
        `People who sign in to the console are sent back without TLS, to ${redirectUri}.`,
        'Set adminUrl to the https URL of the console, unless it is for this machine only.',
      );
}

async function checkIssuer(adminOidc: NonNullable<Config['adminOidc']>): Promise<Finding> {
  const check = 'console issuer';
  const { host } = new URL(adminOidc.issuer);
  try {
    await discoverIssuer(adminOidc);
    return ok(check, `The identity provider ${host} answers.`);
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    return fault(
      check,
      `Nobody can sign in to the console by OIDC: ${error.message}.`,
      'Correct adminOidc.issuer: it is the URL before /.well-known/openid-configuration, exactly as that document names it.',
    );
  }
}
