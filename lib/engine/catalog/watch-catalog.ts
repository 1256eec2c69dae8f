/** Keeps the catalog of an open file current: schema changes move SQLite's schema version, policies and grants move ours. */

import type { Catalog } from '#lib/engine/catalog/catalog.ts';
import { readCatalogVersion } from '#lib/engine/catalog/catalog-version.ts';
import { loadCatalog, loadCatalogInSteps } from '#lib/engine/catalog/load-catalog.ts';
import type { CachingConnection } from '#lib/engine/connection.ts';
import { inSteps } from '#lib/engine/run/in-steps.ts';

export interface CatalogWatch {
  /** As of this call. Loads it at once when nobody waited for `ready`. */
  current(): Catalog;
  /** Resolves when `current` is at hand; undefined when it is already. A large catalog is loaded in steps. */
  ready(): Promise<void> | undefined;
  mayHaveChanged(): void;
}

export function watchCatalog(reader: CachingConnection): CatalogWatch {
  let catalog: Catalog | null = null;
  let loading: Promise<void> | null = null;
  let seenData = -1;
  let checked = false;

  /** Both versions are read only when the file changed at all, and that is asked at most once a tick. */
  function findCurrent(): Catalog | null {
    if (catalog === null || checked) return catalog;
    const dataVersion = Number(reader.value('PRAGMA data_version'));
    if (dataVersion !== seenData && readCatalogVersion(reader) !== catalog.fileVersion) return null;
    seenData = dataVersion;
    checked = true;
    setImmediate(() => {
      checked = false;
    });
    return catalog;
  }

  /** What was compiled for this version stays good. */
  function accept(loaded: Catalog): Catalog {
    if (catalog?.fileVersion !== loaded.fileVersion) catalog = loaded;
    return catalog ?? loaded;
  }

  async function load(first: Promise<Catalog>): Promise<void> {
    accept(await first);
    while (findCurrent() === null) accept(await inSteps(loadCatalogInSteps(reader)));
  }

  return {
    current: () => findCurrent() ?? accept(loadCatalog(reader)),
    ready() {
      if (loading !== null) return loading;
      if (findCurrent() !== null) return;
      const loaded = inSteps(loadCatalogInSteps(reader));
      if (!(loaded instanceof Promise)) return void accept(loaded);
      loading = load(loaded).finally(() => {
        loading = null;
      });
      return loading;
    },
    mayHaveChanged() {
      checked = false;
    },
  };
}
