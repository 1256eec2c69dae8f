/** How deep JSON text is nested: what walks a parsed value, ours or a library, has a stack that ends. */

/** Deepest nesting of a request body where nothing is meant to be deep. SQLite itself reads no JSON deeper than 1000 levels. */
export const maxBodyDepth = 100;

export function isNestedDeeper(text: string, levels: number): boolean {
  if (text.length <= levels) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      i = endOfString(text, i);
      if (i < 0) return false;
    } else if (code === 91 || code === 123) {
      if (++depth > levels) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}

/** Where the string that begins at `start` ends, or -1. Looks for quotes only: a string may be megabytes long. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 92) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return -1;
}
