/** What a role in a project allows: only to show or hide controls, since the API decides again on each call. */

const roles = ['viewer', 'developer', 'admin', 'owner'];

/** Whether `role` is at least `minimum`; a role this dashboard does not know allows nothing. */
export function may(role: string, minimum: 'developer' | 'admin' | 'owner'): boolean {
  return roles.indexOf(role) >= roles.indexOf(minimum);
}
