/** The statements about the people at the desk, for both SQL stores, as those of the console are written. Without imports. */

const MEMBER = 'id, person_json, choice, seen_ms, active_ms, assigned_ms';

/** `{name}` is a table, `$1` a parameter. */
export const DESK_STATEMENTS = {
  touchDeskMember: `INSERT INTO {desk_members} (${MEMBER}) VALUES ($1, $2, 'auto', $3, $4, 0)
    ON CONFLICT (id) DO UPDATE SET person_json = excluded.person_json, seen_ms = excluded.seen_ms, active_ms =
      CASE WHEN excluded.active_ms > {desk_members}.active_ms THEN excluded.active_ms ELSE {desk_members}.active_ms END`,
  chooseDeskMember: 'UPDATE {desk_members} SET choice = $1 WHERE id = $2',
  assignedDeskMember: 'UPDATE {desk_members} SET assigned_ms = $1 WHERE id = $2',
  listDeskMembers: `SELECT ${MEMBER} FROM {desk_members} ORDER BY id LIMIT 1000`,
  addDeskNote: `INSERT INTO {desk_notes} (conversation_id, id, at_ms, user_name, text_json)
    SELECT c.id, CAST($2 AS text), CAST($3 AS double precision), CAST($4 AS text), CAST($5 AS text)
    FROM {conversations} c WHERE c.id = $1`,
  listDeskNotes: `SELECT conversation_id, id, at_ms, user_name, text_json FROM {desk_notes} WHERE conversation_id = $1
    ORDER BY at_ms, id LIMIT 1000`,
} as const;
