/** The engine's own tables, in every environment file. Names start with `_koyalite_` and are out of reach of the data APIs. */

import type { SystemMigration } from '#lib/engine/database.ts';

export const engineMigrations: readonly SystemMigration[] = [
  {
    id: 'engine-0001-catalog',
    sql: `
CREATE TABLE _koyalite_schemas (name TEXT PRIMARY KEY, comment TEXT) WITHOUT ROWID;
INSERT INTO _koyalite_schemas(name) VALUES ('public'), ('auth'), ('storage'), ('realtime');
CREATE TABLE _koyalite_roles_db (name TEXT PRIMARY KEY, bypass_rls INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
INSERT INTO _koyalite_roles_db(name, bypass_rls) VALUES ('anon', 0), ('authenticated', 0), ('service_role', 1);
CREATE TABLE _koyalite_role_members (role TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (role, member)) WITHOUT ROWID;
CREATE TABLE _koyalite_tables (
  schema_name TEXT NOT NULL, name TEXT NOT NULL, stored_name TEXT NOT NULL, kind TEXT NOT NULL DEFAULT 'table',
  rls_enabled INTEGER NOT NULL DEFAULT 1, security_invoker INTEGER NOT NULL DEFAULT 1, comment TEXT, definition TEXT,
  PRIMARY KEY (schema_name, name)) WITHOUT ROWID;
CREATE TABLE _koyalite_columns (
  schema_name TEXT NOT NULL, table_name TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL DEFAULT 0,
  type TEXT, nullable INTEGER, default_sql TEXT, comment TEXT,
  PRIMARY KEY (schema_name, table_name, name)) WITHOUT ROWID;
CREATE TABLE _koyalite_enums (schema_name TEXT NOT NULL, name TEXT NOT NULL, labels TEXT NOT NULL, comment TEXT,
  PRIMARY KEY (schema_name, name)) WITHOUT ROWID;
CREATE TABLE _koyalite_rls_policies (
  schema_name TEXT NOT NULL, table_name TEXT NOT NULL, name TEXT NOT NULL, command TEXT NOT NULL DEFAULT 'all',
  permissive INTEGER NOT NULL DEFAULT 1, roles TEXT NOT NULL DEFAULT '["public"]', using_sql TEXT, check_sql TEXT, comment TEXT,
  PRIMARY KEY (schema_name, table_name, name)) WITHOUT ROWID;
CREATE TABLE _koyalite_functions (
  schema_name TEXT NOT NULL, name TEXT NOT NULL, signature TEXT NOT NULL, arguments TEXT NOT NULL, returns TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT 'sql', volatility TEXT NOT NULL DEFAULT 'volatile', security TEXT NOT NULL DEFAULT 'invoker',
  strict INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL, comment TEXT,
  PRIMARY KEY (schema_name, name, signature)) WITHOUT ROWID;
CREATE TABLE _koyalite_grants (
  object_kind TEXT NOT NULL, schema_name TEXT NOT NULL, object_name TEXT NOT NULL, grantee TEXT NOT NULL,
  privilege TEXT NOT NULL, column_name TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (object_kind, schema_name, object_name, grantee, privilege, column_name)) WITHOUT ROWID;
CREATE TABLE _koyalite_migrations (version TEXT PRIMARY KEY, name TEXT, statements TEXT, applied_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE _koyalite_catalog_version (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
INSERT INTO _koyalite_catalog_version VALUES (1, 1);
`,
  },
  {
    id: 'engine-0002-domains',
    sql: `
CREATE TABLE _koyalite_domains (
  schema_name TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, not_null INTEGER NOT NULL DEFAULT 0, default_sql TEXT,
  checks TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (schema_name, name)) WITHOUT ROWID;
ALTER TABLE _koyalite_columns ADD COLUMN identity TEXT;
ALTER TABLE _koyalite_columns ADD COLUMN domain TEXT;
`,
  },
  {
    id: 'engine-0002-app-roles',
    sql: `
CREATE TABLE _koyalite_roles (name TEXT PRIMARY KEY, description TEXT, created_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE _koyalite_role_permissions (
  role TEXT NOT NULL REFERENCES _koyalite_roles(name) ON DELETE CASCADE ON UPDATE CASCADE,
  permission TEXT NOT NULL, PRIMARY KEY (role, permission)) WITHOUT ROWID;
CREATE TABLE _koyalite_user_roles (
  user_id uuid NOT NULL REFERENCES _koyalite_users(id) ON DELETE CASCADE,
  role TEXT NOT NULL REFERENCES _koyalite_roles(name) ON DELETE CASCADE ON UPDATE CASCADE,
  created_at TEXT NOT NULL, PRIMARY KEY (user_id, role)) WITHOUT ROWID;
CREATE INDEX _koyalite_user_roles_role ON _koyalite_user_roles(role);
`,
  },
  {
    id: 'engine-0003-view-check-option',
    sql: 'ALTER TABLE _koyalite_tables ADD COLUMN check_option INTEGER NOT NULL DEFAULT 0;',
  },
];
