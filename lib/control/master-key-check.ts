/** Refuses to start with another master key than the one the control database was sealed under. */

import type { ControlDatabase } from '#lib/control/control-database.ts';
import type { MasterKey } from '#lib/control/master-key.ts';

const name = 'master_key_check';

/** Throws before anything is read or written with a wrong key; remembers the key's check value on first start. */
export async function checkMasterKey(database: ControlDatabase, masterKey: MasterKey): Promise<void> {
  const value = masterKey.sign('check', 'koyalite');
  const stored = await database.setting.findUnique({ where: { name } });
  if (stored === null) await database.setting.create({ data: { name, value } });
  else if (stored.value !== value) {
    throw new Error(
      'The master key is not the one this home was made with. Restore <home>/master.key or set KOYALITE_MASTER_KEY to the original.',
    );
  }
}
