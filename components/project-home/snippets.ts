/** How a developer reaches an environment, ready to paste. */

export interface Snippet {
  id: string;
  title: string;
  text: string;
}

/** One snippet per way in; `url` is `<origin>/api/<ref>`. */
export function toSnippets(url: string, key: string, ref: string): Snippet[] {
  return [
    {
      id: 'js',
      title: 'supabase-js',
      text: `import { createClient } from '@supabase/supabase-js'

const supabase = createClient(
  '${url}',
  '${key}',
)

const { data, error } = await supabase.from('notes').select()`,
    },
    {
      id: 'curl',
      title: 'curl',
      text: `curl '${url}/rest/v1/notes?select=*' \\
  -H 'apikey: ${key}'`,
    },
    {
      id: 'cli',
      title: 'CLI',
      text: `export KOYALITE_URL=${new URL(url).origin}

npx koyalite keys ${ref}
npx koyalite sql ${ref} 'select count(*) from notes'`,
    },
    {
      id: 'env',
      title: '.env',
      text: `SUPABASE_URL=${url}
SUPABASE_PUBLISHABLE_KEY=${key}`,
    },
  ];
}
