/** Whether a function call may run on the event loop: every statement of its body and every default it needs. */

import type { FunctionStatements } from '#lib/engine/compile/compile-function.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Call } from '#lib/engine/run/call.ts';
import { createCost, type StatementCost } from '#lib/engine/run/cost.ts';
import { mayExpand } from '#lib/engine/run/may-expand.ts';
import type { SqlValue } from '#lib/engine/types/semantic-type.ts';

export interface CallCost {
  isExpensive(database: Database, call: Call): boolean;
  observe(elapsedMs: number): void;
}

/** A call whose statements cannot be read beforehand is left to a process that can be killed. */
const unreadable: StatementCost = {
  isExpensive: () => true,
  observe: () => undefined,
  observeDocument: () => undefined,
  observeTooMuch: () => undefined,
  isSuspect: false,
  isFixed: false,
};

export function createCallCost({ written }: FunctionStatements): CallCost {
  const costs = new Map<string, StatementCost>();
  const expands = mayExpand(written);

  function costOf(database: Database, sql: string, parameters: Readonly<Record<string, SqlValue>>): StatementCost {
    const known = costs.get(sql);
    if (known !== undefined) return known;
    const made = read(database, sql, written, parameters);
    costs.set(sql, made);
    return made;
  }

  return {
    isExpensive(database, { defaults, before, gather, result, parameters }) {
      if (expands) return true;
      const statements = [...defaults.map(({ sql }) => sql), ...before, gather, result].filter((sql) => sql !== null);
      return statements.some((sql) => costOf(database, sql, parameters).isExpensive(database, parameters));
    },
    observe(elapsedMs) {
      for (const cost of costs.values()) cost.observe(elapsedMs);
    },
  };
}

function read(database: Database, sql: string, written: string, parameters: Readonly<Record<string, SqlValue>>): StatementCost {
  try {
    return createCost(database, { sql, filtered: true, written }, parameters);
  } catch {
    return unreadable;
  }
}
