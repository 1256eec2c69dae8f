/**
 * The SQLite connection under Prisma: durable on every open, and one unit of work at a time. The stock adapter runs
 * queries from outside a transaction inside whichever transaction is open, so a rollback would take a stranger's write with it.
 */

import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';

export type SqliteConnection = Awaited<ReturnType<PrismaBetterSqlite3['connect']>>;

const pragmas = `PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF`;

/** Makes connections to one file. */
export class SerialSqlite extends PrismaBetterSqlite3 {
  constructor(file: string) {
    super({ url: `file:${file}`, timeout: 20 });
  }

  override async connect(): Promise<SqliteConnection> {
    const connection = await super.connect();
    await connection.executeScript(pragmas);
    // A reopened WAL database silently gets NORMAL; an answered change must survive power loss.
    const answer = await connection.queryRaw({ sql: 'PRAGMA synchronous', args: [], argTypes: [] });
    if (Number(answer.rows[0]?.[0]) !== 2) throw new Error('The control database does not accept synchronous=FULL.');
    return inTurn(connection);
  }
}

function inTurn(connection: SqliteConnection): SqliteConnection {
  let last: Promise<unknown> = Promise.resolve();
  const turn = async (): Promise<() => void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = last;
    last = promise;
    await before;
    return resolve;
  };
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    const done = await turn();
    try {
      return await work();
    } finally {
      done();
    }
  };
  return {
    provider: connection.provider,
    adapterName: connection.adapterName,
    queryRaw: (query) => alone(() => connection.queryRaw(query)),
    executeRaw: (query) => alone(() => connection.executeRaw(query)),
    executeScript: (script) => alone(() => connection.executeScript(script)),
    dispose: () => connection.dispose(),
    async startTransaction(isolationLevel) {
      const done = await turn();
      try {
        const transaction = await connection.startTransaction(isolationLevel);
        const commit = transaction.commit.bind(transaction);
        const rollback = transaction.rollback.bind(transaction);
        return Object.assign(transaction, {
          commit: () => commit().finally(done),
          rollback: () => rollback().finally(done),
        });
      } catch (error) {
        done();
        throw error;
      }
    },
  };
}
