/** `storage.foldername`, `storage.filename` and `storage.extension`: what policies on objects call. */

import { define, type Registrar, toText } from '#lib/engine/functions/define.ts';

/** `a/b/c.png` → `["a","b"]`, `c.png`, `png`. */
export function registerStorage(db: Registrar): void {
  define(db, 'storage_foldername', [1], (name = '') => JSON.stringify(toText(name).split('/').slice(0, -1)));
  define(db, 'storage_filename', [1], (name = '') => toText(name).split('/').at(-1) ?? '');
  define(db, 'storage_extension', [1], (name = '') => (toText(name).split('/').at(-1) ?? '').split('.').at(-1) ?? '');
}
