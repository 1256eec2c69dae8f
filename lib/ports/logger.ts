/** Structured logs: one JSON line per event, secrets taken out. The only importer of pino. */

import { pino } from 'pino';

export interface Logger {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

const secretNames = [
  'authorization',
  'cookie',
  'apikey',
  'password',
  'token',
  'refresh_token',
  'access_token',
  'secret',
  'api_key',
  'nonce',
  'otp',
];

export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  });
}
