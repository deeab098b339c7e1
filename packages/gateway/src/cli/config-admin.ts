/** The settings of what only operators may see. */
import * as v from 'valibot';
import type { ConsoleTokenUser } from '../access/console-roles.ts';
import { ConsoleUsersSchema, sha256 } from '../admin/console-users.ts';
import {
  ADMIN_URL_MISSING,
  AdminUrlSchema,
  ConsoleOidcSchema,
  type ConsoleOidc,
} from '../admin/oidc-settings.ts';
import { AdminTokenSchema, ConsoleTokenSchema } from '../sites/admin-token.ts';
import { text } from './config-values.ts';

const PORT = 'expected a port, 0 to 65535';

/** The fields of the configuration about operators. */
export const ADMIN_FIELDS = {
  /** The bearer token for the metrics and the details of `/readyz`. Default: they are for direct requests from the own machine. */
  adminToken: v.optional(AdminTokenSchema),
  /** A port for operators alone; the port of visitors then shows them nothing without `adminToken`. 0: any free port. */
  adminPort: v.optional(
    v.pipe(v.number(PORT), v.integer(PORT), v.minValue(0, PORT), v.maxValue(65_535, PORT)),
  ),
  /** The address of `adminPort`. */
  adminHost: v.optional(text, '127.0.0.1'),
  /** Signs one user in to the operator's console, `owner`, who may do everything. */
  consoleToken: v.optional(ConsoleTokenSchema),
  /** The users of the operator's console. Default: none; without any way to sign in there is no console. */
  adminUsers: v.optional(ConsoleUsersSchema, []),
  /** Where people reach the console, such as `https://chat.example.com`. */
  adminUrl: v.optional(AdminUrlSchema),
  /** Signing in to the console by OpenID Connect. */
  adminOidc: v.optional(ConsoleOidcSchema),
};

/** The name of the user of `consoleToken`. */
const OWNER = 'owner';

interface AdminConfig {
  adminToken?: string | undefined;
  adminPort?: number | undefined;
  adminUsers: readonly ConsoleTokenUser[];
  consoleToken?: string | undefined;
  adminUrl?: string | undefined;
  adminOidc?: ConsoleOidc | undefined;
}

/** The settings that depend on others. */
type DependentSetting = 'adminToken' | 'consoleToken' | 'adminUsers' | 'adminUrl';

/** What is wrong with settings that are valid one by one. @returns by setting */
export function problemsOfAdmin(config: AdminConfig): Partial<Record<DependentSetting, string>> {
  const { adminToken, adminPort, consoleToken, adminUsers, adminUrl, adminOidc } = config;
  const hash = consoleToken === undefined ? undefined : sha256(consoleToken);
  const isTaken = adminUsers.some(({ name, tokenHash }) => name === OWNER || tokenHash === hash);
  const problems: [DependentSetting, boolean, string][] = [
    // On a port of its own without a token everything is served to whoever reaches it: with a public URL that is everybody.
    ['adminToken', adminPort !== undefined && adminToken === undefined && isPublic(adminUrl), TOKEN_MISSING],
    ['consoleToken', consoleToken !== undefined && consoleToken === adminToken, SAME_TOKEN],
    ['adminUsers', hash !== undefined && isTaken, OWNER_TAKEN],
    ['adminUrl', adminOidc !== undefined && adminUrl === undefined, ADMIN_URL_MISSING],
  ];
  return Object.fromEntries(
    problems.flatMap(([setting, isWrong, text]) => (isWrong ? [[setting, text]] : [])),
  );
}

const isPublic = (adminUrl: string | undefined): boolean => adminUrl?.startsWith('https:') === true;
const TOKEN_MISSING =
  'expected a token, because people reach adminPort at adminUrl: without one they all read metrics and revoke tokens there';
const SAME_TOKEN = 'expected another one than adminToken: what reads metrics must not read conversations';
const OWNER_TAKEN = `expected no user with the name ${OWNER} or the token of consoleToken, which is theirs`;

/** The users who sign in with a token, with the owner. */
export const tokenUsersOf = ({ adminUsers, consoleToken }: AdminConfig): ConsoleTokenUser[] => [
  ...(consoleToken === undefined
    ? []
    : [{ name: OWNER, role: 'admin' as const, tokenHash: sha256(consoleToken) }]),
  ...adminUsers,
];

/** The same for `createGateway`. */
export const adminOptionsOf = (config: AdminConfig) => ({
  ...(config.adminToken === undefined ? {} : { adminToken: config.adminToken }),
  adminUsers: tokenUsersOf(config),
  ...(config.adminUrl === undefined ? {} : { adminUrl: config.adminUrl }),
  ...(config.adminOidc === undefined ? {} : { adminOidc: config.adminOidc }),
  adminListener: config.adminPort === undefined ? ('shared' as const) : ('own' as const),
});
