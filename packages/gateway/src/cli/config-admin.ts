/** The settings of what only operators may see. */
import * as v from 'valibot';
import type { ConsoleUser } from '../access/console-roles.ts';
import { ConsoleUsersSchema } from '../admin/console-users.ts';
import { AdminTokenSchema } from '../sites/admin-token.ts';
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
  /** The users of the operator's console. Default: none, and there is no console. */
  adminUsers: v.optional(ConsoleUsersSchema, []),
};

/** The same for `createGateway`. */
export const adminOptionsOf = ({
  adminToken,
  adminPort,
  adminUsers,
}: {
  adminToken?: string | undefined;
  adminPort?: number | undefined;
  adminUsers: readonly ConsoleUser[];
}) => ({
  ...(adminToken === undefined ? {} : { adminToken }),
  adminUsers,
  adminListener: adminPort === undefined ? ('shared' as const) : ('own' as const),
});
