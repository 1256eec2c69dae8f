/** What the functions of a statement may cost: told apart by how their work grows with what they are given. */

/** A number or a few characters make these work or grow without a limit: never on the event loop. */
const unbounded = new Set(
  `zeroblob randomblob printf format regexp_replace load_extension
  soundex percentile median percentile_cont percentile_disc
  rtreecheck rtreenode rtreedepth fts3_tokenizer offsets snippet highlight matchinfo optimize match bm25
  sqlite3mc_vle_encrypt sqlite3mc_vle_decrypt sqlite3mc_vle_key sqlite3mc_codec_data sqlite3mc_config
  geopoly_group_bbox geopoly_svg geopoly_area geopoly_blob geopoly_debug geopoly_ccw geopoly_xform geopoly_within geopoly_json
  geopoly_regular geopoly_contains_point geopoly_overlap geopoly_bbox`.split(/\s+/),
);

/** These compare texts with texts or lists with lists: work that grows with the square of a long argument. */
const quadratic = new Set(
  `like glob like_sensitive ilike regexp regexp_match regexp_like instr replace trim ltrim rtrim translate split_part
  string_to_array array_remove array_replace array_position array_contains array_contained array_overlaps contains contained overlaps
  json_contains json_contained json_patch jsonb_patch jsonb_concat jsonb_delete json_has_any json_has_all
  numeric_value numeric_sum numeric_avg numeric_compare numeric_key cast_value canonical_value to_tsvector ts_match tsvector_concat
  setweight to_char initcap unistr sha512 sha384 sha256 sha224 md5 digest hmac encode decode`.split(/\s+/),
);

/** The result can be twice what they are given, so that a chain of them doubles with every link. */
const doubling = new Set(
  'hex quote quote_literal quote_ident replace translate lpad rpad repeat concat concat_ws encode array_cat'.split(' '),
);

/** More text than this is not given to a quadratic function on the event loop. */
export const shortText = 4096;
/** What a chain of joins could make of the texts at most. */
const growthLimit = 64 << 20;
const allowedReplacements = 3;
const freeLinks = 6;

/** How often a text is made longer, and how much of it is written down. */
interface TextUse {
  readonly links: number;
  readonly replacements: number;
  readonly length: number;
}

export function toTextUse(sql: string): TextUse {
  const called = [...sql.toLowerCase().matchAll(/(\w+)\s*\(/g)].map(([, name]) => name ?? '');
  return {
    links: sql.split('||').length - 1 + called.filter((name) => doubling.has(name)).length,
    replacements: called.filter((name) => name === 'replace').length,
    length: sql.length,
  };
}

/** `length`: of all texts the caller gives. */
export function areFunctionsDear(functions: Iterable<string>, length: number): boolean {
  for (const name of functions) {
    if (unbounded.has(name)) return true;
    if (quadratic.has(name) && length > shortText) return true;
  }
  return false;
}

/** Whether texts doubled again and again could fill the memory. */
export function mayTextsGrow(use: TextUse, length: number): boolean {
  const grown = (length + use.length) * 2 ** Math.min(use.links, 40);
  return use.replacements > allowedReplacements || (use.links > freeLinks && grown > growthLimit);
}
