/** "Perhaps you meant …": candidates that share letter groups with a name, ranked by how few edits lie between them. */

/** Null below the threshold (0 to 1). */
export function suggest(name: string, candidates: Iterable<string>, threshold = 0.75): string | null {
  const wanted = normalize(name);
  const unique = [...new Set(candidates)].slice(0, maxCandidates);
  for (const size of [3, 2]) {
    const grams = new Set(toGrams(wanted, size));
    let best: string | null = null;
    let bestScore = threshold;
    for (const candidate of unique) {
      const other = normalize(candidate);
      if (!toGrams(other, size).some((gram) => grams.has(gram))) continue;
      const score = 1 - distance(wanted, other) / Math.max(wanted.length, other.length, 1);
      if (score >= bestScore && (best === null || score > bestScore)) {
        best = candidate;
        bestScore = score;
      }
    }
    if (best !== null) return best;
  }
  return null;
}

/** A hint is a courtesy: neither long names nor crowds of them may make it costly. */
const maxCandidates = 500;
const maxLength = 128;

function normalize(text: string): string {
  return text
    .toLowerCase()
    .slice(0, maxLength)
    .replace(/[^\p{L}\p{N}_, ]+/gu, '');
}

function toGrams(text: string, size: number): string[] {
  const padded = `-${text}-`;
  return Array.from({ length: Math.max(0, padded.length - size + 1) }, (_, at) => padded.slice(at, at + size));
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substituted));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
