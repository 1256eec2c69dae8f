/** SQL another page hands to the console: in memory, since an address ends up in histories and logs. */

let draft: string | null = null;

export function handToConsole(sql: string): void {
  draft = sql;
}

export function findDraft(): string | null {
  return draft;
}

export function clearDraft(): void {
  draft = null;
}
