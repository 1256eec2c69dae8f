/** How deep JSON text is nested: what walks a parsed value, ours or a library, has a stack that ends. */

/** Deepest nesting of a request body where nothing is meant to be deep. SQLite itself reads no JSON deeper than 1000 levels. */
export const maxBodyDepth = 100;

export function isNestedDeeper(text: string, levels: number): boolean {
  if (text.length <= levels) return false;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 92) i++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) {
      if (++depth > levels) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}
