-- Who may do what in the database. Run once by its superuser, in the database of the site; `\set` lines are psql's.
\set owner_password `cat /run/secrets/owner_password`
\set hub_password `cat /run/secrets/hub_password`
\set grafana_password `cat /run/secrets/grafana_password`
\set backup_password `cat /run/secrets/backup_password`

-- What the hub, the dashboards and those who look with SQL (docs/audit.md) may do is granted to these by the migrations.
CREATE ROLE safe_passage_hub NOLOGIN;
CREATE ROLE safe_passage_grafana NOLOGIN;
CREATE ROLE safe_passage_auditor NOLOGIN;
CREATE ROLE safe_passage_privacy_officer NOLOGIN;
CREATE ROLE safe_passage_engineer NOLOGIN;
-- Owns the tables and runs the migrations, and is nobody's login at other times.
CREATE ROLE safe_passage_owner LOGIN PASSWORD :'owner_password' IN ROLE safe_passage_hub;
CREATE ROLE hub_login LOGIN PASSWORD :'hub_password' IN ROLE safe_passage_hub;
CREATE ROLE grafana_login LOGIN PASSWORD :'grafana_password' CONNECTION LIMIT 10 IN ROLE safe_passage_grafana;
ALTER ROLE grafana_login SET default_transaction_read_only = on;
ALTER ROLE grafana_login SET statement_timeout = '15s';
CREATE ROLE backup_login LOGIN PASSWORD :'backup_password' IN ROLE pg_read_all_data;

SELECT format('ALTER DATABASE %I OWNER TO safe_passage_owner', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO hub_login, grafana_login, backup_login', current_database()) \gexec
ALTER SCHEMA public OWNER TO safe_passage_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
