/** Where a setting of a site is configured: the line of the file, or the variable or flag of a setting that holds for every site. */
import { basename } from 'node:path';
import type { ConfigSources } from './read-config.ts';
import { ENVIRONMENT, FLAGS, type Setting } from './config-settings.ts';

/** Names the place of a setting of a site; undefined when it is nowhere. An empty path is the site. */
export type SettingSource = (siteId: string, path: string) => string | undefined;

/** `sites` and its number: only it has the whole path of the file, which is the same for all of its settings. */
const isSite = (path: readonly (string | number)[]): boolean => path.length === 2 && path[0] === 'sites';

/** Creates the function for what a configuration was read from. */
export function createSettingSource({ file, environment, flags }: ConfigSources): SettingSource {
  const content = isRecord(file?.value) ? file.value : {};
  const sites: readonly unknown[] = Array.isArray(content.sites) ? content.sites : [];
  const lineOf = (path: readonly (string | number)[]) => {
    if (file === undefined || !isThere(content, path)) return undefined;
    const name = isSite(path) ? file.name : basename(file.name);
    return file.lineOf === undefined ? name : `${name}:${file.lineOf(path)}`;
  };
  const named =
    (settings: Readonly<Record<string, Setting>>, isSet: (name: string) => boolean) => (path: string) =>
      Object.keys(settings).find((name) => {
        const own = settings[name]?.path.join('.') ?? '';
        return isSet(name) && (path === own || path.startsWith(`${own}.`));
      });
  const flagOf = named(FLAGS, (name) => flags[name] !== undefined);
  const variableOf = named(ENVIRONMENT, (name) =>
    [name, ENVIRONMENT[name]?.alias].some((each) => each !== undefined && (environment[each] ?? '') !== ''),
  );
  return (siteId, path) => {
    const index = sites.findIndex((site) => isRecord(site) && site.id === siteId);
    const names = path === '' ? [] : path.split('.');
    const own = index < 0 ? undefined : lineOf(['sites', index, ...names]);
    if (own !== undefined || path === '') return own;
    const flag = flagOf(path);
    return flag === undefined ? (variableOf(path) ?? lineOf(names)) : `--${flag}`;
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isThere = (content: unknown, path: readonly (string | number)[]): boolean =>
  path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined,
    content,
  ) !== undefined;
