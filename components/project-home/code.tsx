/** A block of code with strings, keywords and comments coloured. */

import { cn } from '#components/ui/cn.ts';
import { ScrollBox } from '#components/ui/scroll-box.tsx';

const scriptToken =
  /(?<string>'[^'\n]*')|(?<keyword>(?<![.-])\b(?:import|from|const|await|curl|npx|export)\b)|(?<comment>#[^\n]*)/g;

const sqlToken =
  /(?<string>'(?:[^']|'')*')|(?<comment>--[^\n]*)|(?<keyword>\b(?:create|alter|drop|policy|table|view|on|as|for|to|using|with|check|select|insert|update|delete|from|where|and|or|not|in|is|null|enable|row|level|security|restrictive|permissive|set|values|into|references|primary|key|default|all)\b)/gi;

const colours: Record<string, string> = {
  string: 'text-code-string',
  keyword: 'text-code-keyword',
  comment: 'text-code-comment',
};

interface Piece {
  start: number;
  text: string;
  kind: string | null;
}

/** Joined again the pieces are the text, whatever it is. */
export function toPieces(text: string, language: 'script' | 'sql' = 'script'): Piece[] {
  const token = language === 'sql' ? sqlToken : scriptToken;
  const pieces: Piece[] = [];
  let position = 0;
  for (const match of text.matchAll(token)) {
    if (match.index > position) pieces.push({ start: position, text: text.slice(position, match.index), kind: null });
    const kind = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0] ?? null;
    pieces.push({ start: match.index, text: match[0], kind });
    position = match.index + match[0].length;
  }
  if (position < text.length) pieces.push({ start: position, text: text.slice(position), kind: null });
  return pieces;
}

interface CodeProps {
  text: string;
  label: string;
  language?: 'script' | 'sql';
}

export function Code({ text, label, language = 'script' }: CodeProps) {
  return (
    <ScrollBox label={label}>
      <pre className="min-w-fit p-4 pr-14 font-mono text-xs leading-5">
        <code>
          {toPieces(text, language).map((piece) => (
            <span key={piece.start} className={cn(piece.kind && colours[piece.kind])}>
              {piece.text}
            </span>
          ))}
        </code>
      </pre>
    </ScrollBox>
  );
}
