/** Filling a mail template: `{{ .Token }}`, `{{ .Data.name }}` and nothing else, escaped where it lands in HTML. */

export type MailVariables = Readonly<Record<string, unknown>>;

export interface MailTemplate {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

const placeholder = /\{\{\s*\.([A-Za-z][\w.]*)\s*\}\}/g;

export function fillHtml(template: string, variables: MailVariables): string {
  return template.replace(placeholder, (_match, path: string) => escapeHtml(lookUp(variables, path)));
}

export function fillText(template: string, variables: MailVariables): string {
  return template.replace(placeholder, (_match, path: string) => lookUp(variables, path));
}

/** A subject is one line: what a user put into it must not become a header. */
export function fillSubject(template: string, variables: MailVariables): string {
  return fillText(template, variables)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 255);
}

/** A plain reading of overridden HTML, for clients that show no HTML. Links keep their address. */
export function toPlainText(html: string): string {
  return html
    .replace(/<(style|head|title)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/<a\b[^>]*\bhref="([^"]*)"[^>]*>([\s\S]*?)<\/a>/gi, '$2 $1')
    .replace(/<(br|\/p|\/h[1-6]|\/div|\/tr)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function lookUp(variables: MailVariables, path: string): string {
  let value: unknown = variables;
  for (const name of path.split('.')) value = isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
