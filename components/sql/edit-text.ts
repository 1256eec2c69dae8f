/** What the editor's keys do to a text and its selection. */

export interface Edited {
  text: string;
  start: number;
  end: number;
}

/** Two spaces at the caret; before every line of a selection that spans several. */
export function indent({ text, start, end }: Edited): Edited {
  if (!text.slice(start, end).includes('\n')) {
    return { text: `${text.slice(0, start)}  ${text.slice(end)}`, start: start + 2, end: start + 2 };
  }
  return onLines({ text, start, end }, (lines) => lines.map((line) => (line === '' ? line : `  ${line}`)));
}

export function outdent(edited: Edited): Edited {
  return onLines(edited, (lines) => lines.map((line) => line.replace(/^ {1,2}/, '')));
}

/** `-- ` before each line, or away from each when all have it. */
export function toggleComment(edited: Edited): Edited {
  return onLines(edited, (lines) => {
    const written = lines.filter((line) => line.trim() !== '');
    const areComments = written.length > 0 && written.every((line) => /^\s*--/.test(line));
    return lines.map((line) => {
      if (areComments) return line.replace(/^(\s*)-- ?/, '$1');
      return line.trim() === '' && lines.length > 1 ? line : line.replace(/^(\s*)/, '$1-- ');
    });
  });
}

/** Changes the whole lines the selection touches, and selects them when there are several. */
function onLines({ text, start, end }: Edited, change: (lines: string[]) => string[]): Edited {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', Math.max(start, end - 1));
  const to = next === -1 ? text.length : next;
  const before = text.slice(from, to);
  const after = change(before.split('\n')).join('\n');
  const grown = after.length - before.length;
  const isOne = !before.includes('\n');
  return {
    text: text.slice(0, from) + after + text.slice(to),
    start: isOne ? Math.max(from, start + grown) : from,
    end: isOne ? Math.max(from, end + grown) : to + grown,
  };
}
