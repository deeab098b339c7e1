/** What `rivulet import` copies from a SQLite store into a Postgres store: the tables, their columns, and what both must agree on. */

/** A type of Postgres. Its arrays carry the rows. */
export type ColumnType = 'text' | 'float8' | 'bigint' | 'integer';

/** A table that exists in both stores: `name` in SQLite, `rivulet_<name>` in Postgres. */
export interface ImportedTable {
  name: string;
  /** The columns by which rows are unique and in which order they are copied. */
  key: readonly string[];
  columns: Readonly<Record<string, ColumnType>>;
  /** The rows of SQLite that are copied, as a condition. Default: all. */
  where?: string;
  /** What is summed up in both stores to compare them: expressions that both know, of whole numbers, so that the order does not matter. */
  sums: readonly string[];
  /** Rows that the gateways themselves add and remove: they may be there already, and are not counted. */
  isShared?: true;
}

const CONVERSATION = { conversation_id: 'text' } as const;
const RUN = { ...CONVERSATION, run_id: 'text', site_id: 'text', owner_id: 'text' } as const;
const AMOUNT = { day: 'integer', tokens: 'float8', cost_pico: 'float8' } as const;

/** In the order in which they are copied: a row comes after the rows that it refers to. */
export const IMPORTED_TABLES: readonly ImportedTable[] = [
  {
    name: 'conversations',
    key: ['id'],
    columns: {
      id: 'text',
      site_id: 'text',
      owner_id: 'text',
      title_json: 'text',
      search_title: 'text',
      created_ms: 'float8',
      updated_ms: 'float8',
      held_ms: 'float8',
      hold_reason_json: 'text',
      desk_json: 'text',
      desk_revision: 'integer',
      desk_owner: 'text',
      desk_person: 'text',
      desk_status: 'text',
      desk_waiting_ms: 'float8',
      cost_pico: 'float8',
      unpriced: 'integer',
      rated_down: 'integer',
    },
    sums: ['octet_length(title_json)'],
  },
  {
    name: 'messages',
    key: ['conversation_id', 'ordinal'],
    columns: {
      ...CONVERSATION,
      ordinal: 'bigint',
      message_id: 'text',
      run_id: 'text',
      run_state: 'text',
      created_ms: 'float8',
      body: 'text',
      search_text: 'text',
      rounds: 'text',
      facts: 'text',
    },
    // Postgres reads the parent of a message from its body, and fails for one that is no JSON. No gateway can show such a message.
    where: 'json_valid(body)',
    sums: ['ordinal', 'octet_length(body)'],
  },
  {
    name: 'keys',
    key: ['conversation_id', 'key'],
    columns: {
      ...CONVERSATION,
      key: 'text',
      digest: 'text',
      answer_id: 'text',
      run_id: 'text',
      created_ms: 'float8',
    },
    sums: [],
  },
  {
    name: 'progress',
    key: ['rowid'],
    columns: { ...CONVERSATION, message_id: 'text', events: 'text' },
    where: 'json_valid(events)',
    sums: ['octet_length(events)'],
  },
  {
    name: 'usage',
    key: ['conversation_id', 'run_id'],
    columns: { ...RUN, input_tokens: 'float8', output_tokens: 'float8', at_ms: 'float8' },
    sums: ['input_tokens', 'output_tokens'],
  },
  {
    name: 'spent',
    key: ['site_id', 'kind', 'owner_id', 'day'],
    columns: { site_id: 'text', kind: 'text', owner_id: 'text', ...AMOUNT },
    sums: ['tokens'],
  },
  {
    name: 'reservations',
    key: ['conversation_id', 'run_id'],
    columns: { ...RUN, ...AMOUNT, note: 'text' },
    sums: ['tokens'],
  },
  {
    name: 'revocations',
    key: ['site_id', 'kind', 'id'],
    columns: { site_id: 'text', kind: 'text', id: 'text', at_ms: 'float8', until_ms: 'float8' },
    sums: [],
  },
  {
    name: 'site_switches',
    key: ['site_id'],
    columns: { site_id: 'text', disabled: 'text', at_ms: 'float8' },
    sums: [],
  },
  {
    name: 'site_edits',
    key: ['site_id'],
    columns: {
      site_id: 'text',
      revision: 'integer',
      settings_json: 'text',
      user_name: 'text',
      at_ms: 'float8',
    },
    sums: ['revision'],
  },
  {
    name: 'console_audit',
    key: ['at_ms', 'id'],
    columns: {
      at_ms: 'float8',
      id: 'text',
      user_name: 'text',
      action: 'text',
      target: 'text',
      site_id: 'text',
      address: 'text',
    },
    sums: [],
  },
  {
    name: 'webhook_deliveries',
    key: ['rowid'],
    columns: {
      event_id: 'text',
      endpoint: 'text',
      order_key: 'text',
      body: 'text',
      queued_ms: 'float8',
      retry_ms: 'float8',
      attempts: 'integer',
      refusals: 'integer',
      problem: 'text',
      dead_ms: 'float8',
    },
    sums: ['attempts'],
  },
  {
    name: 'figures',
    key: ['width_ms', 'start_ms', 'site_id', 'name', 'writer'],
    columns: {
      width_ms: 'bigint',
      start_ms: 'bigint',
      site_id: 'text',
      name: 'text',
      writer: 'text',
      value: 'float8',
    },
    sums: [],
  },
  {
    name: 'desk_notes',
    key: ['conversation_id', 'at_ms', 'id'],
    columns: { ...CONVERSATION, id: 'text', at_ms: 'float8', user_name: 'text', text_json: 'text' },
    sums: [],
  },
  {
    name: 'desk_members',
    key: ['id'],
    columns: {
      id: 'text',
      person_json: 'text',
      choice: 'text',
      seen_ms: 'float8',
      active_ms: 'float8',
      assigned_ms: 'float8',
    },
    sums: [],
  },
  {
    name: 'knowledge_sources',
    key: ['site_id', 'source'],
    columns: { site_id: 'text', source: 'text', started_ms: 'float8', finished_ms: 'float8' },
    sums: [],
  },
  {
    name: 'knowledge_documents',
    key: ['site_id', 'url'],
    columns: {
      site_id: 'text',
      url: 'text',
      source: 'text',
      title: 'text',
      etag: 'text',
      last_modified: 'text',
      digest: 'text',
      links_json: 'text',
      checked_ms: 'float8',
      changed_ms: 'float8',
    },
    sums: ['octet_length(title)'],
  },
  {
    name: 'knowledge_pieces',
    key: ['site_id', 'url', 'ordinal'],
    columns: {
      site_id: 'text',
      url: 'text',
      ordinal: 'integer',
      heading: 'text',
      anchor: 'text',
      text: 'text',
      title_terms: 'text',
      heading_terms: 'text',
      text_terms: 'text',
      terms: 'text',
    },
    sums: ['octet_length(text)'],
  },
  { name: 'erased', key: ['conversation_id'], columns: CONVERSATION, sums: [], isShared: true },
  {
    name: 'jobs',
    key: ['name'],
    columns: { name: 'text', holder: 'text', until_ms: 'float8', done_ms: 'float8' },
    sums: [],
    isShared: true,
  },
];

/** The values of a row, by column. */
export type ImportedRow = Readonly<Record<string, string | number | null>>;

/** The number of rows, and the sums. */
export type TableTotals = readonly number[];

/** The columns of a statement that reads the totals of a table in either database: `total_0`, … The type is a double in both. */
export const totalsOf = ({ sums }: ImportedTable): string =>
  ['count(*)', ...sums.map((sum) => `coalesce(sum(${sum}), 0)`)]
    .map((value, index) => `CAST(${value} AS double precision) AS total_${index}`)
    .join(', ');

/** The totals in a row of such a statement. */
export const readTotals = (row: Readonly<Record<string, unknown>>): TableTotals =>
  Object.keys(row)
    .filter((name) => name.startsWith('total_'))
    .map((name) => Number(row[name]));
