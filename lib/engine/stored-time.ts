/** Moments as the system tables keep them. */

/** As stored: `2024-06-15T00:00:00.123000+00:00`. Fixed width, so text order is time order. */
export function toStoredTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000+00:00`;
}
