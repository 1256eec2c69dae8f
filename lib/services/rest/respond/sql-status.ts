/** SQLSTATE → HTTP status, as PostgREST maps them. */

/** `authenticated`: the caller's role came from a token and is not `anon`. */
export function toStatus(sqlstate: string, authenticated: boolean, message: string): number {
  if (sqlstate === '42501') return authenticated ? 403 : 401;
  if (sqlstate === '22023' && message.startsWith('role ')) return 401;
  if (sqlstate.startsWith('PT')) return /^PT[2-5]\d\d$/.test(sqlstate) ? Number(sqlstate.slice(2)) : 500;
  return byState[sqlstate] ?? byClass[sqlstate.slice(0, 2)] ?? 400;
}

const byState: Readonly<Record<string, number>> = {
  '21000': 400,
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '42P01': 404,
  '42883': 404,
  '42P17': 500,
  '40001': 503,
  '55000': 405,
  '57014': 500,
  '57P01': 503,
  '53100': 507,
  '53400': 500,
  '54000': 400,
  '54001': 400,
  P0001: 400,
  '22023': 400,
};

const byClass: Readonly<Record<string, number>> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
};
