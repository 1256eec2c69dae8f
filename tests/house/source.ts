/** One TypeScript file as the house rules see it: what it imports and the few constructs that are not allowed. */

import { parseSync, Visitor } from 'oxc-parser';

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Stands for the specifier of an import whose name is made at run time. */
export const computed = '(computed)';

export interface Source {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** True when the file does nothing but pass on what other files export. */
  readonly isBarrel: boolean;
  /** Text of each construct found, by name. */
  readonly environmentReads: readonly string[];
  readonly anyTypes: number;
  readonly suppressions: readonly string[];
  readonly focusedOrSkipped: readonly string[];
}

const suppression = /@ts-(?:ignore|nocheck)/;
const testFunctions = new Set(['test', 'it', 'describe', 'suite', 'bench']);

/** Throws when the file does not parse. */
export function parseSource(path: string, text: string): Source {
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) throw new Error(`${path}: ${parsed.errors[0]?.message}`);
  const imports: Import[] = [];
  const environmentReads: string[] = [];
  const focusedOrSkipped: string[] = [];
  let anyTypes = 0;

  const textOf = (node: { start: number; end: number }): string => text.slice(node.start, node.end);
  const literal = (node: { start: number; end: number }): string => textOf(node).replace(/^['"`]|['"`]$/g, '');
  const add = (node: { start: number; end: number }, typeOnly: boolean) => imports.push({ specifier: literal(node), typeOnly });

  new Visitor({
    ImportDeclaration(node) {
      const named = node.specifiers.length > 0;
      const allTypes = named && node.specifiers.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
      add(node.source, node.importKind === 'type' || allTypes);
      if (/^(node:)?process$/.test(node.source.value) && node.specifiers.some((one) => textOf(one).startsWith('env'))) {
        environmentReads.push(textOf(node));
      }
    },
    ExportNamedDeclaration(node) {
      if (node.source) add(node.source, node.exportKind === 'type');
    },
    ExportAllDeclaration(node) {
      add(node.source, node.exportKind === 'type');
    },
    ImportExpression(node) {
      if (node.source.type === 'Literal') add(node.source, false);
      else imports.push({ specifier: computed, typeOnly: false });
    },
    TSImportType(node) {
      add(node.source, true);
    },
    CallExpression(node) {
      const argument = node.arguments[0];
      if (textOf(node.callee) === 'require' && argument) add(argument, false);
    },
    TSAnyKeyword() {
      anyTypes += 1;
    },
    MemberExpression(node) {
      const object = textOf(node.object);
      const property = literal(node.property);
      if (property === 'env' && /(^|\.)process$/.test(object)) environmentReads.push(textOf(node));
      if (['only', 'skip', 'todo'].includes(property) && testFunctions.has(object.split('.')[0] ?? '')) {
        focusedOrSkipped.push(textOf(node));
      }
    },
  }).visit(parsed.program);

  const body = parsed.program.body;
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports,
    isBarrel:
      body.length > 0 &&
      body.every((node) => /^Export(All|Named)Declaration$/.test(node.type) && 'source' in node && node.source !== null),
    environmentReads,
    anyTypes,
    suppressions: parsed.comments.filter((comment) => suppression.test(comment.value)).map((comment) => comment.value.trim()),
    focusedOrSkipped,
  };
}
