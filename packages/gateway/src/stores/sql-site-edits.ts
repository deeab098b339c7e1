/** The edits of sites in the SQL stores: executes the statements, validates the rows and converts them. */
import * as v from 'valibot';
import { settleAsync } from '../base/index.ts';
import type { ConsoleDatabase } from './console-rows.ts';
import type { SiteEdit, SiteEditStore } from './site-edits.ts';

/** Creates it for an open database. */
export function createSqlSiteEdits({ read, write }: ConsoleDatabase): SiteEditStore {
  return {
    keep: ({ siteId, revision, settings, userName, atMs }) =>
      settleAsync(
        async () =>
          (await write('keepSiteEdit', [siteId, revision, JSON.stringify(settings), userName, atMs])) > 0,
      ),
    list: () => settleAsync(async () => (await read('listSiteEdits', [])).map(toSiteEdit)),
  };
}

const RowSchema = v.object({
  site_id: v.string(),
  revision: v.number(),
  settings_json: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())),
  user_name: v.string(),
  at_ms: v.number(),
});

/** Converts a row of `site_edits`. @throws {v.ValiError} when it is damaged: to serve a site without its edits would go unnoticed */
export function toSiteEdit(row: unknown): SiteEdit {
  const {
    site_id: siteId,
    revision,
    settings_json: settings,
    user_name: userName,
    at_ms: atMs,
  } = v.parse(RowSchema, row);
  return { siteId, revision, settings, userName, atMs };
}
