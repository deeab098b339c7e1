/** What a backup contains: the names of its members, and the two that describe it. */
import * as v from 'valibot';
import { isFileId } from '../../files/file-id.ts';
import { SQLITE_FILE } from '../../stores/sqlite-copy.ts';

/** The version of the layout of a backup. */
export const BACKUP_FORMAT = 1;

/** The members with fixed names. `header` is the first, `manifest` the last one. */
export const MEMBERS = {
  header: 'backup.json',
  database: SQLITE_FILE,
  secret: 'secret.key',
  manifest: 'manifest.json',
} as const;

/** The folder of the files of visitors, in a backup and in a data folder. */
export const FILES = 'files';
const BLOBS = `${FILES}/blobs/`;
const RECORDS = `${FILES}/records/`;

/** The member with the content of a file. */
export const blobMember = (id: string): string => `${BLOBS}${id}`;
/** The member with the record of a file. */
export const recordMember = (id: string): string => `${RECORDS}${id}.json`;

/** The largest member of each kind, in bytes. Databases and contents are bounded by the free space of the disk. */
const MAX_BYTES = { header: 65_536, secret: 65_536, record: 65_536, manifest: 268_435_456 };
/** Bounds what a hostile file makes a restore remember: half of the entries that fit into the manifest. */
export const MAX_MEMBERS = 2_000_000;

/** What is known of a member by its name. */
export interface MemberKind {
  /** The id, for the content or the record of a file. */
  fileId?: string;
  isRecord?: boolean;
  maxBytes: number;
}

/** Names that lead anywhere else, such as `../x`, are no members. @returns undefined for a name that is not one of a backup */
export function memberKind(name: string): MemberKind | undefined {
  if (name === MEMBERS.header) return { maxBytes: MAX_BYTES.header };
  if (name === MEMBERS.secret) return { maxBytes: MAX_BYTES.secret };
  if (name === MEMBERS.manifest) return { maxBytes: MAX_BYTES.manifest };
  if (name === MEMBERS.database) return { maxBytes: Number.MAX_SAFE_INTEGER };
  const [, recordId = ''] = /^files\/records\/([^./]+)\.json$/.exec(name) ?? [];
  if (isFileId(recordId)) return { fileId: recordId, isRecord: true, maxBytes: MAX_BYTES.record };
  const blobId = name.startsWith(BLOBS) ? name.slice(BLOBS.length) : '';
  return isFileId(blobId) ? { fileId: blobId, maxBytes: Number.MAX_SAFE_INTEGER } : undefined;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The first member: what a reader needs to know before anything else. */
export const HeaderSchema = v.object({
  format: count,
  gatewayVersion: v.string(),
  createdAt: v.string(),
});

/** A member: its size in bytes and the SHA-256 of its content in hexadecimal. */
export const MemberSchema = v.object({ bytes: count, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) });

/** The last member: what the backup holds, and the sum of every other member. */
export const ManifestSchema = v.object({
  format: count,
  gatewayVersion: v.string(),
  createdAt: v.string(),
  store: v.literal('sqlite'),
  schemaVersion: count,
  /** Where the secret is that signs the tokens of visitors: in this backup, or in the configuration of the gateway. */
  secret: v.picklist(['secret.key', 'configuration']),
  conversations: count,
  messages: count,
  files: count,
  /** The ids of files that a message names and that were erased before they could be copied. */
  missingFiles: v.array(v.string()),
  members: v.record(v.string(), MemberSchema),
});
/** The description of a backup. */
export type Manifest = v.InferOutput<typeof ManifestSchema>;
/** A member as the manifest names it. */
export type Member = v.InferOutput<typeof MemberSchema>;
