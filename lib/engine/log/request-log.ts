/** The request log: what was asked, how it was answered and how long it took, in a SQLite file of its own. */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type CachingConnection, createConnection } from '#lib/engine/connection.ts';
import { openFile } from '#lib/engine/open-file.ts';

export interface LoggedRequest {
  readonly requestId: string;
  readonly ref: string;
  readonly service: string;
  readonly method: string;
  /** Without the query: filters may hold personal data, links may hold tokens. */
  readonly path: string;
  readonly status: number;
  readonly elapsedMs: number;
  readonly role: string | null;
  readonly clientAddress: string | null;
}

export interface LoggedRow extends LoggedRequest {
  /** RFC 3339. */
  readonly at: string;
}

export interface LogQuery {
  readonly ref: string;
  /** Only requests at least this slow. */
  readonly minElapsedMs?: number;
  /** Only this status and above, this status and below. */
  readonly minStatus?: number;
  readonly maxStatus?: number;
  readonly service?: string;
  readonly method?: string;
  /** Part of the path, or the start of a request id. */
  readonly search?: string;
  /** Only rows of this moment (RFC 3339) and later. */
  readonly since?: string;
  /** Rows older than this moment (RFC 3339), for paging back. */
  readonly before?: string;
  readonly limit?: number;
}

/** Requests of one kind taken together. */
export interface RequestGroup {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly count: number;
  /** Answered with 5xx. */
  readonly failures: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly totalMs: number;
  readonly lastAt: string;
}

export interface GroupQuery {
  readonly ref: string;
  /** RFC 3339. */
  readonly since: string;
  readonly limit: number;
}

export interface RequestLog {
  /** Costs a push: rows are written once a second. */
  record(request: LoggedRequest): void;
  list(query: LogQuery): LoggedRow[];
  /** Those that cost most time first; of the newest 10,000 requests since then. */
  group(query: GroupQuery): RequestGroup[];
  /** How many rows a busy second was too short for. */
  readonly dropped: number;
  close(): void;
}

interface Pending {
  readonly at: number;
  /** Order of arrival. */
  readonly serial: number;
  readonly request: LoggedRequest;
}

export interface RequestLogOptions {
  /** Rows older than this are removed. */
  retentionDays?: number;
}

const flushMs = 1000;
/** Most rows written at once; beyond it ordinary answers are sampled, failures and slow ones are kept first. */
const rowsPerFlush = 500;
const slowMs = 500;
const cleanMs = 3_600_000;

export function createRequestLog(file: string, options: RequestLogOptions = {}): RequestLog {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const connection = createConnection(openFile(file, { create: true, durability: 'fast' }));
  connection.exec(`CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, request_id TEXT NOT NULL, ref TEXT NOT NULL, service TEXT NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, status INTEGER NOT NULL, elapsed_ms REAL NOT NULL, role TEXT, client_address TEXT);
    CREATE INDEX IF NOT EXISTS requests_ref ON requests (ref, id);
    CREATE INDEX IF NOT EXISTS requests_at ON requests (at);`);
  let ordinary: Pending[] = [];
  let notable: Pending[] = [];
  let serial = 0;
  let dropped = 0;

  function flush(): void {
    const rows = [...notable, ...ordinary].slice(0, rowsPerFlush).sort((a, b) => a.serial - b.serial);
    ordinary = [];
    notable = [];
    if (rows.length > 0) writeRows(connection, rows);
  }

  const flushing = setInterval(flush, flushMs);
  const cleaning = setInterval(() => removeOld(connection, options.retentionDays ?? 14), cleanMs);
  flushing.unref();
  cleaning.unref();
  removeOld(connection, options.retentionDays ?? 14);
  return {
    record(request) {
      const list = request.status >= 400 || request.elapsedMs >= slowMs ? notable : ordinary;
      if (list.length < rowsPerFlush) list.push({ at: Date.now(), serial: serial++, request });
      else dropped += 1;
    },
    list(query) {
      flush();
      return listRows(connection, query);
    },
    group(query) {
      flush();
      return groupRows(connection, query);
    },
    get dropped() {
      return dropped;
    },
    close() {
      clearInterval(flushing);
      clearInterval(cleaning);
      flush();
      connection.handle.close();
    },
  };
}

function writeRows(connection: CachingConnection, rows: readonly Pending[]): void {
  connection.run('BEGIN');
  for (const { at, request } of rows) {
    const { requestId, ref, service, method, path, status, elapsedMs, role, clientAddress } = request;
    connection.run(
      'INSERT INTO requests(at, request_id, ref, service, method, path, status, elapsed_ms, role, client_address) VALUES (?,?,?,?,?,?,?,?,?,?)',
      new Date(at).toISOString(),
      requestId,
      ref,
      service,
      method,
      path.slice(0, 500),
      status,
      Math.round(elapsedMs * 100) / 100,
      role,
      clientAddress,
    );
  }
  connection.run('COMMIT');
}

function removeOld(connection: CachingConnection, retentionDays: number): void {
  connection.run('DELETE FROM requests WHERE at < ?', new Date(Date.now() - retentionDays * 86_400_000).toISOString());
}

/** A filter that matches little must not walk through weeks of rows on the event loop. */
const mostWalked = 50_000;
const mostGrouped = 10_000;

/** Rows are appended in the order of time, so the rows next to two moments bound the ids between them. */
const windowSql = `SELECT * FROM requests WHERE ref = :ref AND at < :before AND at >= :since
  AND id <= coalesce((SELECT id FROM requests WHERE at < :before ORDER BY at DESC, id DESC LIMIT 1), 0)
  AND id >= coalesce((SELECT id FROM requests WHERE at >= :since ORDER BY at, id LIMIT 1), 9223372036854775807)
  ORDER BY id DESC LIMIT`;

function listRows(connection: CachingConnection, query: LogQuery): LoggedRow[] {
  const rows = connection.all(
    `SELECT * FROM (${windowSql} ${mostWalked})
     WHERE elapsed_ms >= :slow AND status BETWEEN :least AND :most AND (:service = '' OR service = :service)
       AND (:method = '' OR method = :method)
       AND (:search = '' OR instr(lower(path), lower(:search)) > 0 OR substr(request_id, 1, length(:search)) = :search)
     ORDER BY id DESC LIMIT :limit`,
    {
      ref: query.ref,
      before: query.before ?? '9999',
      since: query.since ?? '',
      slow: query.minElapsedMs ?? 0,
      least: query.minStatus ?? 0,
      most: query.maxStatus ?? 999,
      service: query.service ?? '',
      method: query.method ?? '',
      search: query.search ?? '',
      limit: query.limit ?? 100,
    },
  );
  return rows.map((row) => ({
    at: String(row.at),
    requestId: String(row.request_id),
    ref: String(row.ref),
    service: String(row.service),
    method: String(row.method),
    path: String(row.path),
    status: Number(row.status),
    elapsedMs: Number(row.elapsed_ms),
    role: row.role === null ? null : String(row.role),
    clientAddress: row.client_address === null ? null : String(row.client_address),
  }));
}

function groupRows(connection: CachingConnection, { ref, since, limit }: GroupQuery): RequestGroup[] {
  const rows = connection.all(
    `SELECT service, method, path, count(*) AS count, sum(status >= 500) AS failures, max(elapsed_ms) AS max, sum(elapsed_ms) AS total,
       min(elapsed_ms) FILTER (WHERE place >= size * 0.5) AS median, min(elapsed_ms) FILTER (WHERE place >= size * 0.95) AS p95,
       max(at) AS last
     FROM (SELECT *, row_number() OVER (PARTITION BY service, method, path ORDER BY elapsed_ms) AS place,
         count(*) OVER (PARTITION BY service, method, path) AS size
       FROM (${windowSql} ${mostGrouped}))
     GROUP BY service, method, path ORDER BY total DESC LIMIT :limit`,
    { ref, since, before: '9999', limit },
  );
  return rows.map((row) => ({
    service: String(row.service),
    method: String(row.method),
    path: String(row.path),
    count: Number(row.count),
    failures: Number(row.failures),
    medianMs: Number(row.median),
    p95Ms: Number(row.p95),
    maxMs: Number(row.max),
    totalMs: Math.round(Number(row.total) * 100) / 100,
    lastAt: String(row.last),
  }));
}
