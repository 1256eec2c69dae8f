/** What each role may do, from least to most. */

export const roles = [
  { value: 'viewer', label: 'Viewer', hint: 'Sees everything but secrets.' },
  { value: 'developer', label: 'Developer', hint: 'Runs SQL, manages users, reads secret keys.' },
  { value: 'admin', label: 'Admin', hint: 'Changes settings, keys, environments and members.' },
  { value: 'owner', label: 'Owner', hint: 'Also compliance, owners and deletion.' },
];

/** Those somebody of that role may give: owners are made by owners alone. */
export function toGivable(role: string) {
  return role === 'owner' ? roles : roles.filter(({ value }) => value !== 'owner');
}
