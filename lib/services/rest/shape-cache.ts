/** What was prepared for each request shape: dies with the catalog it was planned against and the settings it obeyed. */

import { LRUCache } from 'lru-cache';
import type { Catalog } from '#lib/engine/catalog/catalog.ts';
import type { EnvironmentSettings } from '#lib/identity/environment-settings.ts';

const maxShapes = 2000;

export function createShapeCache<T extends object>(): (catalog: Catalog, settings: EnvironmentSettings) => LRUCache<string, T> {
  const caches = new WeakMap<Catalog, { settings: EnvironmentSettings; shapes: LRUCache<string, T> }>();
  return (catalog, settings) => {
    const known = caches.get(catalog);
    if (known !== undefined && known.settings === settings) return known.shapes;
    const shapes = new LRUCache<string, T>({ max: maxShapes });
    caches.set(catalog, { settings, shapes });
    return shapes;
  };
}
