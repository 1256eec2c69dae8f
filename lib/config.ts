/** The process environment, parsed once. Nobody else reads `process.env`. */

import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';

const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');

const schema = z.object({
  /** Where all state lives. */
  KOYALITE_HOME: z.string().min(1).default('.koyalite'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  /** 32 bytes, base64 or hex. Generated into the home on first start when absent. */
  KOYALITE_MASTER_KEY: z.string().optional(),
  /** The first operator, made on first start. Default: `admin@koyalite.local` with a password that is told once. */
  KOYALITE_ADMIN_EMAIL: z.email().optional(),
  KOYALITE_ADMIN_PASSWORD: z.string().optional(),
  /** The address users reach this server by, when a proxy stands in front: `https://api.example.com`. */
  KOYALITE_PUBLIC_URL: z.url().optional(),
  /** Environments answer on `<ref>.<domain>` as well when set. */
  KOYALITE_DOMAIN: z.string().optional(),
  /** Addresses (CIDR, comma-separated) whose `X-Forwarded-For` is believed. */
  KOYALITE_TRUSTED_PROXIES: z.string().default(''),
  KOYALITE_LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  /** Adds `Server-Timing` to every answer. */
  KOYALITE_SERVER_TIMING: flag.default(false),
  NODE_ENV: z.enum(['development', 'production', 'test']).default('production'),
});

export interface Config {
  home: string;
  port: number;
  host: string;
  masterKey: string | null;
  adminEmail: string | null;
  adminPassword: string | null;
  publicUrl: string | null;
  domain: string | null;
  trustedProxies: string[];
  logLevel: string;
  serverTiming: boolean;
  development: boolean;
}

/** Throws a zod error that names the variable when one is malformed. */
export function parseConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = schema.parse(env);
  return {
    home: resolve(parsed.KOYALITE_HOME.replace(/^~(?=\/|$)/, homedir())),
    port: parsed.PORT,
    host: parsed.HOST,
    masterKey: parsed.KOYALITE_MASTER_KEY ?? null,
    adminEmail: parsed.KOYALITE_ADMIN_EMAIL ?? null,
    adminPassword: parsed.KOYALITE_ADMIN_PASSWORD ?? null,
    publicUrl: parsed.KOYALITE_PUBLIC_URL?.replace(/\/$/, '') ?? null,
    domain: parsed.KOYALITE_DOMAIN ?? null,
    trustedProxies: parsed.KOYALITE_TRUSTED_PROXIES.split(',')
      .map((part) => part.trim())
      .filter(Boolean),
    logLevel: parsed.KOYALITE_LOG_LEVEL,
    serverTiming: parsed.KOYALITE_SERVER_TIMING,
    development: parsed.NODE_ENV === 'development',
  };
}
