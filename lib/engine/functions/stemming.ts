/** Words to lexemes by language, as PostgreSQL's text search configurations do. */

import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as finnish } from '@orama/stemmers/finnish';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as hungarian } from '@orama/stemmers/hungarian';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as romanian } from '@orama/stemmers/romanian';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as turkish } from '@orama/stemmers/turkish';
import { LRUCache } from 'lru-cache';
import english from 'wink-porter2-stemmer';
import { SqlError } from '#lib/engine/sql-error.ts';

/** Turns a lower-case word into its lexeme; null drops a stop word. */
export type Normalize = (word: string) => string | null;

const englishStopWords = new Set(
  `i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its itself they them
  their theirs themselves what which who whom this that these those am is are was were be been being have has had having do does did doing a
  an the and but if or because as until while of at by for with about against between into through during before after above below to from up
  down in out on off over under again further then once here there when where why how all any both each few more most other some such no nor
  not only own same so than too very s t can will just don should now`.split(/\s+/),
);

function remembering(stem: (word: string) => string, stopWords: ReadonlySet<string>): Normalize {
  const stems = new LRUCache<string, string>({ max: 10_000 });
  return (word) => {
    if (stopWords.has(word)) return null;
    let known = stems.get(word);
    if (known === undefined) {
      known = word.length > 100 ? word : stem(word);
      stems.set(word, known);
    }
    return known;
  };
}

const none = new Set<string>();

const configurations = new Map<string, Normalize>([
  ['simple', (word) => word],
  ['english', remembering(english, englishStopWords)],
  ...Object.entries({
    danish,
    dutch,
    finnish,
    french,
    german,
    hungarian,
    italian,
    norwegian,
    portuguese,
    romanian,
    russian,
    spanish,
    swedish,
    turkish,
  }).map(([name, stem]): [string, Normalize] => [name, remembering(stem, none)]),
]);

/** Throws 42704 for a configuration that does not exist. */
export function getConfiguration(name: string): Normalize {
  const found = configurations.get(name.toLowerCase().replace(/^pg_catalog\./, ''));
  if (!found) throw new SqlError({ sqlstate: '42704', message: `text search configuration "${name}" does not exist` });
  return found;
}
