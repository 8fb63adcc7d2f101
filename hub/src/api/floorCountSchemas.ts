/** What is told of a floor's last hours: the answer of the interface, what the store reads and what the console shows. */
import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const figure = (description: string) => Type.Union([Type.Number(), Type.Null()], { description });
const ended = {
  stays: Type.Integer({ description: 'Stays that ended.' }),
  staySeconds: figure('Their presence, on average: in a queue, how long those who left it had waited.'),
};

export const FloorCounts = Type.Object(
  {
    floor: Type.String(),
    toMs: Type.Integer({ description: 'The end of the last hour and quarter-hour that are told of.' }),
    sinceMs: Type.Integer({ description: 'Since when ways and squares are told.' }),
    zones: Type.Array(
      Type.Object(
        {
          zone: Type.String(),
          lastHour: nullable(
            Type.Object(
              {
                minutes: Type.Integer({ description: 'How much of the hour is known.' }),
                people: Type.Number({ description: 'People present, on average.' }),
                entered: Type.Integer(),
                ...ended,
              },
              closed,
            ),
          ),
          lastQuarter: nullable(Type.Object(ended, { ...closed, description: 'Null unless all of it is known.' })),
          usual: nullable(
            Type.Object(
              {
                days: Type.Integer({ description: 'Of the last 28 days, how many told this hour of the day.' }),
                withheldDays: Type.Integer({ description: 'How many were withheld, since they would tell of few.' }),
                k: Type.Integer({ description: 'Counts from fewer people are not told.' }),
                people: figure(
                  'People present; the median, as are the others. Null where fewer than three days told, or no more than were withheld.',
                ),
                entered: figure('Stays that began in the hour.'),
                staySeconds: figure('Presence of a stay.'),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    ways: Type.Array(Type.Object({ from: Type.String(), to: Type.String(), people: Type.Integer() }, closed), {
      description: 'From one zone to the next, most people first; 200 at most.',
    }),
    squares: Type.Array(Type.Tuple([Type.Number(), Type.Number(), Type.Number()]), {
      description:
        'Left and lower edge of a square of two metres, and how many people there are in a square metre of it, on average.',
    }),
  },
  closed,
);
export type FloorCounts = Static<typeof FloorCounts>;
