/** Operators' sessions in the control database. */

import type { ControlDatabase } from '#lib/control/control-database.ts';
import type { SessionStore } from '#lib/identity/sessions.ts';

export function makeSessionStore(database: ControlDatabase): SessionStore {
  const { operatorSession } = database;
  return {
    find: (id) => operatorSession.findUnique({ where: { id } }),
    listOf: (operatorId) => operatorSession.findMany({ where: { operatorId } }),
    // The many-forms do not mind a row that went meanwhile.
    insert: async (session) => void (await operatorSession.create({ data: session })),
    extend: async (id, expiresAt) => void (await operatorSession.updateMany({ where: { id }, data: { expiresAt } })),
    remove: async (id) => void (await operatorSession.deleteMany({ where: { id } })),
    removeOf: async (operatorId) => void (await operatorSession.deleteMany({ where: { operatorId } })),
    removeExpired: async () => void (await operatorSession.deleteMany({ where: { expiresAt: { lte: new Date() } } })),
  };
}
