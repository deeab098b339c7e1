/** BM25 over the terms of pieces, for the stores whose database does not have it. */

/** The terms of a piece, by the place where they are. */
export interface RankedTerms {
  title: readonly string[];
  heading: readonly string[];
  text: readonly string[];
}

/** How much a term counts by its place: also that of FTS5, which takes the same weights. */
export const FIELD_WEIGHTS = { title: 3, heading: 2, text: 1 } as const;

/** What is known of all pieces among which is searched. */
export interface Corpus {
  pieces: number;
  /** The mean number of terms of a piece. */
  meanLength: number;
  /** How many pieces have a term. */
  piecesWith: (term: string) => number;
}

/** The constants of BM25 that FTS5 uses. */
const K1 = 1.2;
const B = 0.75;

/** How well a piece fits; more is better, and 0 when it has none of the terms. */
export function scoreOf(terms: readonly string[], piece: RankedTerms, corpus: Corpus): number {
  const length = piece.title.length + piece.heading.length + piece.text.length;
  const norm = K1 * (1 - B + (B * length) / Math.max(1, corpus.meanLength));
  let score = 0;
  for (const term of terms) {
    const frequency =
      FIELD_WEIGHTS.title * countOf(piece.title, term) +
      FIELD_WEIGHTS.heading * countOf(piece.heading, term) +
      FIELD_WEIGHTS.text * countOf(piece.text, term);
    if (frequency === 0) continue;
    const withTerm = corpus.piecesWith(term);
    const idf = Math.max(MIN_IDF, Math.log((corpus.pieces - withTerm + 0.5) / (withTerm + 0.5)));
    score += (idf * frequency * (K1 + 1)) / (frequency + norm);
  }
  return score;
}

/** A term that most pieces have counts hardly, but not against a piece: as in FTS5. */
const MIN_IDF = 1e-6;

const countOf = (terms: readonly string[], wanted: string): number =>
  terms.reduce((count, term) => (term === wanted ? count + 1 : count), 0);
