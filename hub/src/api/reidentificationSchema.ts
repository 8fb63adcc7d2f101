/** What the hub answers of the re-identification test. */
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const Precision = Type.Object({ metres: Type.Number(), seconds: Type.Number() }, closed);

export const ReidentificationTrend = Type.Object(
  {
    runs: Type.Array(
      Type.Object(
        {
          atMs: Type.Integer(),
          results: Type.Array(
            Type.Object(
              {
                retentionSeconds: Type.Number({ description: 'Tracks of the last so many seconds.' }),
                rounding: { ...Precision, description: 'As if tracks were stored on this grid; zeros: as they are.' },
                precision: { ...Precision, description: 'How exactly places and times are known.' },
                points: Type.Integer({ description: 'How many of them.' }),
                persons: Type.Integer({ description: 'Persons whose tracks were stored.' }),
                sampled: Type.Integer({ description: 'Persons looked for.' }),
                unique: Type.Integer({ description: 'Of those, the ones whom nobody else could be taken for.' }),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ReidentificationTrend = Static<typeof ReidentificationTrend>;
