/** The limits of the length of a reply. */

/** Why a reply may not become longer: `Limits.maxAnswerChars`, or the number of parts that ids permit. */
export type ReachedLimit = 'max-answer-chars' | 'max-parts';
