import { expect, test } from 'vitest';
import { indent, outdent, toggleComment } from '#components/sql/edit-text.ts';

const at = (marked: string) => {
  const start = marked.indexOf('[');
  const end = marked.indexOf(']') - 1;
  return { text: marked.replace(/[[\]]/g, ''), start, end };
};
const show = ({ text, start, end }: { text: string; start: number; end: number }) =>
  `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;

test.each([
  ['sel[]ect', 'sel  []ect'],
  ['a [b] c', 'a   [] c'],
  ['x\na[a\n\nb]b\ny', 'x\n[  aa\n\n  bb]\ny'],
])('indents %j', (before, after) => expect(show(indent(at(before)))).toBe(after));

test.each([
  ['  a[]', 'a[]'],
  [' a[]', 'a[]'],
  ['[  a\n   b]', '[a\n b]'],
  ['[]a', '[]a'],
])('takes the indent of %j back', (before, after) => expect(show(outdent(at(before)))).toBe(after));

test.each([
  ['select[] 1', '-- select[] 1'],
  ['-- select[] 1', 'select[] 1'],
  ['[a\n  b\n\n-- c]', '[-- a\n  -- b\n\n-- -- c]'],
  ['[-- a\n  --b]', '[a\n  b]'],
  ['a\n[b]\nc', 'a\n-- [b]\nc'],
])('comments %j out, or in again', (before, after) => expect(show(toggleComment(at(before)))).toBe(after));
