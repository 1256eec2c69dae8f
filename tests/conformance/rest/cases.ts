/** All REST cases, by subject. */

import { changeCases } from './change.cases.ts';
import { embedCases } from './embed.cases.ts';
import { errorCases } from './error.cases.ts';
import { filterCases } from './filter.cases.ts';
import { functionCases } from './function.cases.ts';
import { generatedCases } from './generated.cases.ts';
import { insertCases } from './insert.cases.ts';
import { mediaCases } from './media.cases.ts';
import { pagingCases } from './paging.cases.ts';
import { policyCases } from './policy.cases.ts';
import { responseCases } from './response.cases.ts';
import type { RestCase } from './rest-case.ts';
import { selectCases } from './select.cases.ts';
import { upsertCases } from './upsert.cases.ts';
import { valueCases } from './value.cases.ts';

export const subjects: Readonly<Record<string, readonly RestCase[]>> = {
  filters: filterCases,
  select: selectCases,
  embedding: embedCases,
  'paging and counting': pagingCases,
  values: valueCases,
  inserts: insertCases,
  upserts: upsertCases,
  'generated columns': generatedCases,
  'updates, deletes, views and batches': changeCases,
  functions: functionCases,
  'answers of a function': responseCases,
  media: mediaCases,
  errors: errorCases,
  policies: policyCases,
};
