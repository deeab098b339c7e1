/** Compares the members of a backup with its manifest. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { SCHEMA_VERSION } from '../../stores/sqlite-schema.ts';
import { BackupError } from './backup-error.ts';
import { blobMember, ManifestSchema, MEMBERS, memberKind, type Manifest, type Member } from './members.ts';

/** What `checkManifest` needs. */
export interface CheckManifestOptions {
  /** Where the members are. */
  folder: string;
  /** For errors. */
  source: string;
  /** What was read: size and sum by name. */
  members: ReadonlyMap<string, Member>;
}

/** Reads the manifest and checks every other member against it. @throws {BackupError} for the first difference */
export async function checkManifest({ folder, source, members }: CheckManifestOptions): Promise<Manifest> {
  const damaged = (what: string) => new BackupError(`${source} is damaged: ${what}; use another backup.`);
  if (!members.has(MEMBERS.manifest)) throw damaged('it has no manifest, so it was not completed');
  const text = await readFile(join(folder, MEMBERS.manifest), 'utf8');
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), ManifestSchema), text);
  if (!read.success) throw damaged('its manifest cannot be read');
  const manifest = read.output;
  if (manifest.schemaVersion > SCHEMA_VERSION)
    throw new BackupError(
      `${source} has schema version ${manifest.schemaVersion} of version ${manifest.gatewayVersion}, and this gateway supports up to ${SCHEMA_VERSION}. Update the gateway.`,
    );
  const { [MEMBERS.manifest]: _itself, ...found } = Object.fromEntries(members);
  const problem = differenceOf(new Map(Object.entries(found)), manifest);
  if (problem !== undefined) throw damaged(problem);
  return manifest;
}

/** The first difference in words. */
function differenceOf(found: ReadonlyMap<string, Member>, manifest: Manifest): string | undefined {
  const expected = new Map(Object.entries(manifest.members));
  const required = [
    MEMBERS.header,
    MEMBERS.database,
    ...(manifest.secret === 'secret.key' ? [MEMBERS.secret] : []),
  ];
  const absent = [...required, ...expected.keys()].find((name) => !found.has(name));
  if (absent !== undefined) return `${absent} is missing`;
  for (const [name, { bytes, sha256 }] of found) {
    const entry = expected.get(name);
    if (entry === undefined) return `${name} is not in its manifest`;
    if (entry.bytes !== bytes || entry.sha256 !== sha256) return `${name} is not what its manifest says`;
  }
  return recordWithoutContent(found);
}

function recordWithoutContent(found: ReadonlyMap<string, Member>): string | undefined {
  for (const name of found.keys()) {
    const { fileId, isRecord } = memberKind(name) ?? {};
    if (isRecord !== true || fileId === undefined || found.has(blobMember(fileId))) continue;
    return `the content of ${name} is missing`;
  }
  return undefined;
}
