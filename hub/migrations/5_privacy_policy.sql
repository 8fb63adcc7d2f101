-- Up Migration

-- Every privacy policy that was ever in force. One is in force until the next begins.
CREATE TABLE privacy_policy (
  number    bigint      PRIMARY KEY,
  version   text        NOT NULL,
  digest    text        NOT NULL,
  document  json        NOT NULL,
  from_time timestamptz NOT NULL,
  taken_by  text        NOT NULL,
  -- Where it is looser than the one before: who agreed, and why.
  agreed    json        NOT NULL
);
CREATE VIEW privacy_policy_period AS
SELECT *, lead(from_time) OVER (ORDER BY number) AS to_time FROM privacy_policy;

-- Who agrees to a looser policy, and why. It counts against the policy that was in force then, and no other.
CREATE TABLE privacy_agreement (
  base   bigint      NOT NULL REFERENCES privacy_policy (number),
  digest text        NOT NULL,
  person text        NOT NULL,
  reason text        NOT NULL,
  at     timestamptz NOT NULL,
  PRIMARY KEY (base, digest, person, at)
);

CREATE FUNCTION privacy_proof_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are not changed and not deleted', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER privacy_policy_stays BEFORE UPDATE OR DELETE ON privacy_policy
  FOR EACH ROW EXECUTE FUNCTION privacy_proof_stays();
CREATE TRIGGER privacy_policy_whole BEFORE TRUNCATE ON privacy_policy
  FOR EACH STATEMENT EXECUTE FUNCTION privacy_proof_stays();
CREATE TRIGGER privacy_agreement_stays BEFORE UPDATE OR DELETE ON privacy_agreement
  FOR EACH ROW EXECUTE FUNCTION privacy_proof_stays();
CREATE TRIGGER privacy_agreement_whole BEFORE TRUNCATE ON privacy_agreement
  FOR EACH STATEMENT EXECUTE FUNCTION privacy_proof_stays();

SELECT grant_hub_role();

-- Down Migration

DROP VIEW privacy_policy_period;
DROP TABLE privacy_agreement, privacy_policy;
DROP FUNCTION privacy_proof_stays();
