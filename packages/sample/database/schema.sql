-- Written by `pnpm --filter migration run schema`; for reading and comparing.

CREATE TABLE public.countries (
  code character(2) NOT NULL,
  name text NOT NULL
);
ALTER TABLE public.countries ADD CONSTRAINT countries_pkey PRIMARY KEY (code);
COMMENT ON COLUMN public.countries.code IS 'ISO 3166-1 alpha-2';

CREATE VIEW public.latest_runs AS
 SELECT DISTINCT ON (s.id) s.id AS simulation_id,
    s.name,
    p.name AS place,
    p.country_code,
    r.started_at,
    r.finished_at,
    r.status,
    r.result
   FROM ((public.simulations s
     JOIN public.places p ON ((p.id = s.place_id)))
     LEFT JOIN public.simulation_runs r ON ((r.simulation_id = s.id)))
  ORDER BY s.id, r.started_at DESC NULLS LAST;

CREATE TABLE public.places (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  country_code character(2) NOT NULL,
  name text NOT NULL,
  admin1 text DEFAULT ''::text NOT NULL,
  admin2 text DEFAULT ''::text NOT NULL,
  latitude double precision NOT NULL,
  longitude double precision NOT NULL
);
ALTER TABLE public.places ADD CONSTRAINT places_country_code_foreign FOREIGN KEY (country_code) REFERENCES public.countries(code);
ALTER TABLE public.places ADD CONSTRAINT places_latitude_range CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision)));
ALTER TABLE public.places ADD CONSTRAINT places_longitude_range CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision)));
ALTER TABLE public.places ADD CONSTRAINT places_natural_key UNIQUE (country_code, admin1, admin2, name, latitude, longitude);
ALTER TABLE public.places ADD CONSTRAINT places_pkey PRIMARY KEY (id);
COMMENT ON COLUMN public.places.admin1 IS 'GeoNames code of the first-order division; '' where there is none';

CREATE TABLE public.service_account_keys (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  account_id bigint NOT NULL,
  public_id text NOT NULL,
  sha256 bytea NOT NULL,
  created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
  delivered_at timestamp with time zone,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone
);
ALTER TABLE public.service_account_keys ADD CONSTRAINT service_account_keys_account_id_foreign FOREIGN KEY (account_id) REFERENCES public.service_accounts(id);
ALTER TABLE public.service_account_keys ADD CONSTRAINT service_account_keys_pkey PRIMARY KEY (id);
ALTER TABLE public.service_account_keys ADD CONSTRAINT service_account_keys_public_id UNIQUE (public_id);
ALTER TABLE public.service_account_keys ADD CONSTRAINT service_account_keys_sha256 CHECK ((octet_length(sha256) = 32));
CREATE INDEX service_account_keys_account ON public.service_account_keys USING btree (account_id);
COMMENT ON COLUMN public.service_account_keys.delivered_at IS 'null: nobody has been given it';
COMMENT ON COLUMN public.service_account_keys.last_used_at IS 'exact to a minute';
COMMENT ON COLUMN public.service_account_keys.public_id IS 'the part of a key that may be seen';
COMMENT ON COLUMN public.service_account_keys.sha256 IS 'of the whole key, which is stored nowhere';

CREATE TABLE public.service_accounts (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL,
  key_lifetime interval,
  created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
  revoked_at timestamp with time zone
);
ALTER TABLE public.service_accounts ADD CONSTRAINT service_accounts_name_key UNIQUE (name);
ALTER TABLE public.service_accounts ADD CONSTRAINT service_accounts_pkey PRIMARY KEY (id);
COMMENT ON COLUMN public.service_accounts.key_lifetime IS 'how long each of its keys lives; null: until revoked';

CREATE TABLE public.simulation_runs (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  simulation_id bigint NOT NULL,
  started_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone,
  status text DEFAULT 'queued'::text NOT NULL,
  result jsonb
);
ALTER TABLE public.simulation_runs ADD CONSTRAINT simulation_runs_duration CHECK ((finished_at >= started_at));
ALTER TABLE public.simulation_runs ADD CONSTRAINT simulation_runs_natural_key UNIQUE (simulation_id, started_at);
ALTER TABLE public.simulation_runs ADD CONSTRAINT simulation_runs_pkey PRIMARY KEY (id);
ALTER TABLE public.simulation_runs ADD CONSTRAINT simulation_runs_simulation_id_foreign FOREIGN KEY (simulation_id) REFERENCES public.simulations(id) ON DELETE CASCADE;
ALTER TABLE public.simulation_runs ADD CONSTRAINT simulation_runs_status CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text])));
CREATE INDEX simulation_runs_unfinished ON public.simulation_runs USING btree (started_at) WHERE (finished_at IS NULL);
COMMENT ON COLUMN public.simulation_runs.result IS 'what the model computed; null until it succeeded';

CREATE TABLE public.simulations (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  place_id bigint NOT NULL,
  model text NOT NULL,
  parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
  description text DEFAULT ''::text NOT NULL,
  created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
ALTER TABLE public.simulations ADD CONSTRAINT simulations_name_key UNIQUE (name);
ALTER TABLE public.simulations ADD CONSTRAINT simulations_pkey PRIMARY KEY (id);
ALTER TABLE public.simulations ADD CONSTRAINT simulations_place_id_foreign FOREIGN KEY (place_id) REFERENCES public.places(id);
CREATE INDEX simulations_place_id ON public.simulations USING btree (place_id);
COMMENT ON COLUMN public.simulations.model IS 'which model computes it: flood, heat, traffic, …';

CREATE TABLE public.users (
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  email text NOT NULL,
  name text DEFAULT ''::text NOT NULL,
  role text DEFAULT 'user'::text NOT NULL,
  password_hash text,
  reset_token_hash bytea,
  reset_token_expires_at timestamp with time zone,
  disabled_at timestamp with time zone,
  created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
ALTER TABLE public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE public.users ADD CONSTRAINT users_reset_token CHECK (((reset_token_hash IS NULL) = (reset_token_expires_at IS NULL)));
ALTER TABLE public.users ADD CONSTRAINT users_role CHECK ((role = ANY (ARRAY['user'::text, 'admin'::text])));
CREATE UNIQUE INDEX users_email_key ON public.users USING btree (lower(email));
CREATE UNIQUE INDEX users_reset_token_key ON public.users USING btree (reset_token_hash);
COMMENT ON COLUMN public.users.password_hash IS 'argon2id as a PHC string; null while no password is set';
COMMENT ON COLUMN public.users.reset_token_hash IS 'SHA-256 of a one-time sign-in token';
