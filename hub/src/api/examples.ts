/** Examples for the documentation, checked against the schemas by their types and by a test. */
import type { HoldView } from './privacySchemas.ts';
import type {
  AlertList,
  AlertSummary,
  AlertView,
  CameraList,
  CameraRates,
  Evidence,
  FloorList,
  Presence,
} from './schemas.ts';

const RAISED = 1_795_510_800_000;
const PERSON = 'Qm3xT7vLr0aK9bZe';

const SUMMARY: AlertSummary = {
  id: '0198c4de-5a70-7cc1-9a3e-7d6f2b10c4aa',
  site: 'example-airport',
  floor: 'departures',
  zone: 'table',
  zoneName: 'Table by the window',
  pattern: 'dwell',
  state: 'new',
  live: true,
  delayed: false,
  raisedAtMs: RAISED,
  updatedAtMs: RAISED + 60_000,
  fromMs: RAISED - 900_000,
  toMs: RAISED + 60_000,
  score: 1.07,
  severity: 0.4,
  sentence: 'Present at Table by the window for 16 min, limit 15 min',
  acknowledgedBy: null,
  acknowledgedAtMs: null,
  closedBy: null,
  closedAtMs: null,
  disposition: null,
  dispositionReason: null,
};

export const ALERT_LIST_EXAMPLE: AlertList = { alerts: [SUMMARY], counts: { new: 1, acknowledged: 0, closed: 12 } };

export const ALERT_VIEW_EXAMPLE: AlertView = {
  ...SUMMARY,
  detail: {
    policy: 'dwell/1',
    patterns: ['dwell'],
    limitSeconds: 900,
    seconds: 960,
    reasons: [
      {
        text: 'Present for 16 min 0 s; the limit of this zone is 15 min.',
        fromMs: RAISED - 900_000,
        toMs: RAISED + 60_000,
        place: [12.4, 8.1],
      },
    ],
    explanations: ['Waiting for somebody', 'Working at the table'],
    uncertainty: { coastedShare: 0.04, gapsBridged: 1, identityJoins: 0, joinProbability: 1, sigmaMetres: 0.3 },
    persons: [{ person: PERSON, role: 'dwelling', fromMs: RAISED - 900_000, toMs: RAISED + 60_000 }],
    moments: [{ atMs: RAISED - 900_000, person: PERSON, label: 'came in' }],
  },
  history: [{ atMs: RAISED, actor: 'scorer', event: 'raised', note: null }],
};

export const HOLD_EXAMPLE: HoldView = {
  id: '5a0e2b4c-91d3-4f7e-8a66-0c1d2e3f4a5b',
  alert: SUMMARY.id,
  floor: SUMMARY.floor,
  reason: 'Complaint 2026-14 is being answered',
  owner: 'Data Protection Officer',
  heldBy: 'P. Officer',
  heldAtMs: RAISED + 3_600_000,
  untilMs: RAISED + 30 * 86_400_000,
  endedAtMs: null,
  endedBy: null,
  endReason: null,
  rows: 1020,
};

export const EVIDENCE_EXAMPLE: Evidence = {
  fromMs: RAISED - 930_000,
  toMs: RAISED + 90_000,
  paths: [
    {
      person: PERSON,
      role: 'dwelling',
      points: [
        [RAISED - 900_000, 12.1, 7.9, 0.3, 1],
        [RAISED, 12.4, 8.1, 0.3, 1],
      ],
    },
  ],
};

export const PRESENCE_EXAMPLE: Presence = {
  floor: 'departures',
  timeMs: RAISED,
  people: [
    [PERSON, 12.4, 8.1, 'active'],
    ['bT4nW8yKe2pQ6sHu', 13.1, 8.4, 'active'],
  ],
  groups: [[PERSON, 'bT4nW8yKe2pQ6sHu']],
};

export const FLOOR_LIST_EXAMPLE: FloorList = {
  site: 'example-airport',
  timeZone: 'Europe/Vienna',
  floors: [
    {
      id: 'departures',
      name: 'Departures',
      bounds: [
        [0, 0],
        [40, 20],
      ],
      walls: [
        [
          [0, 0],
          [40, 0],
        ],
      ],
      zones: [
        {
          id: 'table',
          name: 'Table by the window',
          kind: 'waiting',
          polygon: [
            [10, 6],
            [14, 6],
            [14, 10],
            [10, 10],
          ],
          dwellLimitSeconds: 900,
        },
      ],
      cameras: [{ id: 'window-1', position: [20, 0] }],
    },
  ],
};

export const CAMERA_LIST_EXAMPLE: CameraList = {
  cameras: [
    {
      floor: 'departures',
      device: 'edge-1',
      camera: 'window-1',
      status: {
        schema: 'status/1',
        state: 'online',
        camera: 'window-1',
        sinceMs: RAISED - 86_400_000,
        version: '0.1.0',
        modelDigest: 'none',
        modelName: 'detections from a file',
        configurationDigest: '0123456789ab',
        calibration: 'nominal',
        privacyLevel: 'tracks',
      },
      statusAtMs: RAISED - 86_400_000,
      health: null,
      healthAtMs: null,
    },
  ],
};

export const CAMERA_RATES_EXAMPLE: CameraRates = {
  fromMs: RAISED - 7_200_000,
  stepSeconds: 300,
  cameras: [
    {
      floor: 'departures',
      device: 'edge-1',
      processedFramesPerSecond: [null, 9.8, 11.9],
      sourceFramesPerSecond: [null, 12, 12],
    },
  ],
};
