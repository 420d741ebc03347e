/** The tables that the defaults of the configuration name, as a project without wishes of its own makes them. */
export const accountTables = `
  CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT 'user' CONSTRAINT users_role CHECK (role IN ('user', 'admin')),
    password_hash text,
    reset_token_hash bytea,
    reset_token_expires_at timestamptz,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_reset_token CHECK ((reset_token_hash IS NULL) = (reset_token_expires_at IS NULL))
  );
  CREATE UNIQUE INDEX users_email_key ON users (lower(email));
  CREATE UNIQUE INDEX users_reset_token_key ON users (reset_token_hash);

  CREATE TABLE service_accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CONSTRAINT service_accounts_name_key UNIQUE,
    scopes text[] NOT NULL,
    key_lifetime interval,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
  );
  CREATE TABLE service_account_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES service_accounts,
    public_id text NOT NULL CONSTRAINT service_account_keys_public_id UNIQUE,
    sha256 bytea NOT NULL CONSTRAINT service_account_keys_sha256 CHECK (octet_length(sha256) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
  );
  CREATE INDEX service_account_keys_account ON service_account_keys (account_id)`;
