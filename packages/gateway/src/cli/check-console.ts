/** What `rivulet check` says of the operator's console: who may sign in, and how. */
import { logoutUriOf } from '../admin/oidc-logout.ts';
import { redirectUriOf } from '../admin/oidc-routes.ts';
import type { OidcRule } from '../admin/oidc-settings.ts';
import type { Config } from './config.ts';
import { tokenUsersOf } from './config-admin.ts';

type Row = readonly [name: string, value: string | undefined];

/** The rows. No secret is in them. */
export function consoleRows(config: Config): Row[] {
  const { adminPort, adminUrl, adminOidc: oidc } = config;
  const users = tokenUsersOf(config);
  if (users.length === 0 && oidc === undefined)
    return [['console', 'off: there is no consoleToken, and there are neither adminUsers nor adminOidc']];
  const named = users.map(({ name, role }) => `${name} (${role})`).join(', ');
  const where = `/admin${adminPort === undefined ? '' : ' on adminPort'}`;
  return [
    ['console', `${where}${users.length === 0 ? '' : `, for ${named}`}`],
    ['console url', adminUrl],
    ...(oidc === undefined ? [] : oidcRows(oidc, adminUrl ?? '')),
  ];
}

function oidcRows(oidc: NonNullable<Config['adminOidc']>, adminUrl: string): Row[] {
  const { issuer, clientId, clientSecret, scopes, access, emailDomains, sessionMs } = oidc;
  const secret = clientSecret === undefined ? 'without a secret' : 'with a secret';
  return [
    ['console by OIDC', `${issuer}, as the client ${clientId}, ${secret}, scopes ${scopes.join(' ')}`],
    ['redirect URI', redirectUriOf(adminUrl)],
    ['back-channel logout URI', logoutUriOf(adminUrl)],
    ['let in', access.map(ruleText).join('; ')],
    ['of the domains', emailDomains?.join(', ')],
    ['for', `${sessionMs / 60_000} minutes`],
  ];
}

const ruleText = ({ claim, value, role, sites }: OidcRule): string =>
  `${claim} ${value} as ${role}${sites === undefined ? '' : ` of ${sites.join(', ')}`}`;
