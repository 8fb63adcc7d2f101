-- Up Migration

-- The facts of each data protection impact assessment sheet that differed from the one before: what the next one is compared with.
CREATE TABLE dpia_sheet (
  site    text        NOT NULL,
  number  bigint      NOT NULL,
  at      timestamptz NOT NULL,
  made_by text        NOT NULL,
  digest  text        NOT NULL,
  facts   json        NOT NULL,
  PRIMARY KEY (site, number)
);
CREATE INDEX dpia_sheet_time ON dpia_sheet (at);

SELECT grant_hub_role();

-- Down Migration

DROP TABLE dpia_sheet;
