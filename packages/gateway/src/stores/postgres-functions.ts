/**
 * The functions of the database that write for runs. A call is one statement and so one round trip and one transaction, whatever
 * the number of conversations. Nothing in it waits for the network: a gateway that freezes or is cut off holds no lock.
 *
 * - A name has a version. A function that was released is never changed, because gateways of the previous version still call it: add
 *   another one, with a migration.
 * - Statements look rows up one by one. Their plans are kept for as long as a connection lives, and a join that was planned while the
 *   tables were small would read a large table for each call. For the same reason they never read a table without its index.
 * - Locks are taken in one order by all writers: conversations by id, then their messages, then reservations, then what was spent, that
 *   of visitors before that of sites.
 * - `lock_timeout_ms`: how long to wait for a lock; 0: without a limit. Like the durability, it ends with the transaction, so that a
 *   connection pooler does not carry it to another client.
 */
const DEFINITION = 'LANGUAGE plpgsql SET enable_seqscan = off';
const settings = (synchronousCommit: 'on' | 'off') =>
  `PERFORM set_config('synchronous_commit', '${synchronousCommit}', true), set_config('lock_timeout', lock_timeout_ms::text, true)`;
/** The two rows that something of a visitor counts in. */
const BOTH = `(VALUES ('visitor', owner_id), ('site', '')) AS whose (kind, whose_id)`;
const CALLS = `json_to_recordset(calls) AS c (place integer, id text, site_id text, owner_id text, title_json text, search_title text,
    now_ms float8, key text, digest text, answer_id text, run_id text, max_running integer, has_newest boolean, newest_id text,
    messages json, day integer, tokens float8, cost_pico float8, visitor_tokens float8, visitor_cost float8, site_tokens float8, site_cost float8)`;

/**
 * Accepts each call or refuses it; a refused one leaves nothing. Places count from 1. A conversation occurs in one call at most. Returns
 * a JSON array with the outcomes by place. A limit that is null is none.
 */
const ACCEPT = `CREATE OR REPLACE FUNCTION rivulet_accept_1(calls json, lock_timeout_ms integer) RETURNS json ${DEFINITION} AS $$
DECLARE
  call record;
  found_key rivulet_keys;
  owner record;
  is_new boolean[];
  kinds text[];
  outcomes json[];
  used_up text;
BEGIN
  ${settings('on')};
  FOR call IN SELECT * FROM ${CALLS} ORDER BY id COLLATE "C" LOOP
    INSERT INTO rivulet_conversations (id, site_id, owner_id, title_json, search_title, created_ms, updated_ms)
      VALUES (call.id, call.site_id, call.owner_id, call.title_json, call.search_title, call.now_ms, call.now_ms)
      ON CONFLICT (id) DO NOTHING;
    is_new[call.place] := FOUND;
    IF NOT FOUND THEN
      SELECT site_id, owner_id INTO owner FROM rivulet_conversations WHERE id = call.id FOR NO KEY UPDATE;
      -- Erased before it was locked: the caller tries again.
      IF NOT FOUND THEN RAISE serialization_failure; END IF;
      SELECT * INTO found_key FROM rivulet_keys WHERE conversation_id = call.id AND key = call.key;
      kinds[call.place] := CASE
        WHEN owner.site_id <> call.site_id OR owner.owner_id <> call.owner_id THEN 'not-found'
        WHEN found_key.digest = call.digest THEN 'repeated'
        WHEN found_key.digest IS NOT NULL THEN 'conflict'
        WHEN EXISTS (SELECT FROM rivulet_messages WHERE conversation_id = call.id
          AND message_id = ANY (ARRAY(SELECT m ->> 'id' FROM json_array_elements(call.messages) m))) THEN 'conflict'
        WHEN call.has_newest AND call.newest_id IS DISTINCT FROM (
          SELECT message_id FROM rivulet_messages WHERE conversation_id = call.id ORDER BY ordinal DESC LIMIT 1) THEN 'moved'
        WHEN (SELECT count(*) FROM rivulet_messages WHERE conversation_id = call.id AND run_state = 'running') > call.max_running THEN 'busy'
        ELSE 'accepted' END;
      outcomes[call.place] := json_build_object('kind', kinds[call.place], 'answerId', found_key.answer_id, 'runId', found_key.run_id);
    ELSE
      kinds[call.place] := CASE WHEN call.has_newest AND call.newest_id IS NOT NULL THEN 'moved' ELSE 'accepted' END;
      outcomes[call.place] := json_build_object('kind', kinds[call.place]);
    END IF;
  END LOOP;

  FOR call IN SELECT DISTINCT site_id, kind, whose_id, day FROM ${CALLS}, LATERAL ${BOTH}
    WHERE kinds[place] = 'accepted' AND day IS NOT NULL ORDER BY kind DESC, site_id, whose_id, day
  LOOP
    INSERT INTO rivulet_spent AS s (site_id, kind, owner_id, day, tokens, cost_pico) VALUES (call.site_id, call.kind, call.whose_id, call.day, 0, 0)
      ON CONFLICT (site_id, kind, owner_id, day) DO UPDATE SET tokens = s.tokens;
  END LOOP;

  FOR call IN SELECT * FROM ${CALLS} ORDER BY place LOOP
    IF kinds[call.place] = 'accepted' AND call.day IS NOT NULL THEN
      -- What one reserves counts for the next one.
      UPDATE rivulet_spent SET tokens = tokens + call.tokens, cost_pico = cost_pico + call.cost_pico
        WHERE site_id = call.site_id AND kind = 'visitor' AND owner_id = call.owner_id AND day = call.day
          AND tokens < coalesce(call.visitor_tokens, 'Infinity') AND cost_pico < coalesce(call.visitor_cost, 'Infinity');
      used_up := CASE WHEN NOT FOUND THEN 'visitor' END;
      IF used_up IS NULL THEN
        UPDATE rivulet_spent SET tokens = tokens + call.tokens, cost_pico = cost_pico + call.cost_pico
          WHERE site_id = call.site_id AND kind = 'site' AND owner_id = '' AND day = call.day
            AND tokens < coalesce(call.site_tokens, 'Infinity') AND cost_pico < coalesce(call.site_cost, 'Infinity');
        IF NOT FOUND THEN
          used_up := 'site';
          UPDATE rivulet_spent SET tokens = tokens - call.tokens, cost_pico = cost_pico - call.cost_pico
            WHERE site_id = call.site_id AND kind = 'visitor' AND owner_id = call.owner_id AND day = call.day;
        END IF;
      END IF;
      IF used_up IS NOT NULL THEN
        kinds[call.place] := 'over-budget';
        outcomes[call.place] := json_build_object('kind', 'over-budget', 'budget', used_up);
      END IF;
    END IF;
    IF kinds[call.place] <> 'accepted' THEN
      IF is_new[call.place] THEN DELETE FROM rivulet_conversations WHERE id = call.id; END IF;
      CONTINUE;
    END IF;
    IF NOT is_new[call.place] THEN UPDATE rivulet_conversations SET updated_ms = call.now_ms WHERE id = call.id; END IF;
    INSERT INTO rivulet_messages (conversation_id, message_id, run_id, run_state, created_ms, body, search_text, ordinal)
      SELECT call.id, m.id, m.run_id, m.run_state, m.created_ms, m.body, m.search_text, m.place + coalesce((
        SELECT max(ordinal) FROM rivulet_messages WHERE conversation_id = call.id), 0)
      FROM json_to_recordset(call.messages) AS m (place integer, id text, run_id text, run_state text, created_ms float8, body text, search_text text);
    INSERT INTO rivulet_keys (conversation_id, key, digest, answer_id, run_id, created_ms)
      VALUES (call.id, call.key, call.digest, call.answer_id, call.run_id, call.now_ms);
    CONTINUE WHEN call.day IS NULL;
    INSERT INTO rivulet_reservations (conversation_id, run_id, site_id, owner_id, day, tokens, cost_pico)
      VALUES (call.id, call.run_id, call.site_id, call.owner_id, call.day, call.tokens, call.cost_pico);
  END LOOP;
  RETURN array_to_json(outcomes);
END $$`;

/** The same, which also refuses runs of a conversation that a person answers, or that waits for one. Its row is locked. */
const ACCEPT_FOR_AI = ACCEPT.replace('rivulet_accept_1', 'rivulet_accept_2').replace(
  'WHEN call.has_newest AND call.newest_id IS DISTINCT FROM',
  `WHEN EXISTS (SELECT FROM rivulet_conversations WHERE id = call.id AND desk_owner <> 'ai') THEN 'owned'
        WHEN call.has_newest AND call.newest_id IS DISTINCT FROM`,
);

/**
 * Ends runs that are running, and replaces what they have reserved by what they have used. A message occurs once. Returns the places
 * of the messages that were written, as a JSON array.
 */
const END = `CREATE OR REPLACE FUNCTION rivulet_end_1(calls json, lock_timeout_ms integer) RETURNS json ${DEFINITION} AS $$
DECLARE
  call record;
  gone rivulet_reservations;
  settled rivulet_reservations[] := '{}';
  ended integer[] := '{}';
BEGIN
  ${settings('on')};
  FOR call IN SELECT * FROM json_to_recordset(calls) AS c (place integer, id text, message_id text, body text, search_text text, rounds text, now_ms float8)
    ORDER BY id COLLATE "C"
  LOOP
    UPDATE rivulet_conversations SET updated_ms = call.now_ms WHERE id = call.id AND EXISTS (
      SELECT FROM rivulet_messages WHERE conversation_id = call.id AND message_id = call.message_id AND run_state = 'running');
    CONTINUE WHEN NOT FOUND;
    UPDATE rivulet_messages SET run_state = 'ended', body = call.body, search_text = call.search_text, rounds = call.rounds
      WHERE conversation_id = call.id AND message_id = call.message_id AND run_state = 'running';
    CONTINUE WHEN NOT FOUND;
    ended := ended || call.place;
    DELETE FROM rivulet_progress WHERE conversation_id = call.id AND message_id = call.message_id;
  END LOOP;
  FOR call IN SELECT * FROM json_to_recordset(calls) AS c (id text, run_id text, tokens float8, cost_pico float8)
    WHERE tokens IS NOT NULL ORDER BY id COLLATE "C", run_id COLLATE "C"
  LOOP
    DELETE FROM rivulet_reservations r WHERE conversation_id = call.id AND run_id = call.run_id RETURNING r.* INTO gone;
    CONTINUE WHEN NOT FOUND;
    gone.tokens := call.tokens - gone.tokens;
    gone.cost_pico := call.cost_pico - gone.cost_pico;
    settled := settled || gone;
  END LOOP;
  FOR call IN SELECT site_id, kind, whose_id, day, sum(tokens) AS tokens, sum(cost_pico) AS cost_pico FROM unnest(settled), LATERAL ${BOTH}
    GROUP BY site_id, kind, whose_id, day ORDER BY kind DESC, site_id, whose_id, day
  LOOP
    INSERT INTO rivulet_spent AS s (site_id, kind, owner_id, day, tokens, cost_pico)
      VALUES (call.site_id, call.kind, call.whose_id, call.day, call.tokens, call.cost_pico)
      ON CONFLICT (site_id, kind, owner_id, day) DO UPDATE SET
        tokens = s.tokens + excluded.tokens, cost_pico = s.cost_pico + excluded.cost_pico;
  END LOOP;
  RETURN to_json(ended);
END $$`;

/**
 * The same, which also keeps the facts of a run, and adds what it has cost to the totals of its conversation. Of two ends at once the
 * second one waits for the lock of the conversation, and adds nothing: it finds the message ended.
 */
const END_WITH_FACTS = END.replace('rivulet_end_1', 'rivulet_end_2')
  .replace(
    'rounds text, now_ms float8)',
    'rounds text, facts text, cost float8, unpriced integer, now_ms float8)',
  )
  .replace(
    /UPDATE rivulet_conversations SET updated_ms[^;]*;/,
    'PERFORM FROM rivulet_conversations WHERE id = call.id FOR NO KEY UPDATE;',
  )
  .replace('rounds = call.rounds\n', 'rounds = call.rounds, facts = call.facts\n')
  .replace(
    'ended := ended || call.place;',
    `ended := ended || call.place;
    UPDATE rivulet_conversations SET updated_ms = call.now_ms, unpriced = unpriced + call.unpriced,
      cost_pico = coalesce(cost_pico + call.cost, call.cost, cost_pico) WHERE id = call.id;`,
  );

/** Settles runs that have ended. Their conversations are locked against erasing only, which deletes messages in an order of its own. */
const SETTLE = `CREATE OR REPLACE FUNCTION rivulet_settle_1(calls json, lock_timeout_ms integer) RETURNS void ${DEFINITION} AS $$
DECLARE
  call record;
BEGIN
  ${settings('off')};
  FOR call IN SELECT * FROM json_to_recordset(calls) AS c (id text, message_id text) ORDER BY id COLLATE "C" LOOP
    PERFORM FROM rivulet_conversations WHERE id = call.id FOR KEY SHARE;
    UPDATE rivulet_messages SET run_state = 'finished'
      WHERE conversation_id = call.id AND message_id = call.message_id AND run_state = 'ended';
  END LOOP;
END $$`;

/** Saves what answers have gained; of an answer that is not running, nothing. */
const SAVE = `CREATE OR REPLACE FUNCTION rivulet_save_1(calls json, lock_timeout_ms integer) RETURNS void ${DEFINITION} AS $$
DECLARE
  call record;
BEGIN
  ${settings('off')};
  FOR call IN SELECT * FROM json_to_recordset(calls) AS c (id text, message_id text, events text) ORDER BY id COLLATE "C" LOOP
    INSERT INTO rivulet_progress (conversation_id, message_id, events) SELECT conversation_id, message_id, call.events
      FROM rivulet_messages WHERE conversation_id = call.id AND message_id = call.message_id AND run_state = 'running';
  END LOOP;
END $$`;

/**
 * Changes the reservation of an unfinished run, unless it grows and the other runs have used a budget up. The note is kept in any case. A
 * limit that is null is none. Returns `reserved`, also when there is no reservation, or whose budget is used up.
 */
const RESERVE = `CREATE OR REPLACE FUNCTION rivulet_reserve_1(change json, lock_timeout_ms integer) RETURNS text ${DEFINITION} AS $$
DECLARE
  call record;
  whose record;
  before rivulet_reservations;
  after rivulet_spent;
  more_tokens float8;
  more_cost float8;
  used_up text;
BEGIN
  ${settings('off')};
  SELECT * INTO call FROM json_to_record(change) AS c (id text, run_id text, tokens float8, cost_pico float8, note text,
    visitor_tokens float8, visitor_cost float8, site_tokens float8, site_cost float8);
  SELECT * INTO before FROM rivulet_reservations WHERE conversation_id = call.id AND run_id = call.run_id FOR UPDATE;
  IF NOT FOUND THEN RETURN 'reserved'; END IF;
  more_tokens := call.tokens - before.tokens;
  more_cost := call.cost_pico - before.cost_pico;
  FOR whose IN SELECT * FROM (VALUES ('visitor', before.owner_id, call.visitor_tokens, call.visitor_cost),
    ('site', '', call.site_tokens, call.site_cost)) AS w (kind, owner_id, most_tokens, most_cost)
    WHERE more_tokens <> 0 OR more_cost <> 0 ORDER BY kind DESC
  LOOP
    INSERT INTO rivulet_spent AS s (site_id, kind, owner_id, day, tokens, cost_pico)
      VALUES (before.site_id, whose.kind, whose.owner_id, before.day, more_tokens, more_cost)
      ON CONFLICT (site_id, kind, owner_id, day) DO UPDATE SET tokens = s.tokens + more_tokens, cost_pico = s.cost_pico + more_cost
      RETURNING s.* INTO after;
    IF used_up IS NULL AND (more_tokens > 0 OR more_cost > 0) AND (after.tokens - call.tokens >= coalesce(whose.most_tokens, 'Infinity')
      OR after.cost_pico - call.cost_pico >= coalesce(whose.most_cost, 'Infinity')) THEN used_up := whose.kind; END IF;
  END LOOP;
  IF used_up IS NOT NULL THEN
    UPDATE rivulet_spent SET tokens = tokens - more_tokens, cost_pico = cost_pico - more_cost
      WHERE site_id = before.site_id AND kind = 'visitor' AND owner_id = before.owner_id AND day = before.day;
    UPDATE rivulet_spent SET tokens = tokens - more_tokens, cost_pico = cost_pico - more_cost
      WHERE site_id = before.site_id AND kind = 'site' AND owner_id = '' AND day = before.day;
    call.tokens := before.tokens;
    call.cost_pico := before.cost_pico;
  END IF;
  UPDATE rivulet_reservations SET tokens = call.tokens, cost_pico = call.cost_pico, note = call.note
    WHERE conversation_id = call.id AND run_id = call.run_id;
  RETURN coalesce(used_up, 'reserved');
END $$`;

/** All of them, in any order. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  rivulet_accept_1: ACCEPT,
  rivulet_accept_2: ACCEPT_FOR_AI,
  rivulet_end_1: END,
  rivulet_end_2: END_WITH_FACTS,
  rivulet_settle_1: SETTLE,
  rivulet_save_1: SAVE,
  rivulet_reserve_1: RESERVE,
};
