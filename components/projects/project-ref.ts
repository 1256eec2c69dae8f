/** The ref a project's name suggests: what its addresses will contain. */

const maxLength = 32;

/** What an address can contain: lower-case letters, digits and single hyphens, starting with a letter. */
export const refPattern = /^[a-z](?:-?[a-z0-9])+$/;

/** `Café Orders 2` → `cafe-orders-2`; empty when the name has no letter to start with. */
export function toProjectRef(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, maxLength)
    .replace(/-+$/, '');
}
