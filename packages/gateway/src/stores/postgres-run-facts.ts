/** The migrations of what is kept of a run, and of the totals of a conversation. A released migration is never changed. */
import { FUNCTIONS } from './postgres-functions.ts';

/**
 * Gateways of the version before end runs without facts, and rate without counting: the next rating of the conversation counts again. The
 * ratings so far are counted in a transaction of their own, because it reads all messages, and the columns lock the table.
 */
export const RUN_FACTS_MIGRATIONS = [
  {
    about: 'columns for the facts of runs, and for what conversations have cost and are rated',
    sql: `ALTER TABLE rivulet_messages ADD COLUMN facts text;
   ALTER TABLE rivulet_conversations ADD COLUMN cost_pico double precision, ADD COLUMN unpriced integer NOT NULL DEFAULT 0,
     ADD COLUMN rated_down integer NOT NULL DEFAULT 0;
   ${FUNCTIONS.rivulet_end_2 ?? ''}`,
  },
  {
    about: 'the number of bad ratings of each conversation',
    sql: `UPDATE rivulet_conversations c SET rated_down = rated.answers FROM (SELECT conversation_id, count(*) AS answers
     FROM rivulet_messages WHERE strpos(body, '"feedback":{"value":"down"') > 0 GROUP BY conversation_id) AS rated
     WHERE c.id = rated.conversation_id`,
  },
] as const;
