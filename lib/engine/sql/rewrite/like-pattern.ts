/** LIKE patterns as GLOB patterns: SQLite's LIKE folds ASCII case, its GLOB does not, and both are built in. */

/** `a\_b%` → `a_b*`; null when the pattern ends in its escape character. */
export function toGlob(pattern: string, escapeCharacter = '\\'): string | null {
  let glob = '';
  for (let at = 0; at < pattern.length; at += 1) {
    let character = pattern.charAt(at);
    let literal = false;
    if (escapeCharacter !== '' && character === escapeCharacter) {
      at += 1;
      if (at >= pattern.length) return null;
      character = pattern.charAt(at);
      literal = true;
    }
    if (!literal && character === '%') glob += '*';
    else if (!literal && character === '_') glob += '?';
    else if (character === '*' || character === '?' || character === '[') glob += `[${character}]`;
    else glob += character;
  }
  return glob;
}

/** The same for a pattern known only when the statement runs; backslash escapes are not honoured. */
export function toGlobExpression(pattern: string): string {
  return `replace(replace(replace(replace(replace(${pattern}, '[', '[[]'), '*', '[*]'), '?', '[?]'), '%', '*'), '_', '?')`;
}
