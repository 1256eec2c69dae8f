/** PostgreSQL's functions and values as expressions of SQLite's built-ins alone, so that defaults and views may use them. */

/** The moment as canonical timestamptz text: `2024-06-15T00:00:00.123+00:00`. */
export const nowExpression = `(strftime('%Y-%m-%dT%H:%M:', 'now') || rtrim(rtrim(strftime('%f', 'now'), '0'), '.') || '+00:00')`;

/** A random version 4 UUID. */
export const uuidExpression =
  `(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' ||` +
  ` substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))`;

/** Values named by a bare word. */
export const valueWords: Readonly<Record<string, string>> = {
  current_timestamp: nowExpression,
  localtimestamp: `replace(${nowExpression}, '+00:00', '')`,
  current_date: `date('now')`,
  current_time: `(strftime('%H:%M:%S', 'now') || '+00')`,
  localtime: `strftime('%H:%M:%S', 'now')`,
  current_user: ':auth_role',
  current_role: ':auth_role',
  session_user: ':auth_role',
};

/** What `current_setting('…')` reads, by its first argument. */
export const settings: Readonly<Record<string, string>> = {
  'request.jwt.claims': ':auth_jwt',
  'request.headers': ':request_headers',
  'request.cookies': ':request_cookies',
  'request.method': ':request_method',
  'request.path': ':request_path',
  role: ':auth_role',
  'realtime.topic': ':realtime_topic',
  'storage.operation': ':storage_operation',
  timezone: `'UTC'`,
  server_version: `'15.0'`,
};

/** Functions without arguments that are a bound value or a constant. */
export const constantCalls: Readonly<Record<string, string>> = {
  'auth.uid': ':auth_uid',
  'auth.role': ':auth_role',
  'auth.jwt': ':auth_jwt',
  'auth.email': `(:auth_jwt ->> 'email')`,
  'realtime.topic': ':realtime_topic',
  'storage.operation': ':storage_operation',
  now: nowExpression,
  transaction_timestamp: nowExpression,
  statement_timestamp: nowExpression,
  clock_timestamp: nowExpression,
  gen_random_uuid: uuidExpression,
  uuid_generate_v4: uuidExpression,
  'extensions.gen_random_uuid': uuidExpression,
  'extensions.uuid_generate_v4': uuidExpression,
  current_database: `'postgres'`,
  current_schema: `'public'`,
  version: `('SQLite ' || sqlite_version())`,
  random: '(random() / 18446744073709551616.0 + 0.5)',
  pi: '3.141592653589793',
};

/** Functions that SQLite has under another name. */
export const renamedCalls: Readonly<Record<string, string>> = {
  jsonb_build_object: 'json_object',
  json_build_object: 'json_object',
  jsonb_build_array: 'json_array',
  json_build_array: 'json_array',
  jsonb_array_length: 'json_array_length',
  cardinality: 'json_array_length',
  jsonb_agg: 'json_group_array',
  json_agg: 'json_group_array',
  array_agg: 'json_group_array',
  jsonb_object_agg: 'json_group_object',
  json_object_agg: 'json_group_object',
  to_jsonb: 'json_quote',
  to_json: 'json_quote',
  string_agg: 'group_concat',
  char_length: 'length',
  character_length: 'length',
  octet_length: 'octet_length',
  substring: 'substr',
  btrim: 'trim',
  strpos: 'instr',
  bool_and: 'min',
  every: 'min',
  bool_or: 'max',
  ceiling: 'ceil',
  'storage.foldername': 'storage_foldername',
  'storage.filename': 'storage_filename',
  'storage.extension': 'storage_extension',
};
