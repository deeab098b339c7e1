/** What a site sets about its documents, and the bounds of reading them. */
import * as v from 'valibot';
import { text, yesOrNo } from '../base/setting-values.ts';

const whole = (least: number, most: number) => {
  const problem = `expected a whole number, ${least} to ${most}`;
  return v.pipe(v.number(problem), v.integer(problem), v.minValue(least, problem), v.maxValue(most, problem));
};
const isWebAddress = (value: string): boolean => /^https?:$/.test(URL.parse(value)?.protocol ?? '');
const webAddress = v.pipe(text, v.check(isWebAddress, 'expected an address such as https://shop.example/'));

/** A source of documents. */
export const KnowledgeSourceSchema = v.strictObject({
  /** The address of a sitemap or of a page, or the path of a folder. */
  from: text,
  /** Of a folder: the address at which its files are published, for the links of citations. */
  baseUrl: v.optional(webAddress),
  /** Further origins from which pages are read. Default: the origin of the source alone. */
  allowOrigins: v.optional(v.array(webAddress)),
  /** Whether addresses that are not on the internet are read. */
  allowPrivate: v.optional(yesOrNo),
  /** How many documents are read. Default: 5,000. */
  maxDocuments: v.optional(whole(1, 100_000)),
  /** The pause between two requests. Default: 250. */
  delayMs: v.optional(whole(0, 60_000)),
});
/** A source of documents. */
export type KnowledgeSourceSettings = v.InferInput<typeof KnowledgeSourceSchema>;

const TIME_PROBLEM = 'expected a time of day in UTC such as 03:30, or off';

/** The documents of a site. */
export const KnowledgeSchema = v.strictObject({
  /** What `rivulet ingest --site ID` and the gateway at `refreshAt` read. */
  sources: v.optional(v.array(KnowledgeSourceSchema)),
  /** When a gateway reads the sources again, once a day: a time in UTC. Default: `off`. */
  refreshAt: v.optional(
    v.union(
      [v.literal('off'), v.pipe(text, v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, TIME_PROBLEM))],
      TIME_PROBLEM,
    ),
  ),
  /** Whether answers are only about what the documents say. */
  strict: v.optional(yesOrNo),
  /** How many pieces one search gives the model. Default: 6. */
  maxPieces: v.optional(whole(1, 20)),
});
/** The documents of a site: `{}` is enough for what was ingested by the command line. */
export type KnowledgeSettings = v.InferInput<typeof KnowledgeSchema>;

/** What is read of a source when it does not say. */
export const DEFAULT_SOURCE = { maxDocuments: 5_000, delayMs: 250 } as const;
/** How many pieces one search gives the model. */
export const DEFAULT_PIECES = 6;
