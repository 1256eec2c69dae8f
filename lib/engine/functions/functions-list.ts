/** Functions that cannot raise on any row: safe beside a flattened wall. Everything not named here is fenced. */

export const pureFunctions: ReadonlySet<string> = new Set([
  'coalesce', 'ifnull', 'nullif', 'iif', 'lower', 'upper', 'length', 'trim', 'ltrim', 'rtrim', 'substr', 'substring', 'instr', 'replace',
  'typeof', 'quote', 'unicode', 'hex', 'min', 'max', 'count', 'sum', 'total', 'avg', 'round', 'sign', 'date', 'time', 'datetime', 'strftime',
  'julianday', 'unixepoch', 'json_valid', 'json_quote', 'likely', 'unlikely', 'likelihood', 'concat', 'concat_ws', 'exists', 'cast',
  'text', 'integer', 'real', 'blob', 'numeric', 'ilike', 'like_sensitive', 'array_contains', 'array_contained', 'array_overlaps',
  'json_contains', 'json_contained', 'range_contains', 'range_contained', 'range_overlaps', 'contains', 'contained', 'overlaps',
  'storage_foldername', 'storage_filename', 'storage_extension',
]);
