/** "Perhaps you meant …": the closest name by shared letter pairs and triples. */

/** Null below the threshold (0 to 1). */
export function suggest(name: string, candidates: Iterable<string>, threshold = 0.75): string | null {
  let best: string | null = null;
  let bestScore = threshold;
  for (const candidate of candidates) {
    const score = Math.max(similarity(name, candidate, 3), similarity(name, candidate, 2));
    if (score >= bestScore && (best === null || score > bestScore)) {
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

function similarity(a: string, b: string, size: number): number {
  const left = grams(a, size);
  const right = grams(b, size);
  let dot = 0;
  for (const [gram, count] of left) dot += count * (right.get(gram) ?? 0);
  return dot === 0 ? 0 : dot / (magnitude(left) * magnitude(right));
}

function grams(text: string, size: number): Map<string, number> {
  const padded = `-${text.toLowerCase()}-`;
  const found = new Map<string, number>();
  for (let at = 0; at + size <= padded.length; at += 1) {
    const gram = padded.slice(at, at + size);
    found.set(gram, (found.get(gram) ?? 0) + 1);
  }
  return found;
}

function magnitude(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count * count;
  return Math.sqrt(sum);
}
