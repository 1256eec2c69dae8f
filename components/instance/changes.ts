/** What differs from the settings as they are: only that is sent. */
export function toChanges(before: Readonly<Record<string, unknown>>, after: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value)),
  );
}
