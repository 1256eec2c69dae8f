/** Functions that cannot raise on any row: safe beside a flattened wall. Everything not named here is fenced. */

export const pureFunctions: ReadonlySet<string> = new Set(
  `coalesce ifnull nullif iif lower upper length octet_length trim ltrim rtrim substr substring instr replace typeof quote unicode hex min max
  count total avg round sign date time datetime strftime julianday unixepoch timediff json_valid json_quote likely unlikely likelihood concat
  concat_ws exists cast text integer real blob numeric
  ilike like_sensitive contains contained overlaps json_contains json_contained array_contains array_contained array_overlaps
  range_contains range_contained range_overlaps range_left range_right range_not_extend_left range_not_extend_right range_adjacent
  range_contains_value range_lower range_upper isempty lower_inc upper_inc lower_inf upper_inf
  numeric_key numeric_compare numeric_value numeric_sum numeric_avg interval_key timetz_key range_key array_key cast_value
  json_strip_nulls jsonb_strip_nulls jsonb_text json_scalar json_path json_path_text json_has_key json_has_any json_has_all
  csv_field csv_cell array_text geojson_feature
  array_length array_ndims cardinality array_position array_append array_prepend array_cat array_remove array_replace array_element
  string_to_array array_to_string
  left right lpad rpad split_part initcap reverse repeat translate starts_with ascii chr to_hex
  age timestamp_add timestamp_diff interval_multiply date_trunc extract_field date_part at_time_zone to_timestamp make_date to_char
  md5 sha224 sha256 sha384 sha512 digest hmac encode decode gen_random_uuid
  storage_foldername storage_filename storage_extension
  l2_distance l1_distance inner_product negative_inner_product cosine_distance vector_dims`.split(/\s+/),
);
