/**
 * An environment as the data plane needs it: where its file is, who may call it, how it is set. The control plane makes
 * these from its own database; a test makes one by hand. Neither needs the other.
 */

import type { EnvironmentSettings } from '#lib/identity/environment-settings.ts';

export type EnvironmentStatus = 'provisioning' | 'active' | 'paused' | 'deleting';

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: 'HS256' | 'ES256' | 'RS256';
  /** HS256: the secret's bytes as UTF-8 text. Others: the private key as a JWK. Null when only verification is possible. */
  readonly secret: string | null;
  /** ES256/RS256: the public key as a JWK, published in JWKS. */
  readonly publicJwk: Readonly<Record<string, unknown>> | null;
  /** `current` signs; `standby` and `previous` verify only. */
  readonly status: 'current' | 'standby' | 'previous';
}

export interface EnvironmentRecord {
  readonly ref: string;
  readonly projectId: string;
  readonly kind: 'production' | 'staging' | 'dev' | 'branch';
  readonly status: EnvironmentStatus;
  /** Absolute path of the SQLite file. */
  readonly file: string;
  /** Absolute path of the folder for objects, when the embedded blob store is used. */
  readonly objectsDirectory: string;
  readonly settings: EnvironmentSettings;
  /** SHA-256 (hex) of each opaque key (`sb_publishable_…`, `sb_secret_…`) → the role it acts as. */
  readonly apiKeys: ReadonlyMap<string, 'anon' | 'service_role'>;
  readonly signingKeys: readonly SigningKey[];
  /** Changes whenever anything above does; caches keyed by it need no other invalidation. */
  readonly revision: string;
}

/** Where the data plane finds environments. `find` is synchronous on a cache hit and never touches Prisma then. */
export interface EnvironmentDirectory {
  find(ref: string): EnvironmentRecord | null | Promise<EnvironmentRecord | null>;
}
