/** `set_config` and `raise_exception`: how a SQL function speaks to the request that called it. */

import { defineVolatile, type Registrar, toText } from '#lib/engine/functions/define.ts';
import { isSettable, SettingList } from '#lib/engine/settings.ts';
import { SqlError } from '#lib/engine/sql-error.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

/**
 * What was set since it was last taken. One list is enough: SQLite calls these functions while a statement runs, nothing
 * else runs in between, and whoever wants the settings takes them before the statement and after it.
 */
const collected = new SettingList();

export function registerSettings(db: Registrar): void {
  defineVolatile(db, 'set_config', [3], (name, value) => {
    if (name === null || name === undefined) throw new SqlError({ sqlstate: '22004', message: 'SET requires parameter name' });
    const key = toText(name).toLowerCase();
    if (!isSettable(key)) throw refuseSetting(key);
    const text = value === null || value === undefined ? '' : toText(value);
    collected.set(key, text);
    return text;
  });
  defineVolatile(db, 'koyalite_take_settings', [0], () => collected.take());
  for (const count of [1, 2, 3, 4])
    defineVolatile(db, 'raise_exception', [count], (message, state, details, hint) => {
      throw toException(message, state, details, hint);
    });
}

function refuseSetting(key: string): SqlError {
  if (key.includes('.')) {
    return new SqlError({
      sqlstate: '22023',
      message: `parameter "${key}" cannot be changed`,
      hint: 'Set response.status, response.headers, or a name of your own such as app.tenant.',
    });
  }
  return new SqlError({ sqlstate: '42704', message: `unrecognized configuration parameter "${key}"` });
}

/** `raise_exception(message [, errcode [, detail [, hint]]])`: PL/pgSQL's RAISE, whose state is P0001 unless it says otherwise. */
function toException(message: Argument, state: Argument, details: Argument, hint: Argument): SqlError {
  const sqlstate = state == null ? 'P0001' : toText(state);
  if (!/^[0-9A-Z]{5}$/.test(sqlstate) || sqlstate.startsWith('00'))
    return new SqlError({ sqlstate: '42704', message: `unrecognized exception condition "${sqlstate}"` });
  return new SqlError({
    sqlstate,
    message: message == null ? '' : toText(message),
    details: details == null ? null : toText(details),
    hint: hint == null ? null : toText(hint),
  });
}

type Argument = SqlValue | undefined;
