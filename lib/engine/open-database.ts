/** One open environment: a read-only connection for reads, a writing one for group commits, and the catalog they share. */

import { loadCatalog } from '#lib/engine/catalog/load-catalog.ts';
import type { Catalog } from '#lib/engine/catalog/catalog.ts';
import { type CachingConnection, createConnection } from '#lib/engine/connection.ts';
import type { Connection, Database } from '#lib/engine/database.ts';
import { createGroupCommit } from '#lib/engine/group-commit.ts';
import { openFile } from '#lib/engine/open-file.ts';

export interface OpenDatabase extends Database {
  /** For compiled statements, which bypass the row-object API. */
  readonly reader: CachingConnection;
  /** Milliseconds (monotonic) of the last use; the pool closes the least recent. */
  lastUsedMs: number;
  close(): Promise<void>;
}

export function openDatabase(ref: string, file: string, durability: 'full' | 'fast'): OpenDatabase {
  const writer = createConnection(openFile(file, { durability }));
  const reader = createConnection(openFile(file, { readOnly: true, durability }));
  const watch = watchCatalog(reader);
  const commits = createGroupCommit(writer, watch.mayHaveChanged);
  return {
    ref,
    file,
    reader,
    lastUsedMs: performance.now(),
    get catalog() {
      return watch.current();
    },
    read: <T>(work: (connection: Connection) => T) => work(reader),
    write: (work) => commits.write(work),
    async close() {
      await commits.drain();
      reader.handle.close();
      writer.handle.close();
    },
  };
}

/**
 * Schema changes move SQLite's schema version, policies and grants move ours; both are read only when the file changed
 * at all, and that is asked at most once a tick.
 */
function watchCatalog(reader: CachingConnection): { current(): Catalog; mayHaveChanged(): void } {
  let catalog: Catalog | null = null;
  let seenData = -1;
  let seenSchema = '';
  let checked = false;

  function refresh(): Catalog {
    const dataVersion = Number(reader.value('PRAGMA data_version'));
    if (catalog !== null && dataVersion === seenData) return catalog;
    seenData = dataVersion;
    const schema = `${reader.value('PRAGMA schema_version')}.${reader.value('SELECT version FROM main._koyalite_catalog_version')}`;
    if (catalog !== null && schema === seenSchema) return catalog;
    seenSchema = schema;
    catalog = loadCatalog(reader);
    return catalog;
  }

  return {
    current() {
      if (checked && catalog !== null) return catalog;
      checked = true;
      setImmediate(() => {
        checked = false;
      });
      return refresh();
    },
    mayHaveChanged() {
      checked = false;
    },
  };
}
